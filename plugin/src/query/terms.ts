import type { AdHocVariableFilter } from '@grafana/data'
import { OPERATORS, type Operator, type QueryFilter, type Term } from './query'

/** Operators that take a list. */
export function takesMany(operator: Operator): boolean {
  return operator === '=|' || operator === '!=|'
}

/** Whether a term says anything yet: a row of the builder without key or value is still being written. */
export function isComplete({ key, values }: Term): boolean {
  return key !== '' && values.length > 0
}

/** A filter of a dashboard as a condition. Null for an operator that Grafana may invent later: it must not be read as another. */
export function termOf(filter: AdHocVariableFilter): Term | null {
  const operator = OPERATORS.find((each) => each === filter.operator)
  if (operator === undefined || filter.key === '') return null
  const values = takesMany(operator) && filter.values !== undefined ? filter.values : [filter.value]
  return { key: filter.key, operator, values }
}

export function termsOf(filters: readonly AdHocVariableFilter[] = []): readonly Term[] {
  return filters.map(termOf).filter((term) => term !== null)
}

/** Whether "filter for" this value is on. */
export function hasValue({ terms }: QueryFilter, key: string, value: string): boolean {
  return terms.some((term) => says(term, key, '=', value))
}

/** The filter with "filter for" (`=`) or "filter out" (`!=`) of a value on; on a second time it goes off. */
export function toggleValue(filter: QueryFilter, key: string, operator: Side, value: string): QueryFilter {
  const isOn = filter.terms.some((term) => says(term, key, operator, value))
  return isOn ? withoutValue(filter, key, operator, value) : addValue(filter, key, operator, value)
}

/** The filter with a condition more. What says the opposite of it goes: both together would find nothing. */
export function addValue(filter: QueryFilter, key: string, operator: Side, value: string): QueryFilter {
  const { text, terms } = withoutValue(filter, key, operator === '=' ? '!=' : '=', value)
  const isThere = terms.some((term) => says(term, key, operator, value))
  return { text, terms: isThere ? terms : [...terms, { key, operator, values: [value] }] }
}

function withoutValue({ text, terms }: QueryFilter, key: string, operator: Side, value: string): QueryFilter {
  const left = terms.flatMap((term): readonly Term[] => {
    if (!says(term, key, operator, value)) return [term]
    const values = term.values.filter((each) => each !== value)
    return values.length === 0 ? [] : [{ ...term, values }]
  })
  return { text, terms: left }
}

type Side = '=' | '!='

/** Whether a condition wants, or does not want, exactly this value. Expressions and bounds say neither. */
function says(term: Term, key: string, side: Side, value: string): boolean {
  return term.key === key && (term.operator === side || term.operator === `${side}|`) && term.values.includes(value)
}
