import { changeRecord } from '../../collector/src/pipeline/change-record.ts'
import { aChange } from '../support/a-change.ts'
import { aRecord } from '../support/a-record.ts'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { RECORD_KINDS, type RecordKind, type StoreRecord } from '../../collector/src/event/record.ts'
import { SEVERITIES } from '../../collector/src/event/words.ts'
import type { AggregateQuery, EventQuery, Filter, Metric } from '../../collector/src/query/model.ts'
import { MAX_LIMIT } from '../../collector/src/query/request.ts'
import { LATEST } from '../../collector/src/query/time.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import {
  chainKey,
  NOTHING_APPLIED,
  type EventStore,
  type PendingBatch,
  type RetentionPolicy,
} from '../../collector/src/store/store.ts'
import { anObservation, NOON } from '../support/an-observation.ts'
import { recordAges } from '../support/record-ages.ts'
import {
  aggregateQueries,
  eventQueries,
  eventVolumeQueries,
  filters,
  latestQueries,
  observations,
  patternQueries,
  valueQueries,
} from '../support/arbitrary-observations.ts'

export type OpenStore = () => Promise<EventStore>

const never = new AbortController().signal
/** Opening and closing a store with a thread of its own takes long on a machine with too much to do. */
const SLOW_MACHINE_MS = 60_000
const ALL: Filter = { op: 'all' }
const EVER = { from: NOON - 400 * DAY, to: NOON + 400 * DAY }

/** What every store promises, in sentences. A new store calls this and {@link describeStoreAgainstReference}. */
export function describeStore(name: string, open: OpenStore): void {
  describe(`${name} keeps the store contract`, () => {
    let store: EventStore
    beforeEach(async () => {
      store = await open()
    }, SLOW_MACHINE_MS)
    afterEach(() => store.close(), SLOW_MACHINE_MS)

    describe('writing', () => describeWriting(() => store))
    describe('chains', () => describeChains(() => store))
    describe('events', () => describeEvents(() => store))
    describe('filters', () => describeFilters(() => store))
    describe('aggregates', () => describeAggregates(() => store))
    describe('latest, patterns, values', () => describeSummaries(() => store))
    describe('records', () => describeRecords(() => store))
    describe('retention', () => describeRetention(() => store))
    describe('ages of records', () => describeRecordAges(() => store))
  })
}

let batches = 0

/** A batch of decided rows of a buffer of its own. */
function aBatch(rows: readonly Observation[], overrides: Partial<PendingBatch> = {}): PendingBatch {
  return {
    bufferId: `buffer-${String(++batches)}`,
    sequence: 1,
    rows: rows.map((observation) => ({ observation, undecided: false })),
    records: [],
    ...overrides,
  }
}

/** Some thousand requests, where a store takes them one by one over HTTP. */
const COMPARED_MS = 240_000

const write = (store: EventStore, ...rows: readonly Observation[]) => store.write(aBatch(rows), never)

function eventQuery(overrides: Partial<EventQuery> = {}): EventQuery {
  return { ...EVER, filter: ALL, view: 'observations', order: 'oldest', limit: 1_000, ...overrides }
}

const find = async (store: EventStore, overrides: Partial<EventQuery> = {}) =>
  (await store.events(eventQuery(overrides), never)).rows

/** Every page, in order. */
async function pages(store: EventStore, query: EventQuery, between: (page: number) => Promise<void> = async () => {}) {
  const found = []
  let page = await store.events(query, never)
  for (let number = 1; ; number++) {
    found.push(page)
    if (page.cursor === null) return found
    await between(number)
    page = await store.events({ ...query, cursor: page.cursor }, never)
  }
}

function aggregateQuery(overrides: Partial<AggregateQuery> = {}): AggregateQuery {
  return {
    ...EVER,
    filter: ALL,
    groupBy: [],
    window: null,
    metrics: ['occurrences'],
    top: null,
    zeroFill: false,
    ...overrides,
  }
}

/** `{key: first value}` of an aggregate without window. */
async function totals(store: EventStore, overrides: Partial<AggregateQuery>) {
  const { groups } = await store.aggregate(aggregateQuery(overrides), never)
  return Object.fromEntries(groups.map(({ key, points }) => [key?.join('|') ?? 'other', points[0]?.values[0]]))
}

/** A version number `index` of an own event, a minute after the one before. */
const anEvent = (index: number, overrides: Partial<Observation> = {}) =>
  anObservation({
    uid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: `e-${String(index)}`,
    resourceVersion: 1_000 + index,
    firstObserved: NOON + index * MINUTE,
    lastObserved: NOON + index * MINUTE,
    deltaSince: NOON + index * MINUTE,
    ...overrides,
  })

/** An object of the reference's namespace and kind that is told apart by its name, unless it gets a uid. */
const regarding = (overrides: Partial<Observation['regarding']>) => ({
  ...anObservation().regarding,
  uid: '',
  ...overrides,
})

/** What may be mistaken for one another: each object in the order of time, and the place of the first row of the same object. */
const OBJECTS: readonly [name: string, object: Partial<Observation['regarding']>, sameAs: number][] = [
  ['two kinds of one name in two API groups', { kind: 'Service', name: 'web', apiVersion: 'v1' }, 0],
  ['the other of these', { kind: 'Service', name: 'web', apiVersion: 'serving.knative.dev/v1' }, 1],
  ['another version of that group', { kind: 'Service', name: 'web', apiVersion: 'serving.knative.dev/v1beta1' }, 1],
  ['the core group, left out', { kind: 'Service', name: 'web', apiVersion: '' }, 0],
  ['a Job', { kind: 'Job', name: 'report', apiVersion: 'batch/v1', uid: '11111111-1111-4111-8111-111111111111' }, 4],
  ['the Job made again', { kind: 'Job', name: 'report', apiVersion: 'batch/v1', uid: '33333333-3333-4333-8333-333333333333' }, 5],
  ['the first Job under less of its reference', { kind: 'Job', name: 'report', apiVersion: '', uid: '11111111-1111-4111-8111-111111111111' }, 4],
  ['a node under its name as uid', { kind: 'Node', namespace: '', name: 'worker-1', uid: 'worker-1' }, 7],
  ['a node under its real uid', { kind: 'Node', namespace: '', name: 'worker-1', uid: '44444444-4444-4444-8444-444444444444', apiVersion: '' }, 7],
  ['a static pod, whose uid is no UUID', { name: 'etcd', uid: '0123abcd' }, 9],
  ['a static pod of the same name', { name: 'etcd', uid: '4567cdef' }, 10],
] // prettier-ignore
const OBJECT_ROWS = OBJECTS.map(([, object], index) => anEvent(index, { regarding: regarding(object) }))
const OBJECTS_TOLD_APART = new Set(OBJECTS.map(([, , sameAs]) => sameAs)).size

