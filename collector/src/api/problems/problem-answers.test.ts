import { beforeAll, describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { problemRecordsOf } from '../../../../test/support/problem-records.ts'
import { MINUTE } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { parseProblemRequest } from '../../query/problem-request.ts'
import { formatTime } from '../../query/time.ts'
import { createMemoryStore } from '../../store/memory/memory-store.ts'
import type { EventStore } from '../../store/store.ts'
import { problemsSchema } from '../answer-schemas.ts'
import { problemsAnswer } from './problem-answers.ts'

const never = new AbortController().signal
const minute = (number: number) => NOON + number * MINUTE
const NOW = minute(10)

let versions = 0

function told(at: number, reason: string, pod: string, overrides: Partial<Observation> = {}): Observation {
  versions += 1
  const isTrouble = reason !== 'Started'
  return anObservation({
    uid: `event ${String(versions)}`,
    resourceVersion: versions,
    reason,
    type: isTrouble ? 'Warning' : 'Normal',
    severity: isTrouble ? 'medium' : 'info',
    note: reason === 'FailedMount' ? 'MountVolume.SetUp failed for volume "data" : timed out' : '',
    firstObserved: minute(at),
    deltaSince: minute(at),
    lastObserved: minute(at),
    received: minute(at),
    regarding: { ...anObservation().regarding, name: pod, uid: `uid of ${pod}` },
    owner: { kind: 'Deployment', name: pod.split('-')[0] ?? '' },
    ...overrides,
  })
}

/** Two of web's three pods cannot mount, api's crashes, db's could not mount and can again, and a node is lost. */
const ROWS = [
  told(1, 'FailedMount', 'web-1', { countDelta: 3 }),
  told(2, 'FailedMount', 'web-2', { severity: 'high' }),
  told(1, 'FailedMount', 'web-3'),
  told(3, 'Started', 'web-3'),
  told(3, 'BackOff', 'api-1', { severity: 'high', namespace: 'shop' }),
  told(3, 'FailedMount', 'db-1'),
  told(4, 'Started', 'db-1'),
  told(5, 'NodeNotReady', 'worker-1', {
    type: 'Normal',
    severity: 'high',
    namespace: '',
    regarding: { ...anObservation().regarding, kind: 'Node', namespace: '', name: 'worker-1', uid: 'worker-1' },
    owner: { kind: 'Node', name: 'worker-1' },
    reportingController: 'node-controller',
  }),
]

let store: EventStore
beforeAll(async () => {
  store = createMemoryStore()
  const rows = ROWS.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'b', sequence: 1, rows, records: problemRecordsOf(ROWS, NOW) }, never)
})

async function ask(parameters: Readonly<Record<string, string>> = {}) {
  const answer = await problemsAnswer(store, parseProblemRequest(parameters, NOW), NOW, never)
  expect(problemsSchema.parse(answer)).toEqual(answer)
  return answer
}

const namesOf = ({ problems }: Awaited<ReturnType<typeof ask>>) =>
  problems.map(({ workload, state }) => `${workload.name} ${state}`)

describe('GET /problems', () => {
  it('has one row for a workload and its trouble, what others hang on first, then the worst, then the newest', async () => {
    const answer = await ask()
    expect(namesOf(answer)).toEqual(['worker-1 open', 'api quiet', 'web quiet'])
    expect(answer).toMatchObject({ at: formatTime(NOW), total: 3, returned: 3, cursor: null })
  })

  it('says all of a row, in the words of the one that is worst off', async () => {
    const { problems } = await ask({ workload: 'web' })
    expect(problems).toEqual([
      {
        id: expect.stringMatching(/^p-[0-9a-f]{16}$/) as string,
        cluster: 'lab',
        object: { kind: 'Pod', namespace: 'shop', name: 'web-2' },
        workload: { kind: 'Deployment', namespace: 'shop', name: 'web' },
        node: 'worker-1',
        reason: 'FailedMount',
        class: 'FailedMount',
        thing: null,
        state: 'quiet',
        unseen: false,
        since: formatTime(minute(8)),
        endedBy: null,
        severity: 'high',
        firstObserved: formatTime(minute(1)),
        lastObserved: formatTime(minute(2)),
        occurrences: 4,
        isLowerBound: false,
        objects: { open: 2, all: 3 },
        note: 'MountVolume.SetUp failed for volume "data" : timed out',
      },
    ])
  })

  it('a row is open when one of its objects is, however bad the quiet ones are', async () => {
    const { problems } = await ask({ workload: 'web', at: formatTime(minute(7.5)) })
    expect(problems).toMatchObject([{ object: { name: 'web-2' }, state: 'open', objects: { open: 2 } }])
  })

  it('lists every object by itself', async () => {
    const { problems } = await ask({ each: 'true', workload: 'web', all: 'true' })
    expect(problems.map(({ object, state, objects }) => [object.name, state, objects])).toEqual([
      ['web-2', 'quiet', { open: 1, all: 1 }],
      ['web-1', 'quiet', { open: 1, all: 1 }],
      ['web-3', 'over', { open: 0, all: 1 }],
    ])
  })

  it('with all, what is over comes last and says by what it ended; from leaves out what ended before', async () => {
    const { problems } = await ask({ all: 'true' })
    expect(problems.at(-1)).toMatchObject({
      workload: { name: 'db' },
      state: 'over',
      unseen: false,
      since: formatTime(minute(4)),
      endedBy: { how: 'cleared', observation: ROWS[6]?.id, at: formatTime(minute(4)) },
      objects: { open: 0, all: 1 },
    })
    expect(namesOf(await ask({ all: 'true', from: formatTime(minute(5)) }))).toEqual(namesOf(await ask()))
  })

  it('answers what was known at a time', async () => {
    expect(namesOf(await ask({ at: formatTime(minute(0)) }))).toEqual([])
    expect(namesOf(await ask({ at: formatTime(minute(3.5)) }))).toEqual(['api open', 'web open', 'db open'])
  })

  it.each([
    [{ query: 'reason:BackOff' }, ['api quiet']],
    [{ kind: 'Node' }, ['worker-1 open']],
    [{ severity: 'medium' }, ['web quiet']],
    [{ namespace: 'nowhere' }, []],
  ])('%j', async (parameters, names) => {
    expect(namesOf(await ask(parameters))).toEqual(names)
  })

  it('pages give every row once, in the order of the whole', async () => {
    const whole = await ask({ each: 'true', all: 'true' })
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await ask({ each: 'true', all: 'true', limit: '2', ...(cursor === '' ? {} : { cursor }) })
      expect(page.total).toBe(whole.total)
      seen.push(...page.problems.map(({ id }) => id))
      cursor = page.cursor
    }
    expect(seen).toEqual(whole.problems.map(({ id }) => id))
    expect(new Set(seen).size).toBe(6)
  })
})
