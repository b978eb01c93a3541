import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aProblem, type Troubled } from '../../../test/support/a-problem.ts'
import { NOON } from '../../../test/support/an-observation.ts'
import { SECOND } from '../clock.ts'
import { incidentsOf, PastIncidents, type Incident } from './incident.ts'

/** Incidents as they are `at` seconds after noon. */
async function incidents(at: number, ...troubles: readonly Troubled[]): Promise<readonly Incident[]> {
  const problems = troubles.map((each) => aProblem(each))
  return (await incidentsOf(problems, () => NOON + at * SECOND)).filter(({ isMinor }) => !isMinor)
}

/** `certain NodeNotReady: 3 problems`, of each incident. */
function told(found: readonly Incident[]): readonly string[] {
  return found.map(
    ({ causes: [first], problems }) => `${first?.confidence ?? ''} ${first?.class ?? ''}: ${String(problems.length)}`,
  )
}

const pod = (workload: string, end = 'x2k9p') => `Pod shop/${workload}-7c9d8f6b5d-${end}`
const CRASH = { reason: 'BackOff', note: 'Back-off restarting failed container app in pod x_shop(1)', occurrences: 9 }
const LIVENESS = { reason: 'Unhealthy', note: 'Liveness probe failed: connection refused', occurrences: 9 }
const READINESS = { reason: 'Unhealthy', note: 'Readiness probe failed: connection refused', occurrences: 9 }
const NO_SECRET = { reason: 'Failed', note: 'Error: secret "login" not found' }
const NO_IMAGE = { reason: 'Failed', note: 'Failed to pull image "a.example.org/web:2": not found' }
const LOST = { reason: 'NodeNotReady', object: 'Node worker-1', note: 'Node worker-1 status is now: NodeNotReady' }
const MARKED = { reason: 'NodeNotReady', note: 'Node is not ready', node: 'worker-1' }

