import { DAY, type EpochMicros } from '../../clock.ts'
import { recordsBefore, sumRemoved, type RemovedRecords } from '../record-age.ts'
import type { RetentionPolicy } from '../store.ts'
import { ALL, countIn, removeWholeDay, type RemovedRows, type RetentionTools } from './remove-days.ts'
import { removeRecords } from './remove-records.ts'
import { bucketsIn } from './search.ts'
import type { IndexSize } from './sizes.ts'

/**
 * Removes the oldest days, rows and records, whatever they hold, while all take more than the bound. The newest day of rows
 * always stays. Removed records count as gone at once: the server gives their bytes back when it merges.
 */
export async function removeForBytes(
  tools: RetentionTools,
  { maxBytes }: RetentionPolicy,
  signal: AbortSignal,
): Promise<RemovedRows & { readonly records: RemovedRecords }> {
  let [rows, rolledUp, records]: [number, number, RemovedRecords] = [0, 0, {}]
  const sizes = await tools.sizes.ofIndices(signal)
  const perRecord = bytesPerDocument(sizes.get(tools.indices.records))
  let left = [...sizes.values()].reduce((sum, size) => sum + bytesPerDocument(size) * size.documents, -maxBytes)
  if (left <= 0) return { rows, rolledUp, records }
  const days = await tools.indices.days(signal)
  const newest = days.at(-1)?.day ?? Infinity
  const all = new Set([...days.map(({ day }) => day), ...(await daysOfRecords(tools, signal))])
  for (const time of [...all].sort((a, b) => a - b)) {
    if (time >= newest) break
    for (const day of days.filter(({ day }) => day === time)) {
      if (left <= 0) break
      rows += await countIn(tools.search, day.name, ALL, signal)
      rolledUp += await removeWholeDay(tools, day, signal)
      left -= sizes.get(day.name)?.bytes ?? 0
    }
    if (left <= 0) break
    const gone = await removeRecords(tools, recordsBefore(time + DAY), signal)
    left -= perRecord * Object.values(gone).reduce((sum, count) => sum + count, 0)
    records = sumRemoved(records, gone)
    if (left <= 0) break
  }
  return { rows, rolledUp, records }
}

function bytesPerDocument({ bytes, documents, removed }: IndexSize = { bytes: 0, documents: 0, removed: 0 }): number {
  return documents === 0 ? 0 : bytes / (documents + removed)
}

/** Days on which records begin. */
async function daysOfRecords(
  { indices, search }: RetentionTools,
  signal: AbortSignal,
): Promise<readonly EpochMicros[]> {
  const begin = { histogram: { field: 'from', interval: DAY, min_doc_count: 1 } }
  const query = { bool: { must_not: [{ term: { kind: 'roll-up' } }] } }
  const answer = await search.in(indices.records, { query, size: 0, aggs: { begin } }, signal)
  return bucketsIn(answer?.aggregations, 'begin').map(({ key }) => Number(key))
}
