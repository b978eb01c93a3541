import type { Filter } from './model.ts'
import { InvalidQueryError } from './invalid-query.ts'

/** Most conditions of one filter. Values of one list are one condition: a variable that stands for all pods has thousands. */
export const MOST_CONDITIONS = 1_000
/** Most of them that search in text: phrases and wildcards. Stores keep a search of its own for each. */
export const MOST_SEARCHES = 200
/** Most values of all lists together. */
export const MOST_VALUES = 50_000

/**
 * The filter, when a store can be asked it without harm to other questions.
 *
 * @throws InvalidQueryError it has too many parts; the message says what to narrow.
 */
export function affordable(filter: Filter): Filter {
  const { conditions, searches, values } = partsOf(filter)
  const mistakes = [
    ...tooMany(searches, MOST_SEARCHES, 'phrases and patterns with wildcards', 'Search for whole values of a field'),
    ...tooMany(conditions, MOST_CONDITIONS, 'conditions', 'Leave some out, or use a field that many share, such as namespace or owner.name'),
    ...tooMany(values, MOST_VALUES, 'values', 'Choose fewer, or use a field that many share, such as namespace or owner.name'),
  ] // prettier-ignore
  if (mistakes.length > 0) throw new InvalidQueryError(mistakes.map((message) => ({ parameter: 'query', message })))
  return filter
}

export interface Parts {
  conditions: number
  searches: number
  values: number
}

/** How many parts of each kind a filter has. */
export function partsOf(filter: Filter): Parts {
  const parts: Parts = { conditions: 0, searches: 0, values: 0 }
  const open = [filter]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.op === 'not') open.push(next.filter)
    else if (next.op === 'and' || next.op === 'or') for (const part of next.filters) open.push(part)
    else {
      parts.conditions += 1
      if (next.op === 'words' || next.op === 'like') parts.searches += 1
      if (next.op === 'in') parts.values += next.values.length
    }
  }
  return parts
}

function tooMany(count: number, most: number, what: string, advice: string): readonly string[] {
  return count <= most ? [] : [`has ${count.toLocaleString('en')} ${what}, and at most ${most.toLocaleString('en')} are possible. ${advice}`] // prettier-ignore
}
