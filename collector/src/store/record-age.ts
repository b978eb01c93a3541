import type { EpochMicros } from '../clock.ts'
import { RECORD_KINDS, type RecordKind, type StoreRecord } from '../event/record.ts'
import type { TimeRange } from '../query/model.ts'
import { EARLIEST, LATEST } from '../query/time.ts'
import type { EventReader, RetentionPolicy, RetentionReport } from './store.ts'

/**
 * When a record was news last: its age counts from here. The end of what is over; what is still going on ends in the far
 * future, so there it is the revision, which is a time where a record changes over time.
 */
export function recordTime({ from, to, revision }: Pick<StoreRecord, 'from' | 'to' | 'revision'>): EpochMicros {
  return Math.min(to, Math.max(from, revision))
}

/** Records that go: those of times up to the bound of their kind, both included, and outside of all `spared` ranges. */
export interface DoomedRecords {
  readonly bounds: RecordBounds
  readonly spared: readonly TimeRange[]
}

/** How many records of each kind went. */
export type RemovedRecords = RetentionReport['removedRecords']

type RecordBounds = Readonly<Record<RecordKind, EpochMicros>>

/** The records that go for their age. @param reader tells which times are spared: those of recordings. */
export async function recordsOfAge(
  policy: RetentionPolicy,
  now: EpochMicros,
  reader: Pick<EventReader, 'aggregate'>,
  signal: AbortSignal,
): Promise<DoomedRecords> {
  const spared = policy.includeRecordings ? [] : await recordedTimes(reader, signal)
  return { bounds: boundsOf((kind) => now - policy.recordMaxAge[kind]), spared }
}

/** The records that go for bytes when all rows before `time` do. Roll-ups stay: they are made to outlive rows. */
export function recordsBefore(time: EpochMicros): DoomedRecords {
  return { bounds: boundsOf((kind) => (kind === 'roll-up' ? EARLIEST : time) - 1), spared: [] }
}

function boundsOf(bound: (kind: RecordKind) => EpochMicros): RecordBounds {
  return Object.fromEntries(RECORD_KINDS.map((kind) => [kind, bound(kind)])) as RecordBounds
}

/** What two removals come to. */
export function sumRemoved(a: RemovedRecords, b: RemovedRecords): RemovedRecords {
  const kinds = RECORD_KINDS.filter((kind) => a[kind] !== undefined || b[kind] !== undefined)
  return Object.fromEntries(kinds.map((kind) => [kind, (a[kind] ?? 0) + (b[kind] ?? 0)]))
}

/** From the first to the last row of each recording. */
async function recordedTimes(
  reader: Pick<EventReader, 'aggregate'>,
  signal: AbortSignal,
): Promise<readonly TimeRange[]> {
  const { groups } = await reader.aggregate(
    {
      from: EARLIEST,
      to: LATEST,
      filter: { op: 'like', field: 'source', pattern: 'recording *' },
      groupBy: ['source'],
      window: null,
      metrics: ['first', 'last'],
      top: null,
      zeroFill: false,
    },
    signal,
  )
  return groups.flatMap(({ points }) => {
    const [from, last] = points[0]?.values ?? []
    return typeof from === 'number' && typeof last === 'number' ? [{ from, to: last + 1 }] : []
  })
}
