import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { aCorrelation, aRecord } from '../../../../test/support/a-record.ts'
import { framesOf, storeWith, type SentFrame } from '../../../../test/support/ask-grafana.ts'
import { problemRecordsOf } from '../../../../test/support/problem-records.ts'
import { HOUR, MINUTE } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { EventReader } from '../../store/store.ts'
import type { LinkTarget } from './link.ts'

const NOW = NOON + 5 * MINUTE
const RANGE = { from: NOON - HOUR, to: NOW }

/** Three pods of two workloads in two namespaces, and a node, which has none. */
const ROWS: readonly Observation[] = [
  ['shop', 'web', 'web-1', 'BackOff', 'high'],
  ['shop', 'web', 'web-1', 'Failed', 'medium'],
  ['shop', 'web', 'web-2', 'BackOff', 'high'],
  ['pay', 'web', 'web-1', 'BackOff', 'high'],
  ['', '', 'worker-1', 'NodeNotReady', 'critical'],
].map(([namespace = '', owner = '', name = '', reason = '', severity = ''], index) => {
  const regarding = { ...anObservation().regarding, kind: namespace === '' ? 'Node' : 'Pod', namespace, name, uid: `u-${namespace}-${name}` } // prettier-ignore
  const time = NOON - index * MINUTE
  return anObservation({ uid: `11111111-1111-4111-8111-00000000000${index}`, resourceVersion: 1_000 + index, namespace, eventNamespace: namespace, regarding, reason, severity: severity as Observation['severity'], owner: { kind: owner === '' ? '' : 'Deployment', name: owner }, firstObserved: time, lastObserved: time, deltaSince: time }) // prettier-ignore
})

async function ask(reader: EventReader, query: object): Promise<SentFrame> {
  const [frame] = await framesOf(reader, RANGE, query)
  if (frame === undefined) throw new Error('no frame')
  return frame
}

/** A link of the columns of a name with the values of a row put in, as Grafana does. */
function linkOf(
  { schema: { fields }, data }: SentFrame,
  column: string,
  title: string,
  row: number | null,
): LinkTarget {
  const link = fields.find(({ name }) => name === column)?.config?.links?.find((each) => each.title === title)
  if (link === undefined) throw new Error(`${column} has no link "${title}"`)
  const text = JSON.stringify(link.internal.query)
  if (row === null) return JSON.parse(text) as LinkTarget
  const filled = text.replace(/\$\{__data\.fields\[\\"([^"]+)\\"\]\}/g, (_, name: string) => {
    const place = fields.findIndex((field) => field.name === name)
    if (place < 0) throw new Error(`no column ${name}`)
    return JSON.stringify(String(data.values[place]?.[row])).slice(1, -1)
  })
  return JSON.parse(filled) as LinkTarget
}

const totalOf = async (reader: EventReader, target: LinkTarget) =>
  (await ask(reader, target)).schema.meta?.custom?.['total']

