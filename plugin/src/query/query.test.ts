import { CoreApp } from '@grafana/data'
import { UNWRITTEN_RULE } from '../../../collector/src/api/grafana/asked-query.ts'
import { migrateQuery, parseGrafanaQuery } from '../../../collector/src/api/grafana/query-schema.ts'
import { describeQuery } from './describe-query'
import { newQuery } from './new-query'
import { isLater, readQuery, type EventloomQuery, type ReadableQuery } from './query'
import { addValue, hasValue, termsOf, toggleValue } from './terms'
import { zoneName } from './zone-name'

const RANGE = { timeRange: { from: 0, to: 1 } }

function readable(query: Partial<EventloomQuery>): ReadableQuery {
  const read = readQuery({ refId: 'A', ...query })
  if (isLater(read)) throw new Error('of a later version')
  return read
}

describe('a stored query', () => {
  it.each([{}, { query: 'reason:x', limit: 5 }, { query: 'reason:x', queryType: 'aggregate' }, { query: 7 }])(
    'of version 0, %j, is read as the collector reads it',
    (stored) => {
      const { schemaVersion, filter, queryType = 'events' } = migrateQuery(stored) as unknown as ReadableQuery
      expect(readable(stored as EventloomQuery)).toMatchObject({ schemaVersion, filter, queryType })
    },
  )

  it('of a later version is not read at all, so that nothing of it is lost', () => {
    expect(readQuery({ refId: 'A', schemaVersion: 2 })).toEqual({ laterVersion: 2 })
  })

  it('of this version keeps what it has, also what this version does not know', () => {
    const stored = { refId: 'A', schemaVersion: 1, queryType: 'patterns', patternBy: ['reason'], dreams: true }
    expect(readable(stored as EventloomQuery)).toEqual({ ...stored, filter: { text: '', terms: [] } })
  })
})

describe('a new query', () => {
  it.each([
    [CoreApp.Explore, 'events'],
    [CoreApp.PanelEditor, 'aggregate'],
    [CoreApp.Dashboard, 'aggregate'],
    [CoreApp.UnifiedAlerting, 'aggregate'],
    [undefined, 'events'],
  ])('in %s asks for %s, and the collector takes it', (app, queryType) => {
    const query = newQuery(app)
    expect(query.queryType).toBe(queryType)
    expect(() => parseGrafanaQuery({ refId: 'A', ...query, ...RANGE })).not.toThrow()
  })

  it('of an alert rule is what the collector answers when nobody wrote anything', () => {
    expect(newQuery(CoreApp.UnifiedAlerting)).toMatchObject(UNWRITTEN_RULE)
  })

  it('of an alert rule is grouped by names that stay', () => {
    expect(newQuery(CoreApp.UnifiedAlerting)).toMatchObject({
      format: 'numeric',
      metric: 'active',
      groupBy: ['cluster', 'namespace', 'owner.name', 'reason'],
    })
  })
})

describe('a query in words', () => {
  it.each<[Partial<EventloomQuery>, string]>([
    [{}, 'Events, each in its newest version'],
    [{ view: 'observations', filter: { text: 'reason:x' } }, 'Every version of each event, where reason:x'],
    [{ queryType: 'aggregate', metric: 'rate', groupBy: ['reason', 'node'] }, 'Occurrences per minute by reason, node'],
    [
      { queryType: 'timeline', filter: { terms: [{ key: 'a', operator: '=~', values: ['b.*', 'c'] }] } },
      'The state over time by workload, where a =~ b.*|c',
    ],
    [{ filter: { text: '<b>&amp;' } }, 'Events, each in its newest version, where <b>&amp;'],
  ])('%j: %s', (query, words) => {
    expect(describeQuery(readable({ schemaVersion: 1, ...query }))).toBe(words)
  })
})

describe('filters by a click', () => {
  const EMPTY = { text: 'reason:x', terms: [] }

  it('go on, and off again, and leave the text alone', () => {
    const on = toggleValue(EMPTY, 'namespace', '=', 'shop')
    expect(on).toEqual({ text: 'reason:x', terms: [{ key: 'namespace', operator: '=', values: ['shop'] }] })
    expect(hasValue(on, 'namespace', 'shop')).toBe(true)
    expect(toggleValue(on, 'namespace', '=', 'shop')).toEqual(EMPTY)
  })

  it('take the opposite away: both together would find nothing', () => {
    const out = toggleValue(toggleValue(EMPTY, 'a', '=', '1'), 'a', '!=', '1')
    expect(out.terms).toEqual([{ key: 'a', operator: '!=', values: ['1'] }])
    expect(hasValue(out, 'a', '1')).toBe(false)
  })

  it('take one value out of a list', () => {
    const filter = { text: '', terms: [{ key: 'a', operator: '=|' as const, values: ['1', '2'] }] }
    expect(toggleValue(filter, 'a', '=', '1').terms).toEqual([{ key: 'a', operator: '=|', values: ['2'] }])
  })

  it('leave expressions with the same text alone', () => {
    const terms = [{ key: 'a', operator: '=~' as const, values: ['1'] }]
    expect(toggleValue({ text: '', terms }, 'a', '!=', '1').terms).toEqual([
      ...terms,
      { key: 'a', operator: '!=', values: ['1'] },
    ])
  })

  it('are not doubled', () => {
    const once = addValue(EMPTY, 'a', '=', '1')
    expect(addValue(once, 'a', '=', '1')).toEqual(once)
  })
})

describe('filters of a dashboard', () => {
  it('become conditions, those with several values with all of them', () => {
    expect(
      termsOf([
        { key: 'a', operator: '=', value: '1' },
        { key: 'b', operator: '=|', value: '1', values: ['1', '2'] },
        { key: 'c', operator: '=|', value: '1' },
      ]),
    ).toEqual([
      { key: 'a', operator: '=', values: ['1'] },
      { key: 'b', operator: '=|', values: ['1', '2'] },
      { key: 'c', operator: '=|', values: ['1'] },
    ])
  })

  it('with an operator that is not known are left out, not read as another', () => {
    expect(termsOf([{ key: 'a', operator: '≈', value: '1' }])).toEqual([])
  })
})

describe('the zone of a dashboard', () => {
  it.each([
    ['browser', 'Asia/Shanghai'],
    ['', 'Asia/Shanghai'],
    [undefined, 'Asia/Shanghai'],
    ['utc', 'UTC'],
    ['Europe/Berlin', 'Europe/Berlin'],
  ])('%s is %s', (zone, expected) => {
    expect(zoneName(zone, () => 'Asia/Shanghai')).toBe(expected)
  })
})
