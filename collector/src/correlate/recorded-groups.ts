import { MINUTE, type EpochMicros } from '../clock.ts'
import type { StoreRecord } from '../event/record.ts'
import { correlationRecord } from './group-record.ts'
import type { Group } from './groups.ts'

/** What only counts on is recorded this often. */
const RECORD_EVERY = MINUTE

/** Groups that have a record: what of them it does not say yet, and which of them it says are open. Of others the rows say all. */
export class RecordedGroups {
  readonly #changed = new Set<Group>()
  /** Those whose record says that they are open, or may have to. */
  readonly #open = new Set<Group>()
  readonly #isOpenNow: (group: Group) => boolean
  readonly #now: (cluster: string) => EpochMicros

  constructor(isOpenNow: (group: Group) => boolean, now: (cluster: string) => EpochMicros) {
    this.#isOpenNow = isOpenNow
    this.#now = now
  }

  /** Something of the group changed. Where nothing goes wrong and nothing is known to lead to anything, nobody has to know. */
  changed(group: Group): void {
    if (!group.hasProblem && group.edges.size === 0 && group.mergedInto === null) return
    this.#changed.add(group)
    this.#open.add(group)
  }

  /** The group is as its record says. */
  restored(group: Group): void {
    this.#open.add(group)
  }

  /** What was remembered is recorded already. */
  clearChanges(): void {
    this.#changed.clear()
  }

  /** The group is forgotten: its record is the last word. */
  forgotten(group: Group): void {
    if (this.#open.delete(group) && group.isOpen) this.#turn(group, false)
  }

  /** At most one a group; where only counts changed, once a minute unless `all` are asked for. */
  take(all: boolean): readonly StoreRecord[] {
    this.#settle()
    const records: StoreRecord[] = []
    for (const group of this.#changed) {
      const now = this.#now(group.cluster)
      if (!all && !group.hasNews && now - group.recorded < RECORD_EVERY) continue
      this.#changed.delete(group)
      group.hasNews = false
      group.recorded = now
      // Times grow across restarts, so the revision does as well, without being asked of the store.
      group.revision = Math.max(group.revision + 1, now)
      records.push(correlationRecord(group))
    }
    return records
  }

  /** Whether each group is open is as of now; those of which that has changed are told. */
  #settle(): void {
    for (const group of this.#open) {
      const isOpen = group.mergedInto === null && this.#isOpenNow(group)
      if (!isOpen) this.#open.delete(group)
      if (isOpen !== group.isOpen && group.mergedInto === null) this.#turn(group, isOpen)
    }
  }

  #turn(group: Group, isOpen: boolean): void {
    group.isOpen = isOpen
    group.hasNews = true
    this.#changed.add(group)
  }
}
