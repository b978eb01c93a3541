import type { EventloomQuery } from '../query/query'
import { hasFilter, modifyQuery, MODIFICATIONS, toggleFilter } from './filter-actions'

const query: EventloomQuery = {
  refId: 'A',
  schemaVersion: 1,
  queryType: 'events',
  filter: { text: 'type:Warning', terms: [] },
}
const options = { key: 'namespace', value: 'shop) OR *:*' }

it('puts a value of a row into a condition, never into text, and takes it out again by the same button', () => {
  const filtered = toggleFilter(query, { type: 'FILTER_FOR', options })
  expect(filtered.filter).toEqual({
    text: 'type:Warning',
    terms: [{ key: 'namespace', operator: '=', values: ['shop) OR *:*'] }],
  })
  expect(hasFilter(filtered, options)).toBe(true)
  expect(hasFilter(query, options)).toBe(false)
  expect(toggleFilter(filtered, { type: 'FILTER_FOR', options }).filter).toEqual(query.filter)
})

it('does each modification that it says it does', () => {
  for (const type of MODIFICATIONS) {
    const changed = modifyQuery(query, { type, options: { key: 'reason', value: 'BackOff' } })
    expect(changed.filter?.terms).toHaveLength(1)
    expect(changed.filter?.terms?.[0]?.operator).toBe(type.endsWith('_OUT') ? '!=' : '=')
  }
  expect(modifyQuery(query, { type: 'SOMETHING_ELSE', options: { key: 'reason', value: 'x' } })).toBe(query)
})