function describeWriting(store: () => EventStore): void {
  it('gives back what was written, field by field', async () => {
    const rows = [
      anEvent(1),
      anEvent(2, {
        clusterUid: 'c1',
        source: 'recording lab.jsonl',
        resourceVersion: null,
        uid: 'not a UUID',
        note: 'two\nlines, a "quote", \u2028, \u{1F600}, e\u0301 and C:\\x',
        labels: { app: 'plain text', 'app.kubernetes.io/name': 'x', empty: '', ['__proto__']: 'own' },
        annotations: { "it's": '%_\\' },
        rest: { series: { '.': {} }, list: [1, null, 'é'] },
        flags: ['combined', 'hybrid'],
        patternIds: ['p-1', 'p-2'],
        countIsLowerBound: true,
        countEstimated: true,
        countUnplaced: 2 ** 33,
      }),
      anEvent(3, { uid: '', related: regarding({ kind: 'Node', namespace: '', name: 'worker-1' }) }),
    ]
    await write(store(), ...rows)
    expect(await find(store())).toEqual(rows)
  })

  it('keeps a NUL in a note', async () => {
    await write(store(), anEvent(1, { note: 'a\0b' }))
    expect((await find(store()))[0]?.note).toBe('a\0b')
  })

  it('stores a batch once, however often it is sent', async () => {
    const batch = aBatch([anEvent(1), anEvent(2)], { sequence: 7 })
    expect(await store().applied(batch.bufferId)).toEqual(NOTHING_APPLIED)
    expect(await store().write(batch, never)).toEqual({ stored: 2, alreadyStored: 0, rejected: [] })
    expect(await store().applied(batch.bufferId)).toEqual({ sequence: 7, alreadyStored: 0, rejected: [] })
    expect(await store().write(batch, never)).toEqual({ stored: 2, alreadyStored: 0, rejected: [] })
    expect(await store().write({ ...batch, sequence: 6 }, never)).toMatchObject({ stored: 2 })
    expect(await find(store())).toHaveLength(2)
  })

  it('counts the sequence of each buffer for itself', async () => {
    await store().write(aBatch([anEvent(1)], { bufferId: 'old', sequence: 9 }), never)
    await store().write(aBatch([anEvent(2)], { bufferId: 'new', sequence: 1 }), never)
    expect(await store().applied('old')).toMatchObject({ sequence: 9 })
    expect(await store().applied('new')).toMatchObject({ sequence: 1 })
    expect(await find(store())).toHaveLength(2)
  })

  it('advances the sequence for a batch without rows', async () => {
    await store().write(aBatch([], { bufferId: 'b', sequence: 3 }), never)
    expect(await store().applied('b')).toMatchObject({ sequence: 3 })
  })

  it('looks for undecided rows before it appends them', async () => {
    await write(store(), anEvent(1))
    const rows = [anEvent(1), anEvent(2), anEvent(2)].map((observation) => ({ observation, undecided: true }))
    const batch = aBatch([], { rows })
    const ends = { alreadyStored: 2, rejected: [] }
    expect(await store().write(batch, never)).toEqual({ stored: 1, ...ends })
    expect(await find(store())).toEqual([anEvent(1), anEvent(2)])
    // Whoever did not hear the answer hears it again.
    expect(await store().applied(batch.bufferId)).toEqual({ sequence: batch.sequence, ...ends })
    expect(await store().write(batch, never)).toEqual({ stored: 1, ...ends })
  })

  it('finds an undecided row that stands decided in the same batch', async () => {
    const rows = [false, true].map((undecided) => ({ observation: anEvent(1), undecided }))
    expect(await store().write(aBatch([], { rows }), never)).toMatchObject({ stored: 1, alreadyStored: 1 })
  })

  it('says which versions are stored', async () => {
    await write(store(), anEvent(1), anEvent(2))
    const asked = [anEvent(2), anEvent(3)].map(({ id, lastObserved }) => ({ id, lastObserved }))
    expect(await store().findStored(asked, never)).toEqual(new Set([anEvent(2).id]))
    expect(await store().findStored([], never)).toEqual(new Set())
  })

  it('shows what was written also to whoever reads all the time', async () => {
    for (let round = 0; round < 10; round++) {
      const rows = Array.from({ length: 200 }, (_, index) => anEvent(200 * round + index))
      let isWritten = false
      const written = write(store(), ...rows).finally(() => (isWritten = true))
      while (!isWritten) await store().statistics(never)
      await written
      expect((await store().statistics(never)).observations).toBe(200 * (round + 1))
    }
  })

  it('does nothing once the caller gave up', async () => {
    const gone = AbortSignal.abort(new Error('gave up'))
    await expect(store().write(aBatch([anEvent(1)]), gone)).rejects.toThrow('gave up')
    await expect(store().events(eventQuery(), gone)).rejects.toThrow('gave up')
    expect(await find(store())).toEqual([])
  })

  it('counts its rows', async () => {
    expect(await store().statistics(never)).toMatchObject({ observations: 0, oldest: null, newest: null })
    await write(store(), anEvent(5), anEvent(1), anEvent(3, { deltaSince: NOON - HOUR }))
    expect(await store().statistics(never)).toMatchObject({
      observations: 3,
      begins: NOON - HOUR,
      oldest: NOON + MINUTE,
      newest: NOON + 5 * MINUTE,
    })
  })
}

function describeChains(store: () => EventStore): void {
  it('knows the highest count and the newest version of a chain', async () => {
    // The count goes on, then an older version comes late.
    await write(
      store(),
      anEvent(1, { resourceVersion: 7_715_919, count: 970, firstObserved: NOON }),
      anEvent(1, { resourceVersion: 7_716_400, count: 973, firstObserved: NOON, lastObserved: NOON + 5 * MINUTE }),
      anEvent(1, { resourceVersion: 7_716_102, count: 971, firstObserved: NOON, lastObserved: NOON + 3 * MINUTE }),
    )
    const chain = { cluster: 'lab', eventNamespace: 'shop', name: 'e-1', firstObserved: NOON }
    expect(await store().findChains([chain, { ...chain, name: 'e-2' }], never)).toEqual(
      new Map([
        [
          chainKey(chain),
          { highestCount: 973, resourceVersion: 7_716_400, lastObserved: NOON + 5 * MINUTE, countEstimated: false },
        ],
      ]),
    )
  })

  it('tells chains apart by cluster, namespace, name and first time', async () => {
    const first = { firstObserved: NOON, lastObserved: NOON + MINUTE }
    await write(
      store(),
      anEvent(1, { ...first, count: 2 }),
      anEvent(1, { ...first, count: 3, cluster: 'prod' }),
      anEvent(1, { ...first, count: 4, eventNamespace: 'default' }),
      anEvent(1, { ...first, count: 5, firstObserved: NOON - 1, countEstimated: true }),
    )
    const chains = [anEvent(1, first), anEvent(1, { ...first, firstObserved: NOON - 1 })]
    const found = await store().findChains(chains, never)
    expect([...found.values()].map(({ highestCount, countEstimated }) => [highestCount, countEstimated])).toEqual(
      expect.arrayContaining([
        [2, false],
        [5, true],
      ]),
    )
    expect(found.size).toBe(2)
  })

  it('takes the version with the highest resourceVersion for the newest, whatever its time', async () => {
    await write(
      store(),
      anEvent(1, { firstObserved: NOON, resourceVersion: 10, lastObserved: NOON + 2 * MINUTE }),
      anEvent(1, { firstObserved: NOON, resourceVersion: 11, lastObserved: NOON + MINUTE, countEstimated: true }),
      anEvent(1, { firstObserved: NOON, resourceVersion: null, lastObserved: NOON + 3 * MINUTE }),
    )
    const [head] = (await store().findChains([anEvent(1, { firstObserved: NOON })], never)).values()
    expect(head).toEqual({ highestCount: 1, resourceVersion: 11, lastObserved: NOON + MINUTE, countEstimated: true })
  })
}

