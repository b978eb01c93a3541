/** One requirement of a label selector: `app=shop`, `tier!=db`, `env in (a,b)`, `env notin (a)`, `app`, `!app`. */
const REQUIREMENT =
  /^(?<not>!)?\s*(?<key>[A-Za-z0-9][\w./-]*)\s*(?:(?<equal>==?|!=)\s*(?<value>[\w.-]*)|(?<set>in|notin)\s*\((?<values>[^()]*)\))?$/

/**
 * A label selector as kubectl has it, as Lucene text: of the object where its labels are known, else of the event. Null when it is
 * none.
 */
export function selectorQuery(selector: string): string | null {
  const parts = selector.split(/,(?![^(]*\))/).map((part) => part.trim())
  const conditions = parts.map(condition)
  return conditions.includes(null) ? null : conditions.join(' AND ')
}

function condition(text: string): string | null {
  const { not, key = '', equal, value = '', set, values = '' } = REQUIREMENT.exec(text)?.groups ?? {}
  if (key === '' || (not !== undefined && (equal ?? set) !== undefined)) return null
  if (equal === undefined && set === undefined) return negated(not !== undefined, either(key, '*'))
  const wanted = set === undefined ? [value] : values.split(',').map((each) => each.trim())
  const isNegative = equal === '!=' || set === 'notin'
  return negated(isNegative, either(key, `(${wanted.map((each) => JSON.stringify(each)).join(' OR ')})`))
}

function either(key: string, value: string): string {
  const name = key.replace(/[/-]/g, '\\$&')
  return `(objectLabels.${name}:${value} OR labels.${name}:${value})`
}

function negated(isNegative: boolean, text: string): string {
  return isNegative ? `NOT ${text}` : text
}
