import type { QueryFilterOptions, QueryFixAction, ToggleFilterAction } from '@grafana/data'
import { editFilter, isLater, readQuery, type EventloomQuery } from '../query/query'
import { addValue, hasValue, toggleValue } from '../query/terms'

/** What Explore may change in a query by a click on a row or on selected text. */
export const MODIFICATIONS = ['ADD_FILTER', 'ADD_FILTER_OUT', 'ADD_STRING_FILTER', 'ADD_STRING_FILTER_OUT']

/** The buttons "filter for value" and "filter out value" of row details: on, and off again. */
export function toggleFilter(
  query: EventloomQuery,
  { type, options: { key, value } }: ToggleFilterAction,
): EventloomQuery {
  if (key === undefined || value === undefined) return query
  return editFilter(query, (filter) => toggleValue(filter, key, type === 'FILTER_FOR' ? '=' : '!=', value))
}

/** Whether such a button is on. */
export function hasFilter(stored: EventloomQuery, { key, value }: QueryFilterOptions): boolean {
  const query = readQuery(stored)
  if (key === undefined || value === undefined) return false
  return !isLater(query) && hasValue(query.filter, key, value)
}

/** Conditions that Explore asks for by name. Text becomes a condition on the words of the note, so it cannot be read as syntax. */
export function modifyQuery(query: EventloomQuery, { type, options = {} }: QueryFixAction): EventloomQuery {
  const { key, value } = options
  if (value === undefined || value === '') return query
  switch (type) {
    case 'ADD_FILTER':
      return key === undefined ? query : editFilter(query, (filter) => addValue(filter, key, '=', value))
    case 'ADD_FILTER_OUT':
      return key === undefined ? query : editFilter(query, (filter) => addValue(filter, key, '!=', value))
    case 'ADD_STRING_FILTER':
      return editFilter(query, (filter) => addValue(filter, 'note', '=', value))
    case 'ADD_STRING_FILTER_OUT':
      return editFilter(query, (filter) => addValue(filter, 'note', '!=', value))
    default:
      return query
  }
}
