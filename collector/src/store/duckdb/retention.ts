import type { EpochMicros } from '../../clock.ts'
import { expiryBound } from '../../query/roll-up.ts'
import { recordsOfAge, sumRemoved } from '../record-age.ts'
import type { EventReader, RetentionClass, RetentionPolicy, RetentionReport } from '../store.ts'
import type { Database } from './database.ts'
import { diskBytes } from './disk.ts'
import { removeDays, type Doomed } from './remove-days.ts'
import { isFull, removeForBytes } from './remove-for-bytes.ts'
import { CHECKPOINT, removeRecords } from './remove-records.ts'

/** Removes what is too old or too much. */
export async function expireRows(
  database: Database,
  reader: Pick<EventReader, 'aggregate'>,
  policy: RetentionPolicy,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<RetentionReport> {
  const removed: Record<string, number> = Object.fromEntries(policy.classes.map(({ name }) => [name, 0]))
  let rolledUp = 0
  for (const [index, { name, maxAge }] of policy.classes.entries()) {
    const bound = expiryBound(now, maxAge)
    const gone = await removeDays(database, classRows(policy, index, bound), bound, signal)
    removed[name] = (removed[name] ?? 0) + gone.rows
    rolledUp += gone.rolledUp
  }
  const ofAge = await removeRecords(database, await recordsOfAge(policy, now, reader, signal))
  await database.exclusively(() => database.maintain(CHECKPOINT))
  const forBytes = await removeForBytes(database, policy, signal)
  if (forBytes.rows > 0) removed['maxBytes'] = forBytes.rows
  if (await isFull(database, policy, signal)) await database.exclusively(() => database.compact())
  return {
    removed,
    removedRecords: sumRemoved(ofAge, forBytes.records),
    rolledUp: rolledUp + forBytes.rolledUp,
    bytes: await diskBytes(database.settings.file),
  }
}

/** Rows whose first class with their severity is the one at `index`, and that are older than `bound`. */
function classRows({ classes, includeRecordings }: RetentionPolicy, index: number, bound: EpochMicros): Doomed {
  const taken = classes.slice(0, index).flatMap(({ severities }) => severities)
  const own = (classes[index] as RetentionClass).severities.filter((severity) => !taken.includes(severity))
  return (bindings) => {
    if (own.length === 0) return 'false'
    const spared = includeRecordings ? '' : ` AND NOT starts_with(source, 'recording ')`
    return `last_observed < ${bindings.bind(bound)} AND severity IN (${bindings.bindAll(own)})${spared}`
  }
}
