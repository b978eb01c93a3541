/** The events of one namespace, or of all. Each is a stream of its own. */
export type Scope = { readonly namespace: string } | 'all namespaces'

/** What the API server can select events by. Each term is a value, or `!value` for all but it; all terms must hold. */
export type FieldSelector = Readonly<Partial<Record<SelectableField, readonly string[]>>>

type SelectableField = 'kind' | 'type' | 'reason' | 'reportingController'

const GROUP_PATH = '/apis/events.k8s.io/v1'

/** Label names of RFC 1123, which is what a namespace's name is. */
const NAMESPACE_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

const FIELD_NAMES: Readonly<Record<SelectableField, string>> = {
  kind: 'regarding.kind',
  type: 'type',
  reason: 'reason',
  reportingController: 'reportingController',
}

/** @throws RangeError for what is no namespace's name: it would be part of a path. */
export function pathOf(scope: Scope): string {
  if (scope === 'all namespaces') return `${GROUP_PATH}/events`
  if (!NAMESPACE_NAME.test(scope.namespace)) {
    throw new RangeError(`"${scope.namespace}" is no namespace name: use lower-case letters, digits and hyphens`)
  }
  return `${GROUP_PATH}/namespaces/${scope.namespace}/events`
}

/**
 * The selector as sent, in a fixed order, because it is part of a stream's identity. Empty when it selects everything.
 *
 * @throws RangeError when two terms of a field can never hold together, so that nothing would ever be seen.
 */
export function fieldSelectorText(selector: FieldSelector): string {
  const fields = Object.keys(FIELD_NAMES) as SelectableField[]
  return fields.flatMap((field) => termsOf(field, selector[field] ?? [])).join(',')
}

function termsOf(field: SelectableField, terms: readonly string[]): string[] {
  const wanted = new Set(terms.filter((term) => !term.startsWith('!')))
  if (wanted.size > 1) {
    throw new RangeError(`field ${field} cannot be ${[...wanted].join(' and ')} at once: the API server offers no "or"`)
  }
  return [...new Set(terms)]
    .sort()
    .map((term) =>
      term.startsWith('!')
        ? `${FIELD_NAMES[field]}!=${escaped(term.slice(1))}`
        : `${FIELD_NAMES[field]}=${escaped(term)}`,
    )
}

/** As apimachinery's `fields.EscapeValue`. */
function escaped(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&')
}
