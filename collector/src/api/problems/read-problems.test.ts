import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { goneBy, troubleOf } from '../../classify/classify.ts'
import { MINUTE, SECOND, type EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { ProblemBody } from '../../event/problem.ts'
import type { StoreRecord } from '../../event/record.ts'
import { createProblems, stateOfBody, type Problems } from '../../problem/problem.ts'
import { createMemoryStore } from '../../store/memory/memory-store.ts'
import type { EventStore } from '../../store/store.ts'
import { readProblems } from './read-problems.ts'

const never = new AbortController().signal
const CLUSTERS = ['east', 'west'] as const
const minute = (number: number) => NOON + Math.round(number * MINUTE)

/** What happens next, some time after what happened before. */
type Step =
  | { readonly what: 'row'; readonly cluster: string; readonly reason: string; readonly pod: number; readonly late: number; readonly delta: number } // prettier-ignore
  | { readonly what: 'unwatched' | 'pass'; readonly cluster: string }

const cluster = fc.constantFrom(...CLUSTERS)
const late = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 40, noNaN: true }) }) // prettier-ignore
const reason = fc.constantFrom('BackOff', 'FailedMount', 'FailedMount', 'Unhealthy', 'Started', 'Started', 'Killing')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('row' as const), cluster, reason, pod: fc.integer({ min: 0, max: 2 }), late, delta: fc.integer({ min: 1, max: 5 }) }) }, // prettier-ignore
  { weight: 1, arbitrary: fc.record({ what: fc.constant('unwatched' as const), cluster }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('pass' as const), cluster }) },
)
const pause = fc.oneof({ weight: 4, arbitrary: fc.double({ min: 0.01, max: 4, noNaN: true }) }, { weight: 1, arbitrary: fc.double({ min: 5, max: 60, noNaN: true }) }) // prettier-ignore
const story = fc.array(fc.tuple(pause, step), { minLength: 1, maxLength: 40 })

/** The state of each problem: what is over for so long that it is forgotten counts as over. */
type Known = Readonly<Record<string, string>>

function knownOf(problems: readonly { readonly id: string; readonly body: ProblemBody }[]): Known {
  const states: Record<string, string> = {}
  for (const { id, body } of problems) {
    if (stateOfBody(body) === 'over') continue
    states[id] = [body.object.name, body.class, stateOfBody(body), body.severity].join(' ')
  }
  return states
}

let told = 0

function row(
  at: EpochMicros,
  { cluster: of, reason: why, pod, late: minutes, delta }: Extract<Step, { what: 'row' }>,
): Observation {
  // prettier-ignore
  const isTrouble = !['Started', 'Killing'].includes(why)
  const time = Math.max(NOON, at - Math.round(minutes * MINUTE))
  told += 1
  return anObservation({
    cluster: of,
    uid: `event ${String(told)}`,
    resourceVersion: told,
    reason: why,
    type: isTrouble ? 'Warning' : 'Normal',
    severity: isTrouble ? 'high' : 'info',
    category: why === 'Unhealthy' ? 'probe' : 'container',
    note: why === 'FailedMount' ? 'MountVolume.SetUp failed for volume "a"' : '',
    firstObserved: time,
    deltaSince: time,
    lastObserved: time,
    received: at,
    countDelta: delta,
    regarding: { ...anObservation().regarding, name: `web-${String(pod)}`, uid: `uid ${String(pod)}` },
    owner: { kind: 'Deployment', name: 'web' },
  })
}

/** Plays a story; every so often the records are written as the pipeline writes them. Answers what was known when. */
async function play(
  steps: readonly (readonly [number, Step])[],
  store: EventStore,
  problems: Problems,
  keepsRows = true,
) {
  let now = NOON
  let sequence = 0
  const known: { readonly cluster: string; readonly at: EpochMicros; readonly states: Known; readonly isWatched: boolean }[] = [] // prettier-ignore
  const rows: Observation[] = []
  const write = (observations: readonly Observation[], records: readonly StoreRecord[]) => {
    const pending = observations.map((observation) => ({ observation, undecided: false }))
    return store.write({ bufferId: 'b', sequence: ++sequence, rows: pending, records }, never)
  }
  for (const name of CLUSTERS) problems.advance({ cluster: name, until: now, isWatched: true })
  for (const [pauseMinutes, each] of steps) {
    now += Math.round(pauseMinutes * MINUTE)
    const isRow = each.what === 'row'
    const told = isRow ? [row(now, each)] : []
    for (const one of told) problems.judge(one)
    if (!isRow) problems.advance({ cluster: each.cluster, until: now, isWatched: each.what === 'pass' })
    rows.push(...told)
    await write(keepsRows ? told : [], problems.changedRecords(false))
    const of = problems.of(each.cluster)
    if (of === null) continue
    known.push({ cluster: each.cluster, at: of.clock, states: knownOf(of.problems), isWatched: of.isWatched })
  }
  await write([], problems.changedRecords(true))
  return { known, rows, now }
}

const create = () => createProblems({ troubleOf, goneBy })

