import { EARLIEST, formatTime, LATEST } from '../query/time.ts'
import { accountsAnswer, statisticsAnswer } from './answers.ts'
import type { EpochMicros } from '../clock.ts'
import type { Accounts } from '../event/outcome.ts'
import type { EventReader } from '../store/store.ts'
import type { Health } from './health.ts'
import { gapNotices } from './notices.ts'
import { unwatchedClusters } from './unwatched.ts'

interface StatusSource {
  readonly reader: EventReader
  readonly accounts: () => Accounts
  /** Absent where no collector runs. */
  readonly health?: () => Health
  readonly now: EpochMicros
}

/** GET /status: how the collector is doing, what it counted, what the store holds. */
export async function statusAnswer({ reader, accounts, health, now }: StatusSource, signal: AbortSignal) {
  const [store, unwatched, notices] = await Promise.all([
    statisticsAnswer(reader, signal),
    unwatchedClusters(reader, { to: LATEST }, signal),
    gapNotices(reader, { from: EARLIEST, to: LATEST }, signal),
  ])
  const { ready = null, problems = [], objects = [] } = health?.() ?? {}
  return {
    now: formatTime(now),
    running: health !== undefined,
    ready,
    problems,
    objects,
    accounts: accountsAnswer(accounts()),
    store,
    unwatched: unwatched.map(({ cluster, since }) => ({ cluster, since: formatTime(since) })),
    notices,
  }
}