describe('a click', () => {
  it('on a mark opens the events of its object, whether it has a namespace or not', async () => {
    const reader = await storeWith(ROWS)
    const frame = await ask(reader, { queryType: 'annotations', filter: { text: 'severity:(high OR critical)', terms: [] } }) // prettier-ignore
    const titles = frame.data.values[frame.schema.fields.findIndex(({ name }) => name === 'title')] ?? []
    const totals = titles.map((_, row) => totalOf(reader, linkOf(frame, 'text', 'Events of this object', row)))
    // web-1 of shop also failed for a second reason.
    expect(await Promise.all(totals)).toEqual([2, 1, 1, 1])
  })

  it.each(['numeric', 'table'])('on a number of the format %s opens the events that it counts', async (format) => {
    const reader = await storeWith(ROWS)
    const adHoc = [{ key: 'severity', operator: '>', values: ['medium'] }]
    const frame = await ask(reader, { queryType: 'aggregate', metric: 'events', groupBy: ['reason', 'namespace'], format, adHoc }) // prettier-ignore
    const counts = frame.data.values[2] ?? []
    expect(counts).toHaveLength(3)
    for (const [row, count] of counts.entries())
      expect(await totalOf(reader, linkOf(frame, 'events', 'Show these events', row))).toBe(count)
  })

  it('on the sum of all rows, which is of no row, opens the events behind all of them', async () => {
    const reader = await storeWith(ROWS)
    const filter = { text: 'reason:BackOff', terms: [] }
    const frame = await ask(reader, { queryType: 'aggregate', metric: 'events', groupBy: ['namespace'], format: 'numeric', filter }) // prettier-ignore
    expect(await totalOf(reader, linkOf(frame, 'events', 'Show these events', null))).toBe(3)
  })

  it.each(['timeseries', 'heatmap'])('on a %s opens the events of its group', async (format) => {
    const reader = await storeWith(ROWS)
    const frame = await ask(reader, { queryType: 'aggregate', metric: 'events', groupBy: ['namespace'], format, top: 2 }) // prettier-ignore
    const linked = frame.schema.fields.map(({ config }) => config?.links?.[0]?.internal.query)
    const totals: unknown[] = []
    for (const target of linked) totals.push(target === undefined ? null : await totalOf(reader, target))
    // The time, two namespaces, and the rest, which no condition can say.
    expect(totals).toEqual([null, 3, 1, null])
  })

  it('on a row of a log opens its object, workload and node, whatever the query left out', async () => {
    const reader = await storeWith(ROWS)
    const frame = await ask(reader, { queryType: 'events', filter: { text: 'reason:Failed', terms: [] } })
    expect(await totalOf(reader, linkOf(frame, 'regarding.name', 'Events of this object', 0))).toBe(2)
    expect(await totalOf(reader, linkOf(frame, 'owner.name', 'Events of this workload', 0))).toBe(3)
    expect(await totalOf(reader, linkOf(frame, 'node', 'Events on this node', 0))).toBe(5)
    expect(linkOf(frame, 'owner.name', 'Workload dashboard', 0)).toEqual({ dashboard: 'eventloom-workload', variables: { cluster: 'lab', namespace: 'shop', workload: 'web' } }) // prettier-ignore
    expect(linkOf(frame, 'regarding.name', 'What happened around then', 0)).toMatchObject({ around: { first: 'timestamp', last: 'timestamp', byMs: 600_000 } }) // prettier-ignore
  })

  it('on a pattern opens its events, also of objects without namespace', async () => {
    const reader = await storeWith(ROWS)
    const frame = await ask(reader, { queryType: 'patterns', minOccurrences: 1, minRatePerMinute: 0 })
    const counts = frame.data.values[frame.schema.fields.findIndex(({ name }) => name === 'occurrences')] ?? []
    expect(counts).toHaveLength(4)
    for (const [row, count] of counts.entries())
      expect(await totalOf(reader, linkOf(frame, 'reason', 'Show its events', row))).toBe(count)
  })

  it('on an open problem opens its object, its workload, and a rule that finds it', async () => {
    const reader = await storeWith(ROWS, problemRecordsOf(ROWS, NOW))
    const frame = await ask(reader, { queryType: 'problems', filter: { text: 'namespace:pay', terms: [] } })
    expect(await totalOf(reader, linkOf(frame, 'problem', 'Events of this object', 0))).toBe(1)
    expect(await totalOf(reader, linkOf(frame, 'workload', 'Events of this workload', 0))).toBe(1)
    const { rule, when } = linkOf(frame, 'problem', 'Make an alert rule', 0) as { rule: { queries: { model: object }[]; labels: object[] }; when: string } // prettier-ignore
    expect(when).toBe('true')
    const asked = await ask(reader, rule.queries[0]?.model ?? {})
    expect(asked.data.values.map(([first]) => first)).toEqual(['lab', 'pay', 'web', 1])
    expect(rule.labels).toContainEqual({ key: 'severity', value: 'high' })
  })

  it('on a group opens all of its events', async () => {
    const { correlationId: id } = anObservation()
    const group = aRecord('correlation', { id, from: NOON - HOUR, to: NOON, body: aCorrelation({ title: 'BackOff of web' }) }) // prettier-ignore
    const reader = await storeWith(ROWS, [group])
    const frame = await ask(reader, { queryType: 'correlations', filter: { text: 'reason:Failed', terms: [] } })
    expect(await totalOf(reader, linkOf(frame, 'title', 'Show its events', 0))).toBe(5)
    const graph = await ask(reader, linkOf(frame, 'title', 'Show causes and effects', 0))
    expect(await totalOf(reader, linkOf(graph, 'id', 'Show its events', 0))).toBeGreaterThan(0)
  })
})

it('makes a rule only of patterns by fields that problems have', async () => {
  const reader = await storeWith(ROWS)
  const titles = async (patternBy: readonly string[]) => {
    const { schema } = await ask(reader, { queryType: 'patterns', patternBy, minOccurrences: 1, minRatePerMinute: 0 })
    return schema.fields[0]?.config?.links?.map(({ title }) => title)
  }
  expect(await titles(['reason', 'namespace'])).toContain('Make an alert rule')
  expect(await titles(['templateId'])).not.toContain('Make an alert rule')
})

it('has no links where no data source could follow them', async () => {
  const { schema } = await ask(await storeWith(ROWS), { queryType: 'aggregate', datasource: undefined, groupBy: ['reason'] }) // prettier-ignore
  expect(JSON.stringify(schema)).not.toContain('"links"')
})