it('what is answered of a time is what was known then, also when rows came late, nobody watched, or the rows are gone', async () => {
  await fc.assert(
    fc.asyncProperty(story, fc.boolean(), async (steps, isKept) => {
      const store = createMemoryStore()
      const { known, now } = await play(steps, store, create(), isKept)
      // Of one moment the last thing that was known counts.
      const last = new Map(known.map((each) => [`${each.cluster} ${String(each.at)}`, each]))
      for (const { cluster: name, at, states, isWatched } of last.values()) {
        const answer = await readProblems(store, { at, from: at }, now + 10 * MINUTE, never)
        const open = answer.problems.filter(({ body }) => body.cluster === name)
        expect(knownOf(open)).toEqual(states)
        if (isWatched) expect(open.every(({ unseen }) => !unseen)).toBe(true)
      }
    }),
    { numRuns: 150 },
  )
}, 120_000)

it('the occurrences of the problems are those of their rows', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const store = createMemoryStore()
      const problems = create()
      const judged = new Map<string, number>()
      const judge = problems.judge.bind(problems)
      problems.judge = (event) => {
        const id = judge(event)
        if (id !== null) judged.set(id, (judged.get(id) ?? 0) + event.countDelta + event.countUnplaced)
        return id
      }
      await play(steps, store, problems)
      const records = await store.records('problem', { from: 0, to: Number.MAX_SAFE_INTEGER }, never)
      const counted = records.map(({ id, body }) => [id, body.occurrences] as const)
      expect(new Map(counted)).toEqual(judged)
    }),
    { numRuns: 100 },
  )
}, 120_000)

it('a restart at any point changes neither states nor counts', async () => {
  await fc.assert(
    fc.asyncProperty(story, story, async (before, after) => {
      const store = createMemoryStore()
      const one = create()
      const { rows, now } = await play(before, store, one)
      const restarted = create()
      for (const kind of ['watched', 'problem'] as const) {
        const records = await store.records(kind, { from: 0, to: Number.MAX_SAFE_INTEGER }, never)
        for (const record of [...records].sort((a, b) => a.to - b.to || a.from - b.from))
          restarted.rememberRecord(record)
      }
      for (const each of rows.toSorted((a, b) => a.lastObserved - b.lastObserved)) restarted.remember(each)
      // A restart is a break: for the one that went on nobody watched at that moment either.
      for (const name of CLUSTERS) one.advance({ cluster: name, until: one.of(name)?.clock ?? now, isWatched: false })
      const later = [one, restarted].map((problems) => {
        let time = now
        for (const name of CLUSTERS) problems.advance({ cluster: name, until: now + SECOND, isWatched: true })
        told = 1_000_000
        for (const [pauseMinutes, each] of after) {
          time += Math.round(pauseMinutes * MINUTE)
          if (each.what === 'row') problems.judge(row(time, each))
          else problems.advance({ cluster: each.cluster, until: time, isWatched: each.what === 'pass' })
        }
        return CLUSTERS.map((name) => {
          const open = (problems.of(name)?.problems ?? []).filter(({ body }) => stateOfBody(body) !== 'over')
          return [knownOf(open), open.map(({ id, body }) => `${id} ${String(body.occurrences)}`).sort()]
        })
      })
      expect(later[1]).toEqual(later[0])
    }),
    { numRuns: 150 },
  )
}, 120_000)

it('two lives of one trouble are told apart', async () => {
  const store = createMemoryStore()
  const problems = create()
  problems.advance({ cluster: 'east', until: minute(0), isWatched: true })
  const base = { what: 'row', cluster: 'east', pod: 1, late: 0, delta: 1 } as const
  const rows = [row(minute(1), { ...base, reason: 'BackOff' }), row(minute(2), { ...base, reason: 'Started' }), row(minute(90), { ...base, reason: 'BackOff' })] // prettier-ignore
  for (const each of rows) problems.judge(each)
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'b', sequence: 1, rows: pending, records: problems.changedRecords(true) }, never)
  const { problems: found } = await readProblems(store, { at: null, from: 0 }, minute(91), never)
  expect(found.map(({ body }) => [stateOfBody(body), body.firstObserved, body.occurrences]).sort()).toEqual([
    ['open', minute(90), 1],
    ['over', minute(1), 1],
  ])
})

it('a clearing that came late was not known before it came', async () => {
  const store = createMemoryStore()
  const problems = create()
  problems.advance({ cluster: 'east', until: minute(0), isWatched: true })
  const base = { what: 'row', cluster: 'east', pod: 1, late: 0, delta: 1 } as const
  problems.judge(row(minute(1), { ...base, reason: 'FailedMount' }))
  problems.advance({ cluster: 'east', until: minute(5), isWatched: true })
  problems.judge(row(minute(5), { ...base, reason: 'Started', late: 3 }))
  await store.write({ bufferId: 'b', sequence: 1, rows: [], records: problems.changedRecords(true) }, never)
  const at = async (time: number) => {
    const { problems: found, notices } = await readProblems(store, { at: minute(time), from: minute(time) }, minute(9), never) // prettier-ignore
    return [found.map(({ body }) => stateOfBody(body)), notices.length]
  }
  expect(await at(4)).toEqual([['open'], 1])
  expect(await at(6)).toEqual([[], 0])
})