function describeEvents(store: () => EventStore): void {
  /** Seven events in two seconds, in their right order: resourceVersions as numbers. */
  const inOneSecond = [99_997, 99_998, 99_999, 100_000, 100_001, 100_002, 100_003].map((resourceVersion, index) =>
    anEvent(index, { resourceVersion, lastObserved: NOON + (index < 4 ? 0 : SECOND) }),
  )
  const shuffled = [3, 0, 6, 2, 5, 1, 4].flatMap((index) => inOneSecond[index] ?? [])

  it('orders rows of the same second by resourceVersion as a number', async () => {
    await write(store(), ...shuffled)
    expect(await find(store())).toEqual(inOneSecond)
    expect(await find(store(), { order: 'newest' })).toEqual(inOneSecond.toReversed())
  })

  it('puts an absent resourceVersion first and breaks ties by id', async () => {
    const tied = ['a', 'b', 'c'].map((letter) => anEvent(1, { id: `${letter.repeat(21)}A`, resourceVersion: 5 }))
    const absent = anEvent(1, { id: 'z'.repeat(21) + 'A', resourceVersion: null })
    const zero = anEvent(1, { resourceVersion: 0 })
    await write(store(), ...tied.toReversed(), zero, absent)
    expect(await find(store())).toEqual([absent, zero, ...tied])
  })

  it.each(['newest', 'oldest'] as const)('pages through equal times, %s first, every row once', async (order) => {
    await write(store(), ...shuffled)
    const found = await pages(store(), eventQuery({ order, limit: 2, view: 'events' }))
    expect(found.map(({ rows }) => rows.length)).toEqual([2, 2, 2, 1])
    expect(found.map(({ total }) => total)).toEqual([7, 7, 7, 7])
    expect(found.flatMap(({ rows }) => rows)).toEqual(order === 'oldest' ? inOneSecond : inOneSecond.toReversed())
  })

  it('a limit keeps the newest, and the total tells how many there are', async () => {
    await write(store(), ...Array.from({ length: 600 }, (_, index) => anEvent((index * 7) % 600)))
    const { rows, total } = await store().events(eventQuery({ order: 'newest', view: 'events', limit: 5 }), never)
    expect(rows.map(({ name }) => name)).toEqual(['e-599', 'e-598', 'e-597', 'e-596', 'e-595'])
    expect(total).toBe(600)
  })

  it.each(['newest', 'oldest'] as const)(
    'pages of a list, %s first, stay as they were while rows come in',
    async (order) => {
      await write(store(), ...Array.from({ length: 60 }, (_, index) => anEvent(index)))
      const found = await pages(store(), eventQuery({ order, view: 'events', limit: 10 }), async (page) => {
        if (page === 2) await write(store(), anEvent(100), anEvent(101))
        // New versions of an event already shown and of one still to come.
        if (page === 3)
          await write(
            store(),
            anEvent(2, { lastObserved: NOON + 2 * HOUR }),
            anEvent(55, { lastObserved: NOON + 3 * HOUR }),
          )
      })
      const names = found.flatMap(({ rows }) => rows.map(({ name }) => name))
      expect(names).toHaveLength(60)
      expect(new Set(names).size).toBe(60)
      expect(found.map(({ total }) => total)).toEqual([60, 60, 60, 60, 60, 60])
    },
  )

  it.each(['events', 'observations'] as const)('ends a page of %s early where texts are long', async (view) => {
    const note = 'x'.repeat(64 * 1024)
    const rows = Array.from({ length: 500 }, (_, index) => anEvent(index, { note }))
    await write(store(), ...rows.slice(0, 250))
    await write(store(), ...rows.slice(250))
    const found = await pages(store(), eventQuery({ view, limit: 500 }))
    expect(found.length).toBeGreaterThan(1)
    expect(found.map(({ total }) => total)).toEqual(found.map(() => 500))
    expect(found.flatMap((page) => page.rows.map(({ name }) => name))).toEqual(rows.map(({ name }) => name))
  })

  it('has no next page when the last row fits', async () => {
    await write(store(), anEvent(1), anEvent(2))
    expect(await store().events(eventQuery({ limit: 2 }), never)).toMatchObject({ cursor: null, total: 2 })
    expect(await store().events(eventQuery({ filter: { op: 'or', filters: [] } }), never)).toEqual({
      rows: [],
      cursor: null,
      total: 0,
    })
  })

  it('shows of each event the newest version in the range that matches', async () => {
    const versions = [1, 2, 5].map((count, index) =>
      anEvent(1, { count, resourceVersion: 10 + index, lastObserved: NOON + index * MINUTE }),
    )
    await write(store(), ...versions)
    const view = 'events' as const
    expect((await find(store(), { view })).map(({ count }) => count)).toEqual([5])
    expect((await find(store(), { view, to: NOON + 2 * MINUTE })).map(({ count }) => count)).toEqual([2])
    const filter: Filter = { op: 'range', field: 'count', lte: 1 }
    expect((await find(store(), { view, filter })).map(({ count }) => count)).toEqual([1])
    expect((await find(store())).map(({ count }) => count)).toEqual([1, 2, 5])
  })

  it('shows no event again on the page behind the one that it ended', async () => {
    const version = (uid: string, minute: number) =>
      anEvent(minute, { uid, lastObserved: NOON + minute * MINUTE, firstObserved: NOON, deltaSince: NOON })
    await write(store(), version('b', 1), version('a', 2), version('b', 3), version('a', 4), version('c', 5))
    for (const order of ['newest', 'oldest'] as const) {
      const found = await pages(store(), eventQuery({ view: 'events', order, limit: 1 }))
      const shown = found.map(({ rows }) => rows.map(({ uid, lastObserved }) => [uid, (lastObserved - NOON) / MINUTE]))
      const all = [[['b', 3]], [['a', 4]], [['c', 5]]]
      expect(shown).toEqual(order === 'oldest' ? all : all.toReversed())
    }
  })

  it('tells equal uids of two clusters apart, and takes each row without uid for an event', async () => {
    await write(
      store(),
      anEvent(1, { id: 'A'.repeat(22) }),
      anEvent(1, { id: 'B'.repeat(21) + 'A', cluster: 'prod' }),
      anEvent(2, { id: 'C'.repeat(21) + 'A', uid: '' }),
      anEvent(3, { id: 'D'.repeat(21) + 'A', uid: '' }),
    )
    expect(await find(store(), { view: 'events' })).toHaveLength(4)
  })

  it('leaves out the end of a range and holds its start', async () => {
    await write(store(), anEvent(0), anEvent(1), anEvent(2))
    const range = { from: NOON, to: NOON + 2 * MINUTE }
    expect((await find(store(), range)).map(({ name }) => name)).toEqual(['e-0', 'e-1'])
    expect(await find(store(), { from: NOON, to: NOON })).toEqual([])
  })

  it('refuses a cursor of another query, and what is none', async () => {
    await write(store(), anEvent(1), anEvent(2))
    const { cursor } = await store().events(eventQuery({ limit: 1, order: 'newest' }), never)
    const reuse = (overrides: Partial<EventQuery>) =>
      store().events(eventQuery({ cursor: cursor ?? '', ...overrides }), never)
    await expect(reuse({ order: 'oldest' })).rejects.toThrow(/cursor: it belongs to a query with order newest/)
    await expect(reuse({ order: 'newest', view: 'events' })).rejects.toThrow(/with view observations/)
    await expect(reuse({ order: 'newest', from: 0 })).rejects.toThrow(/with from/)
    await expect(reuse({ cursor: 'nonsense' })).rejects.toThrow(/cursor: it was not made by this version/)
  })

  it('scans a range in order', async () => {
    await write(store(), ...shuffled)
    expect(await scanAll(store(), { ...EVER, filter: ALL })).toEqual(inOneSecond)
    expect(await scanAll(store(), { from: NOON, to: NOON + SECOND, filter: ALL })).toEqual(inOneSecond.slice(0, 4))
  })

  it(
    'gives the largest page that may be asked for',
    async () => {
      const rows = Array.from({ length: MAX_LIMIT + 1 }, (_, index) => {
        return anEvent(index, { lastObserved: NOON + index * SECOND })
      })
      await write(store(), ...rows)
      for (const order of ['newest', 'oldest'] as const) {
        const page = await store().events(eventQuery({ order, limit: MAX_LIMIT }), never)
        expect(page.rows).toHaveLength(MAX_LIMIT)
        expect(page.total).toBe(MAX_LIMIT + 1)
        expect(page.cursor).toBeDefined()
      }
    },
    SLOW_MACHINE_MS,
  )
}

async function scanAll(
  store: EventStore,
  query: Pick<EventQuery, 'from' | 'to' | 'filter'>,
): Promise<readonly Observation[]> {
  const rows: Observation[] = []
  for await (const batch of store.scan(query, never)) rows.push(...batch)
  return rows
}

