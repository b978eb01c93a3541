import type { RecordKind, RecordOf, StoreRecord } from '../../event/record.ts'
import type { TimeRange } from '../../query/model.ts'
import { compareText } from '../../query/text-order.ts'
import { recordKey } from '../newest-revisions.ts'
import { recordTime, type DoomedRecords, type RemovedRecords } from '../record-age.ts'
import type { RecordRange } from '../store.ts'

/** The newest revision of each record. */
export class RecordTable {
  readonly #records = new Map<string, StoreRecord>()

  /** Keeps the record unless a revision at least as high is there. Says whether it was kept. */
  put(record: StoreRecord): boolean {
    const known = this.#records.get(recordKey(record))
    if (known !== undefined && known.revision >= record.revision) return false
    this.#records.set(recordKey(record), record)
    return true
  }

  find<Kind extends RecordKind>(kind: Kind, range: RecordRange): readonly RecordOf<Kind>[] {
    const found = [...this.#records.values()]
      .filter((record) => record.kind === kind && overlaps(record, range) && (range.id ?? record.id) === record.id)
      .sort((a, b) => a.from - b.from || compareText(a.id, b.id))
    const inOrder = range.order === 'newest' ? found.reverse() : found
    return inOrder.slice(0, range.limit) as unknown as readonly RecordOf<Kind>[]
  }

  /** How many of each kind were removed. */
  remove(doomed: DoomedRecords): RemovedRecords {
    const removed: Partial<Record<RecordKind, number>> = {}
    for (const [key, record] of this.#records) {
      if (!isDoomed(record, doomed)) continue
      this.#records.delete(key)
      removed[record.kind] = (removed[record.kind] ?? 0) + 1
    }
    return removed
  }
}

function isDoomed(record: StoreRecord, { bounds, spared }: DoomedRecords): boolean {
  const time = recordTime(record)
  return time <= bounds[record.kind] && !spared.some(({ from, to }) => time >= from && time < to)
}

/** Both ends half open; a record whose ends are equal is a point. */
function overlaps(record: StoreRecord, { from, to }: TimeRange): boolean {
  return record.from < to && (record.to > from || record.from >= from)
}
