import { goneBy, troubleOf } from '../../collector/src/classify/classify.ts'
import type { EpochMicros } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import type { StoreRecord } from '../../collector/src/event/record.ts'
import { createProblems } from '../../collector/src/problem/problem.ts'

/** The records that the problem stage makes of rows, of clusters that were watched from before the first row until `until`. */
export function problemRecordsOf(rows: readonly Observation[], until: EpochMicros): readonly StoreRecord[] {
  const problems = createProblems({ troubleOf, goneBy })
  const clusters = new Set(rows.map(({ cluster }) => cluster))
  const first = Math.min(...rows.map(({ firstObserved }) => firstObserved))
  for (const cluster of clusters) problems.advance({ cluster, until: first - 1, isWatched: true })
  for (const row of rows.toSorted((a, b) => a.lastObserved - b.lastObserved)) problems.judge(row)
  for (const cluster of clusters) problems.advance({ cluster, until, isWatched: true })
  return problems.changedRecords(true)
}
