import type { RecordKind } from '../event/record.ts'
import { hasItsShape } from './record-shapes.ts'
import type { EventStore } from './store.ts'

/**
 * The same store (one made of functions, not of a class), whose records are what this version writes: readers need not doubt
 * them. What another version has written otherwise is left out, and told once for each kind.
 */
export function withCheckedRecords(
  store: EventStore,
  onLeftOut: (kind: RecordKind, records: number) => void,
): EventStore {
  const told = new Set<RecordKind>()
  return {
    ...store,
    async records(kind, range, signal) {
      const found = await store.records(kind, range, signal)
      const fitting = found.filter(hasItsShape)
      if (fitting.length < found.length && !told.has(kind)) {
        told.add(kind)
        onLeftOut(kind, found.length - fitting.length)
      }
      return fitting
    },
  }
}