function describeFilters(store: () => EventStore): void {
  const rows = [
    anEvent(0, {
      namespace: '',
      reason: 'Rebooted',
      count: 3,
      regarding: regarding({ kind: 'Node', namespace: '', name: 'ip-10-0-3-17.eu-west-1.compute.internal' }),
      note: 'Node ip-10-0-3-17.eu-west-1.compute.internal has been rebooted',
    }),
    anEvent(1, {
      namespace: 'team-a',
      reason: 'FailedGetExternalMetric',
      note: 'metric team-a/s0:queue/depth{app="worker"}',
    }),
    anEvent(2, { namespace: 'argo', reason: 'Sync/Failed', note: 'sync of (shop) failed: [a OR b] && !c' }),
    anEvent(3, {
      namespace: 'team-a-b',
      reason: 'NOT',
      note: 'a word of the query language',
      flags: ['combined', 'hybrid'],
    }),
    anEvent(4, {
      namespace: 'team-a',
      reason: 'Sync',
      note: 'C:\\temp\\x is missing; "quoted" text',
      resourceVersion: null,
      labels: { app: 'plain text', 'app.kubernetes.io/name': 'x', empty: '' },
    }),
    anEvent(5, { reason: '100%_*?\\', note: 'İSTANBUL ΟΔΟΣ naïve x_y', metadata: { ['__proto__']: 'own' } }),
    anEvent(6, { reason: 'a\nb', note: '', clusterUid: 'c1', countIsLowerBound: true }),
  ]

  const filters: readonly { readonly name: string; readonly filter: Filter; readonly finds: readonly number[] }[] = [
    { name: 'all finds all', filter: ALL, finds: [0, 1, 2, 3, 4, 5, 6] },
    { name: 'a value matches whole', filter: inList('reason', 'Sync'), finds: [4] },
    { name: 'case counts', filter: inList('reason', 'sync'), finds: [] },
    { name: 'a slash is a character', filter: inList('reason', 'Sync/Failed'), finds: [2] },
    { name: 'one of several values', filter: inList('namespace', 'team-a', 'team-a-b'), finds: [1, 3, 4] },
    { name: 'the empty text is the absent value', filter: inList('namespace', ''), finds: [0] },
    { name: 'null is the absent value', filter: inList('clusterUid', ''), finds: [0, 1, 2, 3, 4, 5] },
    { name: 'an absent key is the absent value', filter: inList('labels.app', '', 'no'), finds: [0, 1, 2, 3, 5, 6] },
    { name: 'no value finds nothing', filter: inList('reason'), finds: [] },
    { name: 'a key with dots and a slash', filter: inList('labels.app.kubernetes.io/name', 'x'), finds: [4] },
    { name: 'a key that every object has', filter: inList('metadata.__proto__', 'own'), finds: [5] },
    { name: 'an integer as digits', filter: inList('count', '3'), finds: [0] },
    { name: 'a boolean as a word', filter: inList('countIsLowerBound', 'true'), finds: [6] },
    { name: 'one element of a list', filter: inList('flags', 'hybrid'), finds: [3] },
    { name: 'an empty list is the absent value', filter: inList('patternIds', ''), finds: [0, 1, 2, 3, 4, 5, 6] },
    { name: '* is any run', filter: like('reason', 'Sync*'), finds: [2, 4] },
    { name: '* inside', filter: like('regarding.name', 'ip-*.internal'), finds: [0] },
    { name: '? is one character, a line break too', filter: like('reason', 'a?b'), finds: [6] },
    { name: '% and _ are characters', filter: like('reason', '100%_*'), finds: [5] },
    { name: '% alone is no wildcard', filter: like('reason', 'Sync%'), finds: [] },
    { name: '_ alone is no wildcard', filter: like('reason', 'Syn_'), finds: [] },
    { name: 'escaped * and ? and backslash', filter: like('reason', '100%_\\*\\?\\\\'), finds: [5] },
    { name: 'a pattern on a key', filter: like('labels.app', 'plain*'), finds: [4] },
    { name: 'integers in a range', filter: { op: 'range', field: 'count', gt: 1, lte: 3 }, finds: [0] },
    {
      name: 'null is in no range',
      filter: { op: 'range', field: 'resourceVersion', gte: 0 },
      finds: [0, 1, 2, 3, 5, 6],
    },
    {
      name: 'not in a range is what has no number, too',
      filter: { op: 'not', filter: { op: 'range', field: 'resourceVersion', gt: 1_002 } },
      finds: [0, 1, 2, 4],
    },
    {
      name: 'not one of several numbers is what has none, too',
      filter: { op: 'not', filter: inList('resourceVersion', '1001', '1002') },
      finds: [0, 3, 4, 5, 6],
    },
    {
      name: 'times in a range',
      filter: { op: 'range', field: 'lastObserved', gte: NOON + MINUTE, lt: NOON + 2 * MINUTE },
      finds: [1],
    },
    {
      name: 'texts in a range',
      filter: { op: 'range', field: 'namespace', gte: 'team-a', lt: 'team-a-b' },
      finds: [1, 4],
    },
    { name: 'the empty text is in no range', filter: { op: 'range', field: 'namespace', lt: 'b' }, finds: [2] },
    {
      name: 'a text exists when it is not empty',
      filter: { op: 'exists', field: 'namespace' },
      finds: [1, 2, 3, 4, 5, 6],
    },
    { name: 'a note exists when it is not empty', filter: { op: 'exists', field: 'note' }, finds: [0, 1, 2, 3, 4, 5] },
    { name: 'null does not exist', filter: { op: 'exists', field: 'resourceVersion' }, finds: [0, 1, 2, 3, 5, 6] },
    { name: 'a key exists with an empty value', filter: { op: 'exists', field: 'labels.empty' }, finds: [4] },
    { name: 'a map exists with an entry', filter: { op: 'exists', field: 'labels' }, finds: [4] },
    { name: 'a list exists with an element', filter: { op: 'exists', field: 'flags' }, finds: [3] },
    { name: 'words stand next to one another', filter: words('queue', 'depth'), finds: [1] },
    { name: 'words are whole', filter: words('que'), finds: [] },
    { name: 'words are in order', filter: words('depth', 'queue'), finds: [] },
    { name: 'the last word may be a prefix', filter: { ...words('app', 'work'), lastIsPrefix: true }, finds: [1] },
    { name: 'punctuation is no part of words', filter: words('c', 'temp', 'x', 'is', 'missing', 'quoted'), finds: [4] },
    { name: 'an underscore ends a word', filter: words('x', 'y'), finds: [5] },
    {
      name: 'words of any script, lower case letter by letter',
      filter: words('istanbul', 'οδοσ', 'naïve'),
      finds: [5],
    },
    { name: 'not', filter: { op: 'not', filter: inList('namespace', 'shop', 'team-a') }, finds: [0, 2, 3] },
    {
      name: 'and',
      filter: { op: 'and', filters: [inList('namespace', 'team-a'), like('reason', '*Metric')] },
      finds: [1],
    },
    { name: 'or', filter: { op: 'or', filters: [inList('reason', 'NOT'), words('sync')] }, finds: [2, 3] },
    { name: 'and of nothing', filter: { op: 'and', filters: [] }, finds: [0, 1, 2, 3, 4, 5, 6] },
    { name: 'or of nothing', filter: { op: 'or', filters: [] }, finds: [] },
    { name: 'quotes in a value', filter: inList('reason', "' OR 1=1 --"), finds: [] },
  ]

  it.each(filters)('$name', async ({ filter, finds }) => {
    await write(store(), ...rows)
    const found = await find(store(), { filter })
    expect(found.map(({ name }) => Number(name.slice(2)))).toEqual(finds)
  })

  it.each(filters)('$name, each list among many more values', async ({ filter, finds }) => {
    await write(store(), ...rows)
    const found = await find(store(), { filter: amongMany(filter) })
    expect(found.map(({ name }) => Number(name.slice(2)))).toEqual(finds)
  })

  it('orders texts by code point, not by UTF-16 unit', async () => {
    await write(store(), anEvent(1, { reason: '\u{1F600}' }), anEvent(2, { reason: '\uFF01' }))
    const found = await find(store(), { filter: { op: 'range', field: 'reason', gt: '\uFF01' } })
    expect(found.map(({ name }) => name)).toEqual(['e-1'])
  })
}

/** Values that no row has: texts, numbers, ids, names of events. */
const NONE = Array.from({ length: 30 }, (_, index) => [
  `none-${index}.1a${index}`,
  `9${index}00000000001`,
  `00000000-0000-4000-8000-0000000000${index + 10}`,
]).flat()

function amongMany(filter: Filter): Filter {
  if (filter.op === 'in') return { ...filter, values: [...NONE, ...filter.values] }
  if (filter.op === 'not') return { op: 'not', filter: amongMany(filter.filter) }
  return filter.op === 'and' || filter.op === 'or' ? { ...filter, filters: filter.filters.map(amongMany) } : filter
}

const inList = (field: string, ...values: string[]): Filter => ({ op: 'in', field, values })
const like = (field: string, pattern: string): Filter => ({ op: 'like', field, pattern })
const words = (...list: string[]) => ({ op: 'words' as const, words: list, lastIsPrefix: false })

