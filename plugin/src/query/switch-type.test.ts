import { switchType } from './switch-type'
import type { ReadableQuery } from './query'

const counts: ReadableQuery = {
  refId: 'B',
  schemaVersion: 1,
  queryType: 'aggregate',
  filter: { text: 'a', terms: [] },
  editorMode: 'code',
  metric: 'objects',
  groupBy: ['reason'],
  top: 5,
  hide: true,
}

it('leaves behind what the other type does not read, and keeps what belongs to every query', () => {
  const { query } = switchType(counts, 'events', {})
  expect(query).toEqual({
    refId: 'B',
    schemaVersion: 1,
    queryType: 'events',
    filter: { text: 'a', terms: [] },
    editorMode: 'code',
    hide: true,
  })
})

it('brings everything back when its type is chosen again', () => {
  const away = switchType(counts, 'events', {})
  const changed = { ...away.query, limit: 7 } as ReadableQuery
  const back = switchType(changed, 'aggregate', away.remembered)
  expect(back.query).toEqual(counts)
  expect(switchType(back.query as ReadableQuery, 'events', back.remembered).query.limit).toBe(7)
})
