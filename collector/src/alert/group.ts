import type { EpochMicros } from '../clock.ts'
import type { AlertExample, Labels } from '../event/alert.ts'
import { newInstance, type Instance } from './instance.ts'

/** A member of a group while it is there. */
export interface Member {
  readonly since: EpochMicros
  readonly keys: readonly string[]
  readonly example: AlertExample | null
}

/** Occurrences in a part of a window. */
export interface Bucket {
  readonly at: EpochMicros
  count: number
  isLowerBound: boolean
}

/** What has the same labels: its alert, and what makes it. */
export interface Group {
  readonly labels: Labels
  readonly instance: Instance
  readonly members: Map<string, Member>
  /** Oldest first. */
  buckets: Bucket[]
  example: AlertExample | null
}

/** A group as it is kept. */
export interface SavedGroup extends Omit<Group, 'members'> {
  readonly members: readonly (readonly [id: string, member: Member])[]
}

export function newGroup(labels: Labels): Group {
  return { labels, instance: newInstance(), members: new Map(), buckets: [], example: null }
}

export function saveGroup({ members, ...rest }: Group): SavedGroup {
  return { ...rest, members: [...members] }
}

export function restoreGroup({ members, ...rest }: SavedGroup): Group {
  return { ...rest, members: new Map(members) }
}

/** Parts of a window that are told apart. */
const BUCKETS = 60

/** Counts in the window of [at − over, at]; a window is exact to a sixtieth. */
export function addToWindow(
  group: Group,
  over: EpochMicros,
  {
    happened,
    count,
    isLowerBound,
  }: { readonly happened: EpochMicros; readonly count: number; readonly isLowerBound: boolean },
): void {
  const width = Math.max(1, Math.ceil(over / BUCKETS))
  const at = Math.ceil(happened / width) * width
  const place = group.buckets.findLastIndex((bucket) => bucket.at <= at)
  const known = group.buckets[place]
  if (known?.at === at) {
    known.count += count
    known.isLowerBound ||= isLowerBound
  } else group.buckets.splice(place + 1, 0, { at, count, isLowerBound })
}

export function sumOf({ buckets }: Group): { readonly count: number; readonly isLowerBound: boolean } {
  return {
    count: buckets.reduce((sum, { count }) => sum + count, 0),
    isLowerBound: buckets.some(({ isLowerBound }) => isLowerBound),
  }
}