function describeAggregates(store: () => EventStore): void {
  it('sums new occurrences, never rows or counts', async () => {
    await write(
      store(),
      anEvent(1, { count: 3, countDelta: 3 }),
      anEvent(1, { count: 5, countDelta: 2, resourceVersion: 2_000, lastObserved: NOON + 5 * MINUTE }),
      anEvent(1, { count: 4, countDelta: 0, resourceVersion: 1_500, lastObserved: NOON + 4 * MINUTE }),
      anEvent(2, { reason: 'Pulled' }),
    )
    expect(await totals(store(), { groupBy: ['reason'] })).toEqual({ BackOff: 5, Pulled: 1 })
  })

  it('counts occurrences without a place in totals only, and says how many windows leave out', async () => {
    const born = NOON - 3 * DAY
    // First sight of an event that is three days old: one occurrence now, 969 some time before.
    await write(
      store(),
      anEvent(1, { count: 970, countDelta: 1, countUnplaced: 969, firstObserved: born, deltaSince: born }),
      anEvent(1, {
        count: 973,
        countDelta: 3,
        deltaSince: NOON + MINUTE,
        lastObserved: NOON + 4 * MINUTE,
        resourceVersion: 2_000,
      }),
    )
    const long = { from: born, to: NOON + HOUR }
    const short = { from: NOON, to: NOON + HOUR }
    const window = { kind: 'fixed' as const, every: 10 * MINUTE }
    expect(await store().aggregate(aggregateQuery(long), never)).toMatchObject({
      groups: [{ points: [{ values: [973] }] }],
      unplaced: 0,
    })
    expect(await store().aggregate(aggregateQuery(short), never)).toMatchObject({
      groups: [{ points: [{ start: NOON, values: [4] }] }],
      unplaced: 969,
    })
    expect(await store().aggregate(aggregateQuery({ ...long, window }), never)).toMatchObject({
      groups: [{ points: [{ start: NOON, values: [4] }] }],
      unplaced: 969,
    })
  })

  it('measures all metrics', async () => {
    const rows = [
      anEvent(0, { severity: 'low', countDelta: 2 }),
      anEvent(1, { severity: 'critical', countDelta: 3 }),
      anEvent(1, {
        severity: 'info',
        resourceVersion: 9_999,
        lastObserved: NOON + 4 * MINUTE,
        countIsLowerBound: true,
      }),
      anEvent(9, { cluster: 'prod', uid: '' }),
    ]
    const metrics: readonly Metric[] = [
      'occurrences', 'observations', 'objects', 'events', 'first', 'last', 'rate', 'gapP50', 'gapP95', 'maxSeverity',
    ] // prettier-ignore
    await write(store(), ...rows)
    const query = aggregateQuery({ from: NOON, to: NOON + 10 * MINUTE, metrics })
    const { groups, isLowerBound } = await store().aggregate(query, never)
    // Gaps of 60, 180 and 300 s: the median is the second, 0.95 lies 0.9 of the way from the second to the third.
    const expected = [7, 4, 2, 3, NOON, NOON + 9 * MINUTE, 0.7, 180, 288, 4]
    expect(rounded(groups)).toEqual(rounded([{ key: [], points: [{ start: NOON, values: expected }] }]))
    expect(isLowerBound).toBe(true)
  })

  it('counts objects by API group and uid, and a node once under both of its uids', async () => {
    await write(store(), ...OBJECT_ROWS)
    expect(await totals(store(), { metrics: ['objects'], groupBy: ['regarding.kind', 'regarding.name'] })).toEqual({
      'Service|web': 2,
      'Job|report': 2,
      'Pod|etcd': 2,
      'Node|worker-1': 1,
    })
    expect(await totals(store(), { metrics: ['objects'] })).toEqual({ '': OBJECTS_TOLD_APART })
    const windowed = aggregateQuery({ from: NOON, to: NOON + DAY, metrics: ['objects'] })
    for (const window of [
      { kind: 'fixed', every: HOUR },
      { kind: 'calendar', unit: 'hour', zone: 'UTC' },
    ] as const)
      expect((await store().aggregate({ ...windowed, window }, never)).groups).toEqual([
        { key: [], points: [{ start: NOON, values: [OBJECTS_TOLD_APART] }] },
      ])
  })

  it('answers without rows with one group of zeros, or none when grouped', async () => {
    const metrics: readonly Metric[] = ['occurrences', 'objects', 'rate', 'first', 'gapP50', 'maxSeverity']
    const query = aggregateQuery({ from: NOON, to: NOON + HOUR, metrics })
    const values = [0, 0, 0, null, null, null]
    const nothing = { unplaced: 0, isLowerBound: false, distinctError: 0 }
    expect(await store().aggregate(query, never)).toEqual({
      groups: [{ key: [], points: [{ start: NOON, values }] }],
      ...nothing,
    })
    expect(await store().aggregate({ ...query, groupBy: ['reason'] }, never)).toEqual({ groups: [], ...nothing })
    const window = { kind: 'fixed' as const, every: 30 * MINUTE }
    expect(await store().aggregate({ ...query, window }, never)).toEqual({
      groups: [{ key: [], points: [] }],
      ...nothing,
    })
    expect(await store().aggregate({ ...query, window, zeroFill: true }, never)).toEqual({
      groups: [{ key: [], points: [NOON, NOON + 30 * MINUTE].map((start) => ({ start, values })) }],
      ...nothing,
    })
  })

  it('groups by any fields, map entries and absent values too', async () => {
    await write(
      store(),
      anEvent(1, { labels: { 'app.kubernetes.io/name': 'x' }, countDelta: 2 }),
      anEvent(2, { labels: { 'app.kubernetes.io/name': '' } }),
      anEvent(3, { clusterUid: 'c1' }),
    )
    expect(await totals(store(), { groupBy: ['labels.app.kubernetes.io/name', 'clusterUid'] })).toEqual({
      'x|': 2,
      '|': 1,
      '|c1': 1,
    })
  })

  it('orders groups by their first metric, ties by key', async () => {
    const reasons = ['b', '\u{1F600}', '\uFF01', 'a', '']
    await write(
      store(),
      ...reasons.map((reason, index) => anEvent(index, { reason, countDelta: reason === 'b' ? 9 : 1 })),
    )
    const { groups } = await store().aggregate(aggregateQuery({ groupBy: ['reason'] }), never)
    expect(groups.map(({ key }) => key?.[0])).toEqual(['b', '', 'a', '\uFF01', '\u{1F600}'])
  })

  it('keeps the top groups and measures the rows of the rest as one', async () => {
    const rows = [
      ...[1, 2, 3].map((index) => anEvent(index, { reason: 'Often' })),
      anEvent(4, { reason: 'Seldom', regarding: regarding({ name: 'shared' }) }),
      anEvent(5, { reason: 'Rare', regarding: regarding({ name: 'shared' }) }),
    ]
    await write(store(), ...rows)
    const query = aggregateQuery({
      groupBy: ['reason'],
      metrics: ['objects', 'observations'],
      top: { groups: 1, orderBy: 'observations' },
    })
    const { groups } = await store().aggregate(query, never)
    expect(groups.map(({ key, points }) => [key, points[0]?.values])).toEqual([
      [['Often'], [1, 3]],
      [null, [1, 2]],
    ])
    const all = await store().aggregate({ ...query, top: { groups: 3, orderBy: 'observations' } }, never)
    expect(all.groups.map(({ key }) => key?.[0])).toEqual(['Often', 'Rare', 'Seldom'])
  })

  it('fills windows without rows with zeros, in every group', async () => {
    await write(store(), anEvent(0), anEvent(125), anEvent(61, { reason: 'Pulled' }))
    const query = aggregateQuery({
      from: NOON,
      to: NOON + 3 * HOUR,
      groupBy: ['reason'],
      window: { kind: 'fixed', every: HOUR },
      metrics: ['occurrences', 'last'],
      zeroFill: true,
    })
    const { groups } = await store().aggregate(query, never)
    expect(groups.map(({ key, points }) => [key, points.map(({ values }) => values)])).toEqual([
      [['BackOff'], [[1, NOON], [0, null], [1, NOON + 125 * MINUTE]]],
      [['Pulled'], [[0, null], [1, NOON + 61 * MINUTE], [0, null]]],
    ]) // prettier-ignore
  })

  it('puts what happens as a window begins into that window, not into the one before', async () => {
    const offsets = [HOUR - 1, HOUR, 2 * HOUR - 1, 2 * HOUR]
    await write(
      store(),
      ...offsets.map((offset, index) => anEvent(index, { lastObserved: NOON + offset, countDelta: 10 ** index })),
    )
    const query = aggregateQuery({ from: NOON, to: NOON + 3 * HOUR })
    const windows = [
      { kind: 'fixed', every: HOUR },
      { kind: 'calendar', unit: 'hour', zone: 'Europe/Berlin' },
    ] as const
    for (const window of windows) {
      const { groups } = await store().aggregate({ ...query, window }, never)
      expect(groups.map(({ points }) => points)).toEqual([
        [1, 110, 1_000].map((occurrences, index) => ({ start: NOON + index * HOUR, values: [occurrences] })),
      ])
    }
  })

  it('measures the rate of a window over the part that lies in the range', async () => {
    await write(store(), anEvent(20), anEvent(70))
    const query = aggregateQuery({
      from: NOON + 10 * MINUTE,
      to: NOON + 80 * MINUTE,
      window: { kind: 'fixed', every: HOUR },
      metrics: ['rate'],
    })
    const { groups } = await store().aggregate(query, never)
    expect(rounded(groups[0]?.points)).toEqual(
      rounded([
        { start: NOON, values: [1 / 50] },
        { start: NOON + HOUR, values: [1 / 20] },
      ]),
    )
  })

  it('measures gaps between observations of the same window', async () => {
    await write(store(), anEvent(0), anEvent(2), anEvent(58), anEvent(61))
    const range = { from: NOON, to: NOON + 2 * HOUR }
    const query = aggregateQuery({ ...range, window: { kind: 'fixed', every: HOUR }, metrics: ['gapP50'] })
    const { groups } = await store().aggregate(query, never)
    expect(groups[0]?.points.map(({ values }) => values[0])).toEqual([29 * 60, null])
  })

  it('refuses more windows than anybody can look at, and says which size would do', async () => {
    const query = aggregateQuery({ window: { kind: 'fixed', every: SECOND } })
    await expect(store().aggregate(query, never)).rejects.toThrow(/more than 11,000 windows. Use a window of at least/)
  })

  describe('days and hours around a change to summer time', () => {
    // 2026-03-29: Europe/Berlin goes to summer time at 01:00Z. Six events of our own around it.
    const instants = ['03-28T22:10', '03-28T23:05', '03-29T00:15', '03-29T01:45', '03-29T21:20', '03-29T22:40']
    const rows = instants.map((instant, index) =>
      anEvent(index, { lastObserved: Date.parse(`2026-${instant}:00Z`) * 1_000 }),
    )
    const range = { from: Date.UTC(2026, 2, 27) * 1_000, to: Date.UTC(2026, 3, 1) * 1_000 }
    const days: readonly { readonly zone: string; readonly starts: Record<string, number> }[] = [
      { zone: 'UTC', starts: { '28T00:00': 2, '29T00:00': 4 } },
      { zone: 'Europe/Berlin', starts: { '27T23:00': 1, '28T23:00': 4, '29T22:00': 1 } },
      { zone: 'Asia/Kolkata', starts: { '28T18:30': 4, '29T18:30': 2 } },
    ]

    it.each(days)('cuts days at midnight of $zone', async ({ zone, starts }) => {
      await write(store(), ...rows)
      const window = { kind: 'calendar' as const, unit: 'day' as const, zone }
      const { groups } = await store().aggregate(aggregateQuery({ ...range, window }), never)
      const found = groups[0]?.points.map(({ start, values }) => [
        new Date(start / 1_000).toISOString().slice(8, 16),
        values[0],
      ])
      expect(Object.fromEntries(found ?? [])).toEqual(starts)
    })

    it('has 23 hours on that day, none of them the one that was left out', async () => {
      await write(store(), ...rows)
      const day = { from: Date.UTC(2026, 2, 28, 23) * 1_000, to: Date.UTC(2026, 2, 29, 22) * 1_000 }
      const window = { kind: 'calendar' as const, unit: 'hour' as const, zone: 'Europe/Berlin' }
      const { groups } = await store().aggregate(aggregateQuery({ ...day, window, zeroFill: true }), never)
      expect(groups[0]?.points).toHaveLength(23)
      const filled = groups[0]?.points.flatMap(({ values }, index) => (values[0] === 0 ? [] : [index]))
      // Places in the day, not clock hours: 00, 01, 03 (the third hour that exists) and 23.
      expect(filled).toEqual([0, 1, 2, 22])
    })
  })

  it('makes one group of the others, in windows and without, with all that adds up', async () => {
    await write(
      store(),
      anEvent(1, { reason: 'most', countDelta: 9 }),
      anEvent(2, { reason: 'few', severity: 'critical' }),
      anEvent(3, { reason: 'few', countDelta: 2 }),
      anEvent(4, { reason: 'one', severity: 'low' }),
    )
    const metrics: readonly Metric[] = ['occurrences', 'observations', 'first', 'last', 'maxSeverity']
    const others = [4, 3, NOON + 2 * MINUTE, NOON + 4 * MINUTE, SEVERITIES.indexOf('critical')]
    for (const window of [null, { kind: 'fixed' as const, every: DAY }]) {
      const query = aggregateQuery({ groupBy: ['reason'], metrics, window, top: { groups: 1, orderBy: 'occurrences' } })
      const { groups } = await store().aggregate(query, never)
      const points = Object.fromEntries(
        groups.map(({ key, points }) => [key?.join() ?? 'other', points.map(({ values }) => values)]),
      )
      expect(points).toMatchObject({ other: [others] })
      expect(Object.keys(points)).toEqual(['most', 'other'])
    }
  })
}

