import { dateTime, LogsSortOrder, store } from '@grafana/data'
import type { EventloomQuery } from '../query/query'
import { inExploreOrder, ScrolledLists } from './infinite-scroll'

const query = (parts: Partial<EventloomQuery> = {}): EventloomQuery => ({
  refId: 'A',
  filter: { text: 'reason:BackOff' },
  ...parts,
})
const range = (from: number, to: number) => ({ from: dateTime(from), to: dateTime(to), raw: { from: '', to: '' } })
const next = query({ refId: 'A-more', supportingQueryType: 'infiniteScroll' })

it('tells the next pages of a list the range of the first, and which way they go', () => {
  const lists = new ScrolledLists()
  expect(lists.follow({ targets: [query()], range: range(100, 900) })).toEqual([query()])
  lists.follow({ targets: [query({ filter: { text: 'reason:Other' } })], range: range(100, 500) })
  const whole = { scrolled: { from: 100, to: 900 } }
  expect(lists.follow({ targets: [next], range: range(100, 500) })).toEqual([{ ...next, ...whole, order: 'newest' }])
  expect(lists.follow({ targets: [next], range: range(600, 900) })).toEqual([{ ...next, ...whole, order: 'oldest' }])
})

it('leaves the page of a list that it does not know as it is', () => {
  expect(new ScrolledLists().follow({ targets: [next], range: range(1, 2) })).toEqual([next])
})

it('asks for rows in the order in which Explore shows them', () => {
  store.delete('grafana.explore.logs.sortOrder')
  expect(inExploreOrder(query({ order: 'newest' })).order).toBe('newest')
  store.set('grafana.explore.logs.sortOrder', LogsSortOrder.Ascending)
  expect(inExploreOrder(query({ order: 'newest' })).order).toBe('oldest')
  store.set('grafana.explore.logs.sortOrder', LogsSortOrder.Descending)
  expect(inExploreOrder(query({ order: 'oldest' })).order).toBe('newest')
})
