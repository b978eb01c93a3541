import { EARLIEST, formatTime, LATEST } from '../query/time.ts'
import { accountsAnswer, statisticsAnswer } from './answers.ts'
import type { AnswerSource } from './endpoints.ts'
import { gapNotices } from './notices.ts'
import { unwatchedClusters } from './unwatched.ts'

/** GET /status: how the collector is doing, what it counted, what the store holds. */
export async function statusAnswer({ reader, accounts, health, now }: AnswerSource, signal: AbortSignal) {
  const [store, unwatched, notices] = await Promise.all([
    statisticsAnswer(reader, signal),
    unwatchedClusters(reader, { to: LATEST }, signal),
    gapNotices(reader, { from: EARLIEST, to: LATEST }, signal),
  ])
  const { ready = null, problems = [] } = health?.() ?? {}
  return {
    now: formatTime(now),
    running: health !== undefined,
    ready,
    problems,
    accounts: accountsAnswer(accounts()),
    store,
    unwatched: unwatched.map(({ cluster, since }) => ({ cluster, since: formatTime(since) })),
    notices,
  }
}
