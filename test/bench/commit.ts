import { join } from 'node:path'
import { DAY } from '../../collector/src/clock.ts'
import { inTransaction, openDatabase } from '../../collector/src/buffer/database.ts'
import { Entries } from '../../collector/src/buffer/entries.ts'
import { Heads } from '../../collector/src/buffer/heads.ts'
import { LogOnDisk } from '../../collector/src/buffer/log-on-disk.ts'
import { chainKey } from '../../collector/src/store/store.ts'
import { generateObservations, inBatches } from '../support/generate-observations.ts'
import type { Bench } from './bench.ts'
import { distribution, sizeOf } from './figures.ts'
import { HISTORY_FROM } from './stored-history.ts'
import { inDirectory } from './workspace.ts'

/** As in the pipeline. */
const COMMIT_ROWS = 750
const ROUNDS = 2

/** The buffer's commits, with the disk waited for inside of COMMIT (synchronous=FULL) and behind it (NORMAL and `LogOnDisk`). */
export const bench: Bench = {
  description: 'ms that a commit of the buffer blocks the loop, by who waits for the disk (EVENTLOOM_BENCH_COMMITS)',
  async run() {
    const commits = sizeOf('EVENTLOOM_BENCH_COMMITS', 200)
    const blockedMs: Record<string, number[]> = { insideOfCommit: [], behindCommit: [] }
    const syncMs: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      blockedMs['insideOfCommit']?.push(...(await measure(commits, 'FULL', () => Promise.resolve())))
      blockedMs['behindCommit']?.push(
        ...(await measure(commits, 'NORMAL', async (log) => {
          const started = performance.now()
          await log.sync()
          syncMs.push(performance.now() - started)
        })),
      )
    }
    const figures = Object.entries(blockedMs).map(([name, times]) => [name, distribution(times)] as const)
    return { commits, rows: COMMIT_ROWS, blockedMs: Object.fromEntries(figures), syncMs: distribution(syncMs) }
  },
}

async function measure(commits: number, synchronous: string, after: (log: LogOnDisk) => Promise<void>) {
  const generated = generateObservations({ rows: commits * COMMIT_ROWS, from: HISTORY_FROM, to: HISTORY_FROM + DAY })
  return inDirectory(async (directory) => {
    const file = join(directory, 'buffer.sqlite')
    const database = openDatabase(file)
    database.exec(`PRAGMA synchronous = ${synchronous}`)
    const [entries, heads, log] = [new Entries(database, 1e9), new Heads(database), new LogOnDisk(`${file}-wal`)]
    const times: number[] = []
    for (const observations of inBatches(generated, COMMIT_ROWS)) {
      const rows = observations.map((observation) => {
        const chain = observation.firstObserved.toString(16) + chainKey(observation)
        return { observation, undecided: false, chain, highestCount: observation.count }
      })
      const started = performance.now()
      inTransaction(database, () => {
        const sequence = entries.append({ rows, records: [] })
        for (const { chain, observation } of rows) {
          heads.put(chain, { ...observation, highestCount: observation.count, estimated: false, sequence })
        }
        entries.acknowledge(sequence)
      })
      times.push(performance.now() - started)
      await after(log)
    }
    log.close()
    database.close()
    return times
  })
}
