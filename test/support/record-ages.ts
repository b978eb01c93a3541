import type { EpochMicros } from '../../collector/src/clock.ts'
import { RECORD_KINDS } from '../../collector/src/event/record.ts'
import type { RetentionPolicy } from '../../collector/src/store/store.ts'

/** One age for records of all kinds. */
export function recordAges(maxAge: EpochMicros): RetentionPolicy['recordMaxAge'] {
  return Object.fromEntries(RECORD_KINDS.map((kind) => [kind, maxAge])) as RetentionPolicy['recordMaxAge']
}
