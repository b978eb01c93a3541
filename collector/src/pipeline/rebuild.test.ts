import { aRecord } from '../../../test/support/a-record.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { DurableBuffer } from '../buffer/buffer.ts'
import { DAY, MINUTE } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import type { Recorder } from '../event/recorder.ts'
import type { StoreRecord } from '../event/record.ts'
import { keyOfChain } from '../gate/gate.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'
import { goneBy, troubleOf } from '../classify/classify.ts'
import { createProblems } from '../problem/problem.ts'
import { rebuild } from './rebuild.ts'
import { reconcile } from './reconcile.ts'

const never = new AbortController().signal

/** Stages of which one remembers. */
function stagesOf(recorder: Recorder): Parameters<typeof rebuild>[2] {
  const quiet = { ...recorder, remember: () => undefined, rememberRecord: () => undefined }
  return {
    topology: { learn: () => undefined, storageOf: () => null, place: anObservation },
    problems: {
      ...quiet,
      judge: () => null,
      takeChanged: () => [],
      remember: () => null,
      podsSought: () => null,
      all: () => [],
      see: () => undefined,
    },
    correlator: { ...quiet, follow: () => undefined, correlate: anObservation },
    detector: { ...recorder, detect: anObservation },
  }
}

it('gives back the newest records, oldest first, when there are more than it reads', async () => {
  const store = createMemoryStore()
  const records = Array.from({ length: 20_001 }, (_, index) =>
    aRecord('correlation', { id: `p-${String(index)}`, from: NOON - 30_000 + index }),
  )
  const rows = [{ observation: anObservation({ lastObserved: NOON - 1 }), undecided: false }]
  await store.write({ bufferId: 'b', sequence: 1, rows, records }, never)
  const remembered: string[] = []
  const recorder = {
    remember: () => undefined,
    rememberRecord: ({ id }: StoreRecord) => void remembered.push(id),
    changedRecords: () => [],
    advance: () => undefined,
  }
  await rebuild(store, { next: () => null }, stagesOf(recorder), NOON, never)
  expect([remembered[0], remembered.at(-1), remembered.length]).toEqual(['p-1', 'p-20000', 20_000])
})

const DAYS_AHEAD = 20 * DAY

async function storeWith(...rows: readonly Observation[]) {
  const store = createMemoryStore()
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'another', sequence: 1, rows: pending, records: [] }, never)
  return store
}

const usual = anObservation({ id: 'usual', name: 'usual', firstObserved: NOON - MINUTE, lastObserved: NOON - MINUTE })
const ahead = anObservation({
  id: 'ahead',
  name: 'ahead',
  firstObserved: NOON + DAYS_AHEAD,
  lastObserved: NOON + DAYS_AHEAD,
})

it('remembers the newest hour although one event has a clock far ahead', async () => {
  const remembered: string[] = []
  const recorder = {
    remember: ({ id }: Observation) => void remembered.push(id),
    rememberRecord: () => undefined,
    changedRecords: () => [],
    advance: () => undefined,
  }
  await rebuild(await storeWith(usual, ahead), { next: () => null }, stagesOf(recorder), NOON, never)
  expect(remembered).toEqual(['usual'])
  remembered.length = 0
  await rebuild(await storeWith(ahead), { next: () => null }, stagesOf(recorder), NOON, never)
  expect(remembered).toEqual(['ahead'])
})

it('lets a new buffer know the store by what is not ahead of now, and what is by itself', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-reconcile-'))
  const { buffer } = DurableBuffer.open(join(directory, 'buffer.sqlite'), 1_000_000, 'test')
  try {
    await reconcile(buffer, await storeWith(usual, ahead), NOON, never)
    expect(buffer.horizon).toBe(usual.lastObserved)
    expect(buffer.head(keyOfChain(ahead))).toMatchObject({ id: 'ahead', highestCount: ahead.count })
  } finally {
    buffer.close()
    rmSync(directory, { recursive: true })
  }
})

it('counts nothing of a problem twice that its record holds already', async () => {
  const knowledge = { troubleOf, goneBy }
  const rows = Array.from({ length: 40 }, (_, place) =>
    anObservation({ uid: `u-${String(place)}`, lastObserved: NOON - 100 + place }),
  )
  const before = createProblems(knowledge)
  for (const row of rows) before.judge(row)
  const store = createMemoryStore()
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'b', sequence: 1, rows: pending, records: before.changedRecords(true) }, never)
  const after = createProblems(knowledge)
  const nothing = {
    remember: () => undefined,
    rememberRecord: () => undefined,
    changedRecords: () => [],
    advance: () => undefined,
  }
  await rebuild(store, { next: () => null }, { ...stagesOf(nothing), problems: after }, NOON, never)
  expect(after.of('lab')?.problems.map(({ body }) => body.occurrences)).toEqual([40])
})

it('knows the pods that came in the place of a troubled one, however long ago that was', async () => {
  const owner = { kind: 'Deployment', name: 'web' }
  const ofPod = (name: string, minute: number, over: Partial<Observation> = {}) => {
    const time = NOON + minute * MINUTE
    const regarding = { ...anObservation().regarding, name, uid: `uid of ${name}` }
    const times = { firstObserved: time, lastObserved: time, deltaSince: time, received: time }
    return anObservation({ uid: `${name} ${String(minute)}`, owner, regarding, ...times, ...over })
  }
  const begun = ofPod('web-old', -300)
  const replacement = ofPod('web-new', -240, {
    reason: 'Started',
    type: 'Normal',
    severity: 'info',
    category: 'container',
  })
  const goesOn = Array.from({ length: 60 }, (_, place) => ofPod('web-old', -295 + place * 5))
  const before = createProblems({ troubleOf, goneBy })
  before.advance({ cluster: 'lab', until: begun.lastObserved, isWatched: true })
  for (const row of [begun, ...goesOn, replacement].sort((a, b) => a.lastObserved - b.lastObserved)) before.judge(row)
  const store = createMemoryStore()
  const rows = [begun, ...goesOn, replacement].map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'b', sequence: 1, rows, records: before.changedRecords(true) }, never)

  const after = createProblems({ troubleOf, goneBy })
  const nothing = {
    remember: () => undefined,
    rememberRecord: () => undefined,
    changedRecords: () => [],
    advance: () => undefined,
  }
  await rebuild(store, { next: () => null }, { ...stagesOf(nothing), problems: after }, NOON, never)
  const ends = [before, after].map((problems) => {
    problems.advance({ cluster: 'lab', until: NOON, isWatched: true })
    problems.advance({ cluster: 'lab', until: NOON + 60 * MINUTE, isWatched: true })
    return problems.of('lab')?.problems.map(({ body }) => body.transitions.at(-1)?.endedBy)
  })
  expect(ends[0]).toMatchObject([{ how: 'replaced', observation: replacement.id }])
  expect(ends[1]).toEqual(ends[0])
})
