import { createHash } from 'node:crypto'
import type { EpochMicros } from '../clock.ts'
import type { RecordOf } from '../event/record.ts'

/** The record that says where data is or may be incomplete (frame §6.6). The same gap told twice is one record. */
export function gapRecord(
  cluster: string,
  gap: { readonly stream: string; readonly from: EpochMicros; readonly to: EpochMicros; readonly cause: string },
): RecordOf<'gap'> {
  const key = JSON.stringify([cluster, gap.stream, gap.from, gap.to, gap.cause])
  return {
    kind: 'gap',
    id: `g-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`,
    revision: 1,
    from: gap.from,
    to: gap.to,
    body: { cluster, stream: gap.stream, cause: gap.cause },
  }
}
