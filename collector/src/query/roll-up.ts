import { createHash } from 'node:crypto'
import { HOUR, type EpochMicros } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import type { RecordOf, RollUpBody } from '../event/record.ts'
import { groupRows } from './aggregate-rows.ts'
import { countObjects, occurrences } from './measure.ts'

/** Fields whose values a roll-up keeps: what overviews group by, and `source`, because recordings go at other times. */
export const ROLL_UP_FIELDS = [
  'cluster',
  'source',
  'namespace',
  'regarding.kind',
  'reason',
  'type',
  'category',
  'severity',
] as const

/** First µs that age spares: the hour that holds now − maxAge stays whole, so that no hour is rolled up in two parts. */
export function expiryBound(now: EpochMicros, maxAge: EpochMicros): EpochMicros {
  return Math.floor((now - maxAge) / HOUR) * HOUR
}

/**
 * One record for each hour and key, ordered by hour, then in order of first appearance. Ids are the same for the same hour
 * and key and the revision is always 1, so that rolling up again after a crash, or rows that came after their hour was
 * rolled up, change nothing.
 */
export function rollUp(rows: readonly Observation[]): readonly RecordOf<'roll-up'>[] {
  const byHour = Map.groupBy(rows, ({ lastObserved }) => Math.floor(lastObserved / HOUR) * HOUR)
  return [...byHour]
    .sort(([a], [b]) => a - b)
    .flatMap(([hour, members]) =>
      groupRows(members, ROLL_UP_FIELDS).map((group) => rollUpRecord(hour, bodyOf(group.key, group.rows))),
    )
}

/** The record of one hour: for stores that compute the body in their own language. */
export function rollUpRecord(hour: EpochMicros, body: RollUpBody): RecordOf<'roll-up'> {
  const hash = createHash('sha256')
    .update(JSON.stringify([hour, ...body.key]))
    .digest('hex')
    .slice(0, 16)
  return { kind: 'roll-up', id: `r-${hash}`, revision: 1, from: hour, to: hour + HOUR, body }
}

function bodyOf(key: readonly string[], rows: readonly Observation[]): RollUpBody {
  const times = rows.map(({ lastObserved }) => lastObserved)
  return {
    key,
    occurrences: occurrences(rows, null),
    unplaced: rows.reduce((sum, row) => sum + row.countUnplaced, 0),
    observations: rows.length,
    objects: countObjects(rows),
    firstObserved: times.reduce((a, b) => Math.min(a, b)),
    lastObserved: times.reduce((a, b) => Math.max(a, b)),
    isLowerBound: rows.some((row) => row.countIsLowerBound),
  }
}