describe('what one person would call one outage', () => {
  it('is the node and all that is lost with it', async () => {
    const found = await incidents(
      60,
      LOST,
      ...['a', 'b', 'c'].map((name) => ({ ...MARKED, object: pod(name), first: 1 })),
    )
    expect(told(found)).toEqual(['certain NodeNotReady: 4'])
    expect(found[0]?.causes[0]?.object).toEqual({ kind: 'Node', namespace: '', name: 'worker-1' })
  })

  it('is what lacks the same thing', async () => {
    const found = await incidents(60, { ...NO_SECRET, object: pod('a') }, { ...NO_SECRET, object: pod('b'), first: 20 })
    expect(told(found)).toEqual(['certain SecretMissing: 2'])
    expect(found[0]?.causes[0]?.object).toEqual({ kind: 'Secret', namespace: 'shop', name: 'login' })
    expect(found[0]?.title).toBe('The secret login that a uses does not exist: b')
  })

  it('is not two faults of one workload', async () => {
    const found = await incidents(
      60,
      { ...NO_SECRET, object: pod('a', 'bbbbb') },
      { ...NO_IMAGE, object: pod('a', 'ccccc') },
    )
    expect(told(found).toSorted()).toEqual(['certain ImageNotFound: 1', 'certain SecretMissing: 1'])
  })

  it('is not the same trouble of another day', async () => {
    const [newer, older] = await incidents(
      90_000,
      { ...NO_SECRET, over: 600 },
      { ...NO_SECRET, first: 86_400, uid: 'again' },
    )
    expect([newer?.state, older?.state, newer?.id === older?.id]).toEqual(['open', 'over', false])
    if (newer === undefined || older === undefined) throw new Error('there are two')
    const past = new PastIncidents([newer, older])
    expect(past.similarTo(newer).map(({ incident, score }) => [incident.id, score])).toEqual([[older.id, 1]])
    expect(past.similarTo(older)).toEqual([])
  })

  it('has the probe as cause of the restarts that it makes', async () => {
    const found = await incidents(60, { ...LIVENESS, last: 50 }, { ...CRASH, first: 40, last: 55 })
    expect(told(found)).toEqual(['likely LivenessProbeFailed: 2'])
    expect(found[0]?.causes[0]?.evidence.map(({ rule }) => rule)).toEqual(['says', 'liveness'])
  })

  it('has what keeps pods from starting as the cause of the probes of those that are left', async () => {
    const hung = { reason: 'FailedMount', note: 'rpc error', metadata: { claim: 'data', storageClass: 'fast' } }
    const found = await incidents(
      300,
      { ...hung, object: pod('a', 'bbbbb') },
      { ...READINESS, object: pod('a', 'ccccc'), first: 200, last: 290 },
    )
    expect(told(found)).toEqual(['likely StorageFailing: 2'])
  })

  it('is one also where hundreds of pods fail alike, and each has its own cause near to it', async () => {
    const names = Array.from({ length: 300 }, (_, number) =>
      pod('a', `bb${String(200 + (number % 500)).replaceAll(/[013]/g, '4')}`),
    )
    const mounts = names.map((object, number) => ({
      reason: 'FailedMount',
      note: 'rpc error',
      object,
      uid: String(number),
      first: number,
      metadata: { claim: 'data', storageClass: 'fast' },
    }))
    const found = await incidents(900, ...mounts, { ...READINESS, object: pod('a', 'ccccc'), first: 150, last: 890 })
    expect(told(found)).toEqual(['likely StorageFailing: 301'])
    const led = found[0]?.causes[0]?.evidence.filter(({ rule }) => rule === 'fewer-pods')
    expect(led?.map(({ lagSeconds }) => lagSeconds <= 3)).toEqual([true])
  })

  it('has a chronic symptom stay by itself when something new breaks', async () => {
    const found = await incidents(
      90_060,
      { ...READINESS, object: pod('a'), last: 90_050 },
      { ...NO_IMAGE, object: pod('a', 'ccccc'), first: 90_000 },
    )
    expect(told(found)).toEqual(['certain ImageNotFound: 1', 'likely ReadinessProbeFailed: 1'])
    expect(found.map(({ isChronic }) => isChronic)).toEqual([false, true])
  })
})

describe('what was like it before', () => {
  it('is the newest five of the same cause, however many there were', async () => {
    const days = Array.from({ length: 70 }, (_, day) => 86_400 * day)
    const again = days.map((first, day) => ({ ...NO_SECRET, uid: String(day), first, over: first + 60 }))
    const found = await incidents(86_400 * 80, ...again, { ...NO_IMAGE, first: 100, over: 200 })
    const newest = found.toSorted((a, b) => b.opened - a.opened)[0]
    if (newest === undefined) throw new Error('there are many')
    const similar = new PastIncidents(found).similarTo(newest)
    expect(similar.map(({ before, score }) => [before / SECOND / 86_400, score])).toEqual(
      [1, 2, 3, 4, 5].map((day) => [day, 1]),
    )
  })

  it('is not the crash loop of another workload, though its container has the same name', async () => {
    const found = await incidents(
      90_000,
      { ...CRASH, object: pod('a'), over: 600 },
      { ...CRASH, object: pod('b'), first: 86_400, last: 89_990 },
    )
    const past = new PastIncidents(found)
    expect(found.map((each) => past.similarTo(each))).toEqual([[], []])
  })

  it('is not what the same workload suffered from another cause', async () => {
    const found = await incidents(90_000, { ...NO_IMAGE, over: 600 }, { ...NO_SECRET, first: 86_400, uid: 'again' })
    const past = new PastIncidents(found)
    expect(found.map((each) => past.similarTo(each))).toEqual([[], []])
  })
})

