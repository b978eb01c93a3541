import type { EpochMicros } from '../../clock.ts'
import type { AggregateQuery, Filter } from '../../query/model.ts'
import { expiryBound } from '../../query/roll-up.ts'
import { recordsOfAge, sumRemoved } from '../record-age.ts'
import type { RetentionClass, RetentionPolicy, RetentionReport } from '../store.ts'
import { readAggregate } from './aggregate.ts'
import { removeDays, type RetentionTools } from './remove-days.ts'
import { removeForBytes } from './remove-for-bytes.ts'
import { removeRecords } from './remove-records.ts'

/**
 * Removes what is too old or too much, a day after the other, oldest first. A day is rolled up before anything of it goes,
 * and a roll-up is written once whoever writes it, so that a crash, or a second collector, leaves no hour counted twice or
 * not at all. An index of which nothing stays is deleted whole; of others the rows that go are deleted one by one.
 */
export async function expireRows(
  tools: RetentionTools,
  policy: RetentionPolicy,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<RetentionReport> {
  await tools.indices.prepare()
  const removed: Record<string, number> = Object.fromEntries(policy.classes.map(({ name }) => [name, 0]))
  let rolledUp = 0
  for (const [index, { name, maxAge }] of policy.classes.entries()) {
    const gone = await removeDays(tools, classRows(policy, index), expiryBound(now, maxAge), signal)
    removed[name] = (removed[name] ?? 0) + gone.rows
    rolledUp += gone.rolledUp
  }
  const reader = { aggregate: (query: AggregateQuery) => readAggregate(query, tools.search, signal) }
  const ofAge = await removeRecords(tools, await recordsOfAge(policy, now, reader, signal), signal)
  const forBytes = await removeForBytes(tools, policy, signal)
  if (forBytes.rows > 0) removed['maxBytes'] = forBytes.rows
  return {
    removed,
    removedRecords: sumRemoved(ofAge, forBytes.records),
    rolledUp: rolledUp + forBytes.rolledUp,
    bytes: await tools.sizes.total(signal),
  }
}

/** Rows whose first class with their severity is the one at `index`. */
function classRows({ classes, includeRecordings }: RetentionPolicy, index: number): Filter {
  const taken = classes.slice(0, index).flatMap(({ severities }) => severities)
  const own = (classes[index] as RetentionClass).severities.filter((severity) => !taken.includes(severity))
  const isOwn: Filter = { op: 'in', field: 'severity', values: own }
  if (includeRecordings) return isOwn
  const isRecorded: Filter = { op: 'like', field: 'source', pattern: 'recording *' }
  return { op: 'and', filters: [isOwn, { op: 'not', filter: isRecorded }] }
}
