import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { DAY, HOUR, MILLISECOND, SECOND, type EpochMicros } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import type { StoreRecord } from '../../collector/src/event/record.ts'
import type { QueryType } from '../../collector/src/api/grafana/query-schema.ts'
import { queryAnswer } from '../../collector/src/api/grafana/results.ts'
import { READ_OPTIONS } from '../../collector/src/api/grafana/unread-options.ts'
import { variableAnswer, variableRequest } from '../../collector/src/api/grafana/lookups.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import type { EventReader } from '../../collector/src/store/store.ts'
import { anObservation, NOON } from '../support/an-observation.ts'
import { replayRecording } from '../support/replay-recording.ts'
import { DASHBOARDS, filledIn, panelsOf } from '../support/shipped-dashboards.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const signal = new AbortController().signal

interface Field {
  readonly name: string
  readonly type: string
}

interface SentFrame {
  readonly schema: { readonly meta?: { readonly type?: string }; readonly fields: readonly Field[] }
  readonly data: { readonly values: readonly (readonly unknown[])[] }
}

interface World {
  readonly reader: EventReader
  readonly from: EpochMicros
  readonly to: EpochMicros
}

async function worldOf(
  rows: readonly Observation[],
  records: readonly StoreRecord[],
  from: EpochMicros,
  to: EpochMicros,
): Promise<World> {
  // prettier-ignore
  const reader = createMemoryStore()
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await reader.write({ bufferId: 'test', sequence: 1, rows: pending, records }, signal)
  return { reader, from, to }
}

/** The n-th of many events that are alike in nothing but what is given. */
function numbered(index: number, parts: Partial<Observation>): Observation {
  const hex = index.toString(16).padStart(12, '0')
  const lastObserved = NOON - index * SECOND
  return anObservation({
    uid: `11111111-1111-4111-8111-${hex}`,
    id: `${hex}`.padStart(21, 'i') + 'A',
    name: `e.${hex}`,
    firstObserved: lastObserved,
    lastObserved,
    deltaSince: lastObserved,
    ...parts,
  })
}

const object = (parts: Partial<Observation['regarding']>) => ({ ...anObservation().regarding, ...parts })

const WORLDS: Readonly<Record<string, () => Promise<World>>> = {
  'the shipped recording': async () => {
    const { observations, correlations } = await replayRecording(join(ROOT, 'collector', 'recordings', 'shop.jsonl.gz'))
    const times = observations.map(({ lastObserved }) => lastObserved)
    return worldOf(observations, correlations, Math.min(...times), Math.max(...times) + 1)
  },
  'an empty store': () => worldOf([], [], NOON - 6 * HOUR, NOON),
  'one event': () => worldOf([anObservation()], [], NOON - 6 * HOUR, NOON + SECOND),
  '100 namespaces and 10,000 reasons': () => {
    const rows = Array.from({ length: 10_000 }, (_, index) =>
      numbered(index, {
        reason: `Reason${index}`,
        namespace: `ns-${index % 100}`,
        regarding: object({ namespace: `ns-${index % 100}`, name: `pod-${index}` }),
        owner: { kind: 'Deployment', name: `web-${index % 500}` },
      }),
    )
    return worldOf(rows, [], NOON - 6 * HOUR, NOON + SECOND)
  },
  'objects without namespace, an event without reason': () => {
    const node = {
      namespace: '',
      regarding: object({ kind: 'Node', namespace: '', name: 'worker-1' }),
      owner: { kind: '', name: '' },
    }
    return worldOf(
      [numbered(1, node), numbered(2, { ...node, reason: '', correlationId: '' })],
      [],
      NOON - 6 * HOUR,
      NOON + SECOND,
    )
  },
  'a range of ten years': () =>
    worldOf([numbered(1, {}), numbered(2_000_000, {})], [], NOON - 3_650 * DAY, NOON + SECOND),
}

async function ask({ reader, from, to }: World, query: Readonly<Record<string, unknown>>) {
  const timeRange = { from: Math.floor(from / MILLISECOND), to: Math.ceil(to / MILLISECOND) }
  const body = { queries: [{ ...query, timeRange, intervalMs: 15_000, maxDataPoints: 800, timezone: 'Europe/Berlin' }] }
  const pieces = await queryAnswer(reader, body, { isAlert: false, now: to }, signal)
  const { results } = JSON.parse(pieces.join('')) as {
    results: Record<string, { error?: string; frames?: SentFrame[] }>
  }
  const [result] = Object.values(results)
  return { error: result?.error, frames: result?.frames ?? [] }
}