describe('how sure a cause is', () => {
  it.each([
    ['goes on', 10, 'likely'],
    ['was not told of for minutes', 400, 'possible'],
  ])('that %s', async (_what, silence, expected) => {
    expect((await incidents(60 + silence, { ...CRASH, last: 60 }))[0]?.causes[0]?.confidence).toBe(expected)
  })

  it('is unknown, in words, where an effect that names nothing was all that was told, and not of late', async () => {
    const job = {
      reason: 'BackoffLimitExceeded',
      object: 'Job shop/report',
      note: 'Job has reached the specified backoff limit',
    }
    const [fresh] = await incidents(60, job)
    const [old] = await incidents(1_000, job)
    expect([fresh?.causes[0]?.class, fresh?.unknownBecause]).toEqual(['JobFailed', null])
    expect([old?.causes, old?.unknownBecause]).toEqual([[], expect.stringContaining('The job report gave up')])
  })

  it('makes no incident of a start that was slow once', async () => {
    expect(await incidents(10, { ...READINESS, occurrences: 2 })).toEqual([])
    expect(told(await incidents(10, READINESS))).toEqual(['likely ReadinessProbeFailed: 1'])
  })

  it('is no more than possible for what its reporter would have told again by now', async () => {
    expect((await incidents(60, { ...NO_IMAGE, state: 'quiet' }))[0]?.causes[0]?.confidence).toBe('possible')
  })
})

const trouble: fc.Arbitrary<Troubled> = fc
  .record({
    what: fc.constantFrom<Troubled>(CRASH, LIVENESS, READINESS, NO_SECRET, NO_IMAGE, LOST, MARKED),
    name: fc.constantFrom('a', 'b', 'c'),
    first: fc.nat(3_000),
    lasts: fc.nat(3_000),
    isOver: fc.boolean(),
  })
  .map(({ what, name, first, lasts, isOver }) => ({
    object: pod(name),
    ...what,
    first,
    last: first + lasts,
    ...(isOver ? { over: first + lasts + 1 } : {}),
  }))

describe('incidents of any problems', () => {
  it('hold each problem at most once, and each that is bad, whatever the order in which they are given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 25 }), fc.infiniteStream(fc.nat()), async (troubles, order) => {
        const problems = troubles.map((each) => aProblem(each))
        const at = () => NOON + 7_000 * SECOND
        const found = await incidentsOf(problems, at)
        const held = found.flatMap((incident) => incident.problems.map(({ id }) => id))
        expect(new Set(held).size).toBe(held.length)
        const bad = problems.filter(({ body }) => body.severity !== 'low').map(({ id }) => id)
        expect(bad.filter((id) => !held.includes(id))).toEqual([])
        const shuffled = problems
          .map((each) => [order.next().value ?? 0, each] as const)
          .toSorted((a, b) => a[0] - b[0])
        expect(
          await incidentsOf(
            shuffled.map(([, each]) => each),
            at,
          ),
        ).toEqual(found)
      }),
    )
  })

  it('name causes by evidence of their own, at most three, the first as rank 1', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { minLength: 1, maxLength: 25 }), async (troubles) => {
        for (const { causes, problems, unknownBecause } of await incidents(7_000, ...troubles)) {
          expect(causes.length > 0).toBe(unknownBecause === null)
          expect(causes.length).toBeLessThanOrEqual(3)
          if (causes.length === 0) continue
          expect(causes[0]?.rank).toBe(1)
          const own = new Set(problems.flatMap(({ body }) => body.evidence))
          for (const { evidence } of causes) {
            expect(evidence.length).toBeGreaterThan(0)
            for (const { observations } of evidence) expect(observations.every((id) => own.has(id))).toBe(true)
          }
        }
      }),
    )
  })

  it('do not change with the names of objects', async () => {
    const renamed = ({ object = '', ...rest }: Troubled): Troubled => ({
      ...rest,
      object: object.replace(/shop\/([abc])-/, 'other/z$1-'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 25 }), async (troubles) => {
        const shapes = (found: readonly Incident[]) => told(found).toSorted()
        expect(shapes(await incidents(7_000, ...troubles.map(renamed)))).toEqual(
          shapes(await incidents(7_000, ...troubles)),
        )
      }),
    )
  })
})