/** Samples of the one pattern there is. */
async function samplesOf(store: EventStore, samples: number) {
  const query = { ...EVER, filter: ALL, key: ['reason'], minOccurrences: 1, minRatePerMinute: 0, limit: 1, samples }
  return (await store.patterns(query, never))[0]?.samples
}

function describeSummaries(store: () => EventStore): void {
  it('finds the newest observation of each object, newest object first', async () => {
    const rows = [
      anEvent(1, { regarding: regarding({ name: 'a' }) }),
      anEvent(2, { regarding: regarding({ name: 'b' }) }),
      anEvent(3, { regarding: regarding({ name: 'a', fieldPath: 'another container' }) }),
      anEvent(4, { cluster: 'prod', regarding: regarding({ name: 'a' }) }),
    ]
    await write(store(), ...rows)
    expect(await store().latest({ ...EVER, filter: ALL, limit: 10 }, never)).toEqual([rows[3], rows[2], rows[1]])
    expect(await store().latest({ ...EVER, filter: ALL, limit: 1 }, never)).toEqual([rows[3]])
    expect(await store().latest({ ...EVER, to: NOON + 3 * MINUTE, filter: ALL, limit: 10 }, never)).toEqual([
      rows[1],
      rows[0],
    ])
  })

  it('looks objects up by API group and uid, and a node once under both of its uids', async () => {
    await write(store(), ...OBJECT_ROWS)
    const newest = [...new Map(OBJECTS.map(([, , sameAs], row) => [sameAs, OBJECT_ROWS[row]])).values()]
    const newestFirst = newest.sort((a, b) => (b?.lastObserved ?? 0) - (a?.lastObserved ?? 0))
    expect(await store().latest({ ...EVER, filter: ALL, limit: 100 }, never)).toEqual(newestFirst)
    expect(await store().latest({ ...EVER, filter: ALL, limit: 3 }, never)).toEqual(newestFirst.slice(0, 3))
  })

  it('counts and samples the objects of a pattern by API group and uid', async () => {
    await write(store(), ...OBJECT_ROWS)
    const query = {
      ...EVER,
      filter: ALL,
      key: ['reason'],
      minOccurrences: 1,
      minRatePerMinute: 0,
      limit: 1,
      samples: 3,
    }
    expect(await store().patterns(query, never)).toMatchObject([
      { objects: OBJECTS_TOLD_APART, samples: [OBJECT_ROWS[10], OBJECT_ROWS[9], OBJECT_ROWS[8]] },
    ])
    expect((await samplesOf(store(), 20))?.map(({ id }) => OBJECT_ROWS.findIndex((row) => row.id === id))).toEqual([
      10, 9, 8, 6, 5, 3, 2, 7, 4, 1, 0,
    ])
  })

  it('finds patterns by their thresholds', async () => {
    const often = [0, 1, 2, 3].map((index) =>
      anEvent(index, { countDelta: 2, severity: index === 2 ? 'critical' : 'low' }),
    )
    // Versions of their own: a store may know rows by their ids.
    const slow = [0, 10, 20].map((minute) => anEvent(minute, { reason: 'Slow', resourceVersion: 2_000 + minute }))
    const twice = [0, 1].map((index) => anEvent(index, { reason: 'Twice', resourceVersion: 3_000 + index }))
    await write(store(), ...often, ...slow, ...twice)
    const query = {
      from: NOON,
      to: NOON + 12 * MINUTE,
      filter: ALL,
      key: ['reason', 'regarding.kind', 'namespace'],
      minOccurrences: 3,
      minRatePerMinute: 0.5,
      limit: 10,
      samples: 3,
    }
    expect(await store().patterns(query, never)).toEqual([
      {
        key: ['BackOff', 'Pod', 'shop'],
        occurrences: 8,
        isLowerBound: false,
        observations: 4,
        objects: 1,
        objectsError: 0,
        firstObserved: NOON,
        lastObserved: NOON + 3 * MINUTE,
        ratePerMinute: 8 / 3,
        maxSeverity: 'critical',
        trend: [2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0],
        samples: [often[3], often[2], often[1]],
      },
    ])
    const slower = await store().patterns(
      { ...query, to: NOON + 24 * MINUTE, minOccurrences: 2, minRatePerMinute: 0.1 },
      never,
    )
    expect(slower.map(({ key, occurrences }) => [key[0], occurrences])).toEqual([
      ['BackOff', 8],
      ['Slow', 3],
      ['Twice', 2],
    ])
  })

  it('puts the worst patterns first, of these the most frequent, and a limit keeps those', async () => {
    const of = (reason: string, severity: Observation['severity'], occurrences: number, at: number) =>
      anEvent(at, { reason, severity, count: occurrences, countDelta: occurrences, resourceVersion: 5_000 + at })
    const rows = [
      of('Noise', 'low', 900, 1),
      of('Rare', 'high', 3, 2),
      of('Often', 'high', 5, 3),
      of('Info', 'info', 7, 4),
      of('Mixed', 'low', 9, 5),
      of('Mixed', 'critical', 1, 6),
    ]
    await write(store(), ...rows)
    const query = {
      ...EVER,
      filter: ALL,
      key: ['reason'],
      minOccurrences: 1,
      minRatePerMinute: 0,
      limit: 10,
      samples: 0,
    }
    const reasons = async (limit: number) =>
      (await store().patterns({ ...query, limit }, never)).map(({ key }) => key[0])
    expect(await reasons(10)).toEqual(['Mixed', 'Often', 'Rare', 'Noise', 'Info'])
    expect(await reasons(2)).toEqual(['Mixed', 'Often'])
  })

  it('begins a trend later than the range when asked to', async () => {
    await write(store(), anEvent(0, { countDelta: 4, deltaSince: NOON - 9 * HOUR }), anEvent(11))
    const query = {
      from: NOON - 9 * HOUR,
      to: NOON + 12 * MINUTE,
      trendFrom: NOON,
      filter: ALL,
      key: ['reason'],
      minOccurrences: 1,
      minRatePerMinute: 0,
      limit: 1,
      samples: 0,
    }
    expect(await store().patterns(query, never)).toMatchObject([
      { firstObserved: NOON - 9 * HOUR, trend: [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
    ])
  })

  it('measures the rate of one row with many occurrences since the row began', async () => {
    await write(
      store(),
      anEvent(1, { count: 42, countDelta: 42, firstObserved: NOON - 20 * MINUTE, deltaSince: NOON - 20 * MINUTE }),
    )
    const query = {
      from: NOON - HOUR,
      to: NOON + HOUR,
      filter: ALL,
      key: ['reason'],
      minOccurrences: 3,
      minRatePerMinute: 0.5,
      limit: 1,
      samples: 0,
    }
    expect(await store().patterns(query, never)).toMatchObject([
      { firstObserved: NOON - 20 * MINUTE, ratePerMinute: 2, samples: [] },
    ])
    // What began before the range can only be told from its start on.
    expect(await store().patterns({ ...query, from: NOON }, never)).toMatchObject([
      { firstObserved: NOON, ratePerMinute: 42 },
    ])
    expect(await store().patterns({ ...query, minRatePerMinute: 2 }, never)).toEqual([])
  })

  it('shows one sample of each object before a second of any', async () => {
    const rows = ['a', 'b', 'b', 'b'].map((name, index) => anEvent(index, { regarding: regarding({ name }) }))
    await write(store(), ...rows)
    expect(await samplesOf(store(), 3)).toEqual([rows[3], rows[0], rows[2]])
  })

  it('samples an object that was last seen long ago beside one that is seen all the time', async () => {
    const names = ['a', ...new Array<string>(100).fill('b')]
    const rows = names.map((name, index) => anEvent(index, { regarding: regarding({ name }) }))
    await write(store(), ...rows)
    expect(await samplesOf(store(), 2)).toEqual([rows[100], rows[0]])
  })

  it('lists values with their occurrences, by literal prefix', async () => {
    await write(
      store(),
      anEvent(1, { reason: 'a%b', flags: ['combined', 'hybrid'], labels: { app: 'x', b: '' } }),
      anEvent(2, { reason: 'aXb', countDelta: 5, flags: ['combined'], labels: { app: 'y' } }),
      anEvent(3, { reason: 'A%b', labels: { app: '' } }),
      anEvent(4, { reason: '', countDelta: 9 }),
    )
    const list = async (field: string, prefix = '', limit = 10) =>
      (await store().values({ ...EVER, filter: ALL, order: 'newest', limit, field, prefix }, never)).map((found) => [
        found.value,
        found.occurrences,
      ])
    expect(await list('reason')).toEqual([
      ['aXb', 5],
      ['A%b', 1],
      ['a%b', 1],
    ])
    expect(await list('reason', 'a%')).toEqual([['a%b', 1]])
    expect(await list('reason', '', 1)).toEqual([['aXb', 5]])
    expect(await list('flags')).toEqual([
      ['combined', 6],
      ['hybrid', 1],
    ])
    expect(await list('labels.app')).toEqual([
      ['y', 5],
      ['x', 1],
    ])
    expect(await list('labels')).toEqual([
      ['app', 7],
      ['b', 1],
    ])
  })
}

function describeRecords(store: () => EventStore): void {
  const body = { cause: 'the server forgot', cluster: 'lab', stream: 'events', list: [1, null, { a: 'é' }] }
  const record = ({ kind = 'gap', ...parts }: Parameters<typeof aRecord>[1] & { kind?: RecordKind } = {}) =>
    aRecord(kind, { id: 'g-1', to: NOON + HOUR, body, ...parts })
  const put = (...records: readonly StoreRecord[]) => store().write(aBatch([], { records }), never)
  const ids = async (range: Parameters<EventStore['records']>[1], kind: StoreRecord['kind'] = 'gap') =>
    (await store().records(kind, range, never)).map(({ id, revision }) => `${id} ${String(revision)}`)

  it('keeps the highest revision, whatever comes last', async () => {
    await put(record({ revision: 2, body: { cause: 'second' } }))
    await put(record({ revision: 1, body: { cause: 'first' } }), record({ revision: 2, body: { cause: 'again' } }))
    expect(await store().records('gap', EVER, never)).toEqual([record({ revision: 2, body: { cause: 'second' } })])
    await put(record({ revision: 3 }))
    expect(await store().records('gap', EVER, never)).toEqual([record({ revision: 3 })])
  })

  it('keeps kinds apart and lists by from, then id', async () => {
    await put(
      record({ id: 'b' }),
      record({ id: 'a' }),
      record({ id: 'c', from: NOON - 1 }),
      record({ id: 'a', kind: 'pattern' }),
    )
    expect(await ids(EVER)).toEqual(['c 1', 'a 1', 'b 1'])
    expect(await ids(EVER, 'pattern')).toEqual(['a 1'])
    expect(await ids({ ...EVER, limit: 2 })).toEqual(['c 1', 'a 1'])
    expect(await ids({ ...EVER, id: 'b' })).toEqual(['b 1'])
  })

  it('are found however many there are, from either end, each once', async () => {
    const many = Array.from({ length: 4_500 }, (_, index) => record({ id: `r-${index}`, from: NOON + (index % 7) }))
    await put(...many)
    const inOrder = many
      .toSorted((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1))
      .map(({ id, revision }) => `${id} ${revision}`)
    expect(await ids(EVER)).toEqual(inOrder)
    expect(await ids({ ...EVER, order: 'newest', limit: 4_100 })).toEqual(inOrder.toReversed().slice(0, 4_100))
  })

  it('a limit keeps the oldest or the newest, as asked', async () => {
    await put(...[3, 1, 4, 0, 2].map((hour) => record({ id: `h-${String(hour)}`, from: NOON + hour * HOUR })))
    await put(record({ id: 'a', from: NOON + 4 * HOUR }))
    expect(await ids({ ...EVER, order: 'newest', limit: 3 })).toEqual(['h-4 1', 'a 1', 'h-3 1'])
    expect(await ids({ ...EVER, order: 'newest' })).toEqual((await ids(EVER)).reverse())
    expect(await ids({ ...EVER, order: 'oldest', limit: 1 })).toEqual(['h-0 1'])
  })

  it('finds what is still going on in every later range, and not before it began', async () => {
    const open = record({ to: LATEST })
    await put(open)
    expect(await store().records('gap', { from: NOON + 4_000 * DAY, to: NOON + 4_001 * DAY }, never)).toEqual([open])
    expect(await ids({ from: NOON - HOUR, to: NOON })).toEqual([])
    await put(record({ revision: 2 }))
    expect(await ids({ from: NOON + HOUR, to: LATEST })).toEqual([])
  })

  it('keeps every kind, each apart from the others of the same id', async () => {
    await put(...RECORD_KINDS.map((kind, index) => record({ kind, revision: 1 + index })))
    for (const [index, kind] of RECORD_KINDS.entries())
      expect(await ids(EVER, kind)).toEqual([`g-1 ${String(1 + index)}`])
  })

  it('finds what overlaps a range by its newest revision', async () => {
    await put(record({ id: 'hour' }), record({ id: 'point', to: NOON }))
    expect(await ids({ from: NOON + HOUR, to: NOON + 2 * HOUR })).toEqual([])
    expect(await ids({ from: NOON + HOUR - 1, to: NOON + 2 * HOUR })).toEqual(['hour 1'])
    expect(await ids({ from: NOON, to: NOON + 1 })).toEqual(['hour 1', 'point 1'])
    expect(await ids({ from: NOON - HOUR, to: NOON })).toEqual([])
    await put(record({ id: 'hour', revision: 2, from: NOON - 2 * HOUR, to: NOON - HOUR }))
    expect(await ids({ from: NOON, to: NOON + 1 })).toEqual(['point 1'])
  })
}

function describeRetention(store: () => EventStore): void {
  const policy: RetentionPolicy = {
    classes: [
      { name: 'short', severities: ['info', 'low'], maxAge: 7 * DAY },
      { name: 'long', severities: ['info', 'high'], maxAge: 365 * DAY },
    ],
    maxBytes: Number.MAX_SAFE_INTEGER,
    recordMaxAge: recordAges(1_000 * DAY),
    includeRecordings: false,
  }
  const aged = (index: number, age: number, overrides: Partial<Observation> = {}) =>
    anEvent(index, {
      severity: 'info',
      firstObserved: NOON - age,
      lastObserved: NOON - age,
      deltaSince: NOON - age,
      ...overrides,
    })
  const names = async () => (await find(store())).map(({ name }) => name).sort()

  it('goes by the last time, so an old event that still repeats stays', async () => {
    await write(
      store(),
      aged(1, HOUR, { count: 34_075, firstObserved: NOON - 20 * DAY }),
      aged(2, 8 * DAY),
      aged(3, 6 * DAY + 23 * HOUR, { firstObserved: NOON - 9 * DAY }),
    )
    expect(await store().expire(policy, NOON, never)).toMatchObject({ removed: { short: 1, long: 0 }, rolledUp: 1 })
    expect(await names()).toEqual(['e-1', 'e-3'])
    expect(await store().expire(policy, NOON, never)).toMatchObject({ removed: { short: 0, long: 0 }, rolledUp: 0 })
  })

  it('the first class with the severity decides; what has no class and what was recorded stays', async () => {
    await write(
      store(),
      aged(1, 8 * DAY),
      aged(2, 8 * DAY, { severity: 'high' }),
      aged(3, 900 * DAY, { severity: 'medium' }),
      aged(4, 900 * DAY, { source: 'recording lab.jsonl' }),
      aged(5, 366 * DAY, { severity: 'high' }),
    )
    const all = { from: 0, to: NOON * 2 }
    expect(await store().expire(policy, NOON, never)).toMatchObject({ removed: { short: 1, long: 1 } })
    expect((await find(store(), all)).map(({ name }) => name)).toEqual(['e-3', 'e-4', 'e-2'])
    expect(await store().expire({ ...policy, includeRecordings: true }, NOON, never)).toMatchObject({
      removed: { short: 1, long: 0 },
    })
  })

  it('removes whole hours', async () => {
    const bound = Math.floor((NOON + 20 * MINUTE - 7 * DAY) / HOUR) * HOUR
    await write(store(), aged(1, NOON - bound), aged(2, NOON - bound + 1))
    await store().expire(policy, NOON + 20 * MINUTE, never)
    expect(await names()).toEqual(['e-1'])
  })

  it('rolls up by the hour what it removes, once', async () => {
    const old = 8 * DAY
    await write(
      store(),
      aged(1, old, { countDelta: 3 }),
      aged(2, old - 59 * MINUTE, {
        countDelta: 2,
        countUnplaced: 5,
        countIsLowerBound: true,
        regarding: regarding({ name: 'other' }),
      }),
      aged(3, old - 2 * MINUTE),
      aged(4, old - HOUR),
      aged(5, old, { reason: 'Pulled' }),
    )
    expect(await store().expire(policy, NOON, never)).toMatchObject({ removed: { short: 5 }, rolledUp: 3 })
    const rolledUp = await store().records('roll-up', EVER, never)
    expect(rolledUp.map(({ from, to }) => [from - NOON + old, to - from])).toEqual([
      [0, HOUR],
      [0, HOUR],
      [HOUR, HOUR],
    ])
    expect(rolledUp.map(({ body }) => body)).toContainEqual({
      key: ['lab', 'live', 'shop', 'Pod', 'BackOff', 'Warning', 'container', 'info'],
      occurrences: 6,
      unplaced: 5,
      observations: 3,
      objects: 2,
      firstObserved: NOON - old,
      lastObserved: NOON - old + 59 * MINUTE,
      isLowerBound: true,
    })
    // A row of that hour that comes later goes without changing what was rolled up.
    await write(store(), aged(6, old))
    expect(await store().expire(policy, NOON, never)).toMatchObject({ removed: { short: 1 }, rolledUp: 0 })
    expect(await store().records('roll-up', EVER, never)).toEqual(rolledUp)
  })

  it('removes roll-ups at their own age', async () => {
    await write(store(), aged(1, 8 * DAY))
    await store().expire(policy, NOON, never)
    expect(await store().records('roll-up', EVER, never)).toHaveLength(1)
    await store().expire({ ...policy, recordMaxAge: recordAges(7 * DAY) }, NOON, never)
    expect(await store().records('roll-up', EVER, never)).toEqual([])
  })
}

function describeRecordAges(store: () => EventStore): void {
  const ages = { ...recordAges(1_000 * DAY), problem: 30 * DAY, gap: 10 * DAY }
  const policy: RetentionPolicy = {
    classes: [],
    maxBytes: Number.MAX_SAFE_INTEGER,
    recordMaxAge: ages,
    includeRecordings: false,
  }
  const record = (
    id: string,
    daysAgo: { from: number; to: number | null; revision?: number },
    kind: StoreRecord['kind'] = 'problem',
  ) =>
    aRecord(kind, {
      id,
      revision: daysAgo.revision === undefined ? 1 : NOON - daysAgo.revision * DAY,
      from: NOON - daysAgo.from * DAY,
      to: daysAgo.to === null ? LATEST : NOON - daysAgo.to * DAY,
    })
  const put = (...records: readonly StoreRecord[]) => store().write(aBatch([], { records }), never)
  const left = async (kind: StoreRecord['kind'] = 'problem') =>
    (await store().records(kind, { from: 0, to: LATEST }, never)).map(({ id }) => id).sort()

  it('removes records at the age of their kind', async () => {
    await put(
      record('old', { from: 40, to: 31, revision: 31 }),
      record('of age', { from: 40, to: 30, revision: 30 }),
      record('young', { from: 40, to: 29, revision: 29 }),
      record('gap', { from: 11, to: 9 }, 'gap'),
      record('pattern', { from: 900, to: 890, revision: 890 }, 'pattern'),
    )
    const { removed, removedRecords } = await store().expire(policy, NOON, never)
    expect({ removed, removedRecords }).toEqual({ removed: {}, removedRecords: { problem: 2, gap: 1 } })
    expect([await left(), await left('gap'), await left('pattern')]).toEqual([['young'], [], ['pattern']])
    expect(await store().expire(policy, NOON, never)).toMatchObject({ removedRecords: {} })
  })

  it('keeps what is still going on for as long as it changes', async () => {
    await put(
      record('changes', { from: 900, to: null, revision: 29 }),
      record('forgotten', { from: 900, to: null, revision: 31 }),
      record('ended before it was written', { from: 40, to: 31, revision: 1 }),
    )
    expect(await store().expire(policy, NOON, never)).toMatchObject({ removedRecords: { problem: 2 } })
    expect(await left()).toEqual(['changes'])
  })

  it('keeps the records of a recording as long as its rows', async () => {
    const recorded = (daysAgo: number) =>
      anEvent(daysAgo, { source: 'recording lab.jsonl', lastObserved: NOON - daysAgo * DAY })
    await write(store(), recorded(100), recorded(90), anEvent(1, { lastObserved: NOON - 120 * DAY }))
    await put(
      ...[101, 100, 95, 90, 89, 120].map((days) =>
        record(`d-${String(days)}`, { from: 200, to: days, revision: days }),
      ),
    )
    await store().expire(policy, NOON, never)
    expect(await left()).toEqual(['d-100', 'd-90', 'd-95'])
    await store().expire({ ...policy, includeRecordings: true }, NOON, never)
    expect(await left()).toEqual([])
  })

  it('keeps the first that was told of a change, for as long as changes stay', async () => {
    const told = changeRecord(aChange(0))
    const again = changeRecord(aChange(0, { fields: [], fieldsKnown: 'unknown' }))
    expect(again.id).toBe(told.id)
    await put(told, changeRecord(aChange(-60)))
    await put(again)
    expect(await store().records('change', { from: NOON - 1, to: NOON + 1 }, never)).toEqual([told])
    await store().expire({ ...policy, recordMaxAge: { ...ages, change: 1_000 } }, NOON, never)
    expect(await store().records('change', { from: 0, to: LATEST }, never)).toEqual([told])
  })

  it('takes a record again that comes back with a higher revision', async () => {
    await put(record('p', { from: 40, to: 31, revision: 31 }))
    await store().expire(policy, NOON, never)
    await put(record('p', { from: 40, to: null, revision: 2 }))
    expect(await left()).toEqual(['p'])
  })
}

/** Numbers to nine significant digits: the engines' percentiles and quotients differ in the last bits. */
export function rounded<Value>(value: Value): Value {
  const round = (_key: string, part: unknown) =>
    typeof part === 'number' && !Number.isInteger(part) ? Number(part.toPrecision(9)) : part
  return JSON.parse(JSON.stringify(value, round)) as Value
}

/** Generated rows in one list of observations for both stores, then one question after the other. */
const RUNS = Number(process.env['EVENTLOOM_CASES'] ?? 10)
const ROWS = { maxLength: 40 }

/** Compares a store's answers to generated questions over generated rows with those of the memory store. */
export function describeStoreAgainstReference(name: string, open: OpenStore): void {
  describe(`${name} answers exactly as the memory store`, () => {
    /** Writes the rows to both, in two batches, and compares the answers. */
    const compare = async <Answer>(
      rows: readonly Observation[],
      ask: (store: EventStore) => Promise<Answer>,
      view: (answer: Answer) => unknown = (answer) => answer,
    ) => {
      const stores = [await open(), createMemoryStore()] as const
      try {
        const half = Math.floor(rows.length / 2)
        const batch = [aBatch(rows.slice(0, half)), aBatch(rows.slice(half))]
        for (const store of stores) for (const part of batch) await store.write(part, never)
        const [answer, expected] = [await ask(stores[0]), await ask(stores[1])]
        expect(view(answer)).toEqual(view(expected))
      } finally {
        await Promise.all(stores.map((store) => store.close()))
      }
    }

    const check = <Question, Answer>(
      questions: fc.Arbitrary<Question>,
      ask: (store: EventStore, question: Question) => Promise<Answer>,
      view?: (answer: Answer) => unknown,
      mostQuestions = 8,
    ) =>
      fc.assert(
        fc.asyncProperty(
          observations(ROWS),
          fc.array(questions, { minLength: 1, maxLength: mostQuestions }),
          async (rows, list) => {
            await compare(
              rows,
              async (store) => Promise.all(list.map((question) => ask(store, question))),
              (answers) => (view === undefined ? answers : answers.map(view)),
            )
          },
        ),
        { numRuns: RUNS },
      )

    it('in all pages of events', () => check(eventQueries, (store, query) => pages(store, query)), COMPARED_MS)
    it('in filters', () =>
      check(filters, async (store, filter) =>
        (await store.events(eventQuery({ filter }), never)).rows.map(({ id }) => id),
      ))
    it(
      'in aggregates',
      () => check(aggregateQueries, (store, query) => store.aggregate(query, never), rounded),
      COMPARED_MS,
    )
    it(
      'in the volume of events',
      () => check(eventVolumeQueries, (store, query) => store.eventVolume(query, never)),
      COMPARED_MS,
    )
    it('in latest', () => check(latestQueries, (store, query) => store.latest(query, never)))
    it('in patterns', () => check(patternQueries, (store, query) => store.patterns(query, never), rounded), COMPARED_MS)
    it('in values', () => check(valueQueries, (store, query) => store.values(query, never)))
    it('in scans', () => check(eventQueries, (store, query) => scanAll(store, query)))
    it('in chains and stored versions', () =>
      check(fc.nat(), async (store) => {
        const rows = await scanAll(store, { ...EVER, filter: ALL })
        const chains = await store.findChains(rows, never)
        const found = await store.findStored(rows.slice(1), never)
        return { chains: [...chains].sort(), found: [...found].sort() }
      }))
    it('in retention', () =>
      check(
        fc.constantFrom(HOUR, DAY, 2 * DAY),
        async (store, maxAge) => {
          const classes = [
            { name: 'mild', severities: ['info', 'low'], maxAge },
            { name: 'bad', severities: ['high', 'critical'], maxAge: 2 * maxAge },
          ]
          const policy = {
            classes,
            maxBytes: Number.MAX_SAFE_INTEGER,
            recordMaxAge: recordAges(4 * DAY),
            includeRecordings: maxAge > DAY,
          }
          const { removed, rolledUp } = await store.expire(policy, NOON + DAY, never)
          const rest = await scanAll(store, { ...EVER, filter: ALL })
          const records = await store.records('roll-up', EVER, never)
          return { removed, rolledUp, rest, records }
        },
        undefined,
        1, // two at once may share the rows out differently
      ))
  })
}