/** What keeps a panel of Grafana from drawing frames; each was an error on somebody's screen. */
const DRAWABLE: Readonly<Record<string, (frames: readonly SentFrame[]) => void>> = {
  timeseries: (frames) => frames.forEach(hasSeriesOrNothing),
  heatmap: (frames) => {
    for (const { schema } of frames)
      expect(schema.fields.map(({ type }) => type).slice(0, 2)).toEqual(['time', 'number'])
  },
  logs: ([frame]) => expect(frame?.schema.meta?.type).toBe('log-lines'),
  nodeGraph: ([nodes, edges]) => {
    const ids = new Set(columnOf(nodes, 'id'))
    for (const end of ['source', 'target']) for (const id of columnOf(edges, end)) expect(ids).toContain(id)
    expect(nodes?.schema.fields.map(({ name }) => name)).toContain('title')
  },
}

function hasSeriesOrNothing({ schema: { fields } }: SentFrame): void {
  if (fields.length === 0) return
  expect(fields[0]?.type).toBe('time')
  expect(fields.length).toBeGreaterThan(1)
}

function columnOf(frame: SentFrame | undefined, name: string): readonly unknown[] {
  if (frame === undefined) return []
  return frame.data.values[frame.schema.fields.findIndex((field) => field.name === name)] ?? []
}

function areEven({ data }: SentFrame): void {
  expect(new Set(data.values.map((values) => values.length)).size).toBeLessThanOrEqual(1)
}

describe.each(Object.entries(WORLDS))('the shipped dashboards over %s', (_, makeWorld) => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld()
    // A machine that does much else takes a minute to play the recording.
  }, 120_000)

  it.each(DASHBOARDS.map((dashboard) => [dashboard.name, dashboard] as const))(
    '%s opens without an error',
    async (_name, dashboard) => {
      // prettier-ignore
      const chosen = new Map<string, readonly string[]>()
      for (const { name, type, query, includeAll } of dashboard.templating.list) {
        if (type !== 'query') continue
        const timeRange = { from: world.from / MILLISECOND, to: world.to / MILLISECOND }
        const asked = variableRequest.parse({
          query: { ...filledIn(query as Readonly<Record<string, unknown>>, chosen), search: '' },
          timeRange,
        })
        const [first] = await variableAnswer(world.reader, asked, world.to, signal)
        // All the others stand for "All".
        if (first !== undefined && includeAll !== true) chosen.set(name, [first.value])
      }
      for (const { title, type, targets = [] } of panelsOf(dashboard.panels)) {
        for (const target of targets) {
          const { error, frames } = await ask(world, filledIn(target, chosen))
          expect(error, title).toBeUndefined()
          frames.forEach(areEven)
          DRAWABLE[type]?.(frames)
        }
      }
      for (const { name, target } of dashboard.annotations.list) {
        if (target !== undefined) expect((await ask(world, filledIn(target, chosen))).error, name).toBeUndefined()
      }
    },
  )
})

const EVERY = ['refId', 'datasource', 'schemaVersion', 'queryType', 'filter', 'hide', 'editorMode']

describe('the shipped dashboards', () => {
  const queries = DASHBOARDS.flatMap(({ name, panels, annotations }) => [
    ...panelsOf(panels).flatMap(({ title = '', targets = [] }) =>
      targets.map((query) => ({ place: `${name}: ${title}`, query })),
    ),
    ...annotations.list.flatMap(({ name: mark, target }) =>
      target === undefined ? [] : [{ place: `${name}: ${mark}`, query: target }],
    ),
  ])

  it('set no option that their query does not read', () => {
    const unread = queries.flatMap(({ place, query }) => {
      const known = READ_OPTIONS[query['queryType'] as QueryType]
      return Object.keys(query)
        .filter((key) => ![...EVERY, ...known].includes(key))
        .map((key) => `${place}: ${key}`)
    })
    expect(unread).toEqual([])
  })

  it('begin their bars at zero', () => {
    const bars = DASHBOARDS.flatMap(({ panels }) => panelsOf(panels)).filter(({ type }) => type === 'bargauge')
    for (const { title, fieldConfig } of bars) expect(fieldConfig?.defaults.min, title).toBe(0)
  })

  it('name a bar that is the only one, which Grafana does only where a name is set', () => {
    const bars = DASHBOARDS.flatMap(({ panels }) => panelsOf(panels)).filter(({ type }) => type === 'bargauge')
    for (const { title, fieldConfig } of bars) expect(fieldConfig?.defaults.displayName, title).toMatch(/^\$\{__/)
  })

  it('look for what is typed into the menu of a variable in all values', () => {
    const queried = DASHBOARDS.flatMap(({ templating }) => templating.list.filter(({ type }) => type === 'query'))
    for (const { name, query } of queried) expect(query, name).toMatchObject({ search: '$__searchFilter' })
  })

  it('say what they count where events could be meant, or how often they happened', () => {
    for (const { title = '', type, targets = [] } of DASHBOARDS.flatMap(({ panels }) => panelsOf(panels))) {
      const isCount = targets.some(({ metric, queryType }) => queryType === 'aggregate' && metric === 'occurrences')
      if (isCount && type !== 'row') expect(title).toMatch(/occurrences/i)
    }
  })
})
