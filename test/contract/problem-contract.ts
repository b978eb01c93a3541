import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { problemsAnswer } from '../../collector/src/api/problems/problem-answers.ts'
import { goneBy, troubleOf } from '../../collector/src/classify/classify.ts'
import { DAY, MINUTE } from '../../collector/src/clock.ts'
import { STILL_GOING, type StoreRecord } from '../../collector/src/event/record.ts'
import { createProblems, type Problems } from '../../collector/src/problem/problem.ts'
import { parseProblemRequest } from '../../collector/src/query/problem-request.ts'
import { formatTime } from '../../collector/src/query/time.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { aRow, minute, type Told } from '../support/problem-story.ts'
import type { OpenStore } from './store-contract.ts'

const never = new AbortController().signal
const SLOW_MACHINE_MS = 60_000
const BUFFER = 'story'

/** A pod that cannot mount for an hour and one that can after a while, and a node that is lost and found again. */
const STORY: readonly (readonly [number, Told])[] = [
  [1, { reason: 'FailedMount', name: 'web-1' }],
  [2, { reason: 'FailedMount', name: 'web-2', countDelta: 4 }],
  [3, { reason: 'Started', name: 'web-2' }],
  [5, { reason: 'NodeNotReady', kind: 'Node', name: 'worker-1' }],
  [9, { reason: 'FailedMount', name: 'web-1', countDelta: 2 }],
  [20, { reason: 'NodeReady', kind: 'Node', name: 'worker-1' }],
  [22, { reason: 'FailedMount', name: 'web-1' }],
]

/** What every store promises of the lives of problems. */
export function describeProblems(name: string, open: OpenStore): void {
  describe(`${name} keeps the lives of problems`, () => {
    let store: EventStore
    beforeEach(async () => {
      store = await open()
    }, SLOW_MACHINE_MS)
    afterEach(() => store.close(), SLOW_MACHINE_MS)

    const idsOf = async (from: number, to: number) =>
      (await store.records('problem', { from, to }, never)).map(({ body }) => body.object.name)

    it('written, changed, and found where they overlap a range; what is not over at any later time', async () => {
      const problems = await tell(store)
      expect(await idsOf(minute(1), minute(1) + 1)).toEqual(['web-1'])
      expect(await idsOf(minute(2), minute(3))).toEqual(['web-1', 'web-2'])
      expect(await idsOf(minute(3), minute(5))).toEqual(['web-1'])
      expect(await idsOf(minute(5), minute(6))).toEqual(['web-1', 'worker-1'])
      expect(await idsOf(minute(20) + 400 * DAY, STILL_GOING)).toEqual(['web-1'])
      expect(await idsOf(STILL_GOING - 1, STILL_GOING)).toEqual(['web-1'])
      problems.advance({ cluster: 'lab', until: minute(60), isWatched: true })
      await write(store, 99, problems.changedRecords(true))
      expect(await idsOf(STILL_GOING - 1, STILL_GOING)).toEqual([])
    })

    it('and answers every question about them as the store in memory does', async () => {
      const reference = createMemoryStore()
      await tell(store)
      await tell(reference)
      for (const at of [0, 1, 2.5, 4, 8, 12, 21, 30, 60]) {
        for (const all of ['true', 'false']) {
          const query = parseProblemRequest({ at: formatTime(minute(at)), all, each: 'true' }, minute(90))
          const [answer, expected] = await Promise.all(
            [store, reference].map((each) => problemsAnswer(each, query, minute(90), never)),
          )
          expect(answer).toEqual(expected)
        }
      }
      const answer = await problemsAnswer(
        store,
        parseProblemRequest({ at: formatTime(minute(21)) }, minute(90)),
        minute(90),
        never,
      )
      expect(answer.problems).toMatchObject([{ object: { name: 'web-1' }, state: 'quiet', occurrences: 3 }])
    })
  })
}

const rowsOf = (() => {
  let rows: readonly ReturnType<typeof aRow>[] | null = null
  // The same rows, with the same ids, for each store.
  return () =>
    (rows ??= STORY.map(([at, told]) =>
      aRow(at, {
        type: told.reason === 'FailedMount' ? 'Warning' : 'Normal',
        severity: ['FailedMount', 'NodeNotReady'].includes(told.reason) ? 'high' : 'info',
        ...told,
      }),
    ))
})()

/** Tells the story, a batch for each row, with the records that the line would write with it. */
async function tell(store: EventStore): Promise<Problems> {
  const problems = createProblems({ troubleOf, goneBy })
  problems.advance({ cluster: 'lab', until: minute(0), isWatched: true })
  let sequence = 0
  for (const row of rowsOf()) {
    problems.judge(row)
    const rows = [{ observation: row, undecided: false }]
    await store.write({ bufferId: BUFFER, sequence: ++sequence, rows, records: problems.changedRecords(false) }, never)
  }
  problems.advance({ cluster: 'lab', until: minute(22) + MINUTE, isWatched: true })
  await write(store, ++sequence, problems.changedRecords(true))
  return problems
}

async function write(store: EventStore, sequence: number, records: readonly StoreRecord[]): Promise<void> {
  await store.write({ bufferId: BUFFER, sequence, rows: [], records }, never)
}
