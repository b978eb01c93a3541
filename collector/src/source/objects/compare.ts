import type { EpochMicros } from '../../clock.ts'
import type { ChangeKind, FieldsKnown } from '../../event/change.ts'
import { difference } from './field-names.ts'
import type { KnownNames } from './known-names.ts'
import type { SeenObject, Write } from './read-object.ts'

/** What is remembered of one manager's entry. */
export interface KnownWrite {
  readonly manager: string
  readonly operation: string
  readonly subresource: string
  readonly time: EpochMicros | null
  /** Of the names of its fields, see {@link KnownNames}. */
  readonly digest: string
}

/** What is remembered of an object between two versions of it. */
export interface KnownObject {
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number | null
  readonly deletion: EpochMicros | null
  readonly writes: readonly KnownWrite[] | null
  readonly lastWrite: EpochMicros | null
}

/** Somebody's write that made one version of an object from another. */
export interface Difference {
  readonly what: ChangeKind
  readonly manager: string
  /** What tells it from others of the same object at the same time. */
  readonly by: string
  readonly names: readonly string[]
  readonly fieldsKnown: FieldsKnown
  /** Null: the server does not tell when. */
  readonly time: EpochMicros | null
}

/** Who changed what between two versions of the same object. */
export function differences(
  before: KnownObject,
  after: SeenObject,
  known: KnownNames,
  hasNoStatus: boolean,
): readonly Difference[] {
  // prettier-ignore
  if (before.resourceVersion === after.resourceVersion && after.resourceVersion !== '') return []
  const begins = before.deletion === null && after.deletion !== null ? [deletionOf(after)] : []
  if (before.writes === null || after.writes === null) {
    const isNew = after.generation === null ? hasNoStatus : before.generation !== null && after.generation > before.generation // prettier-ignore
    return isNew && begins.length === 0 ? [unexplained([])] : begins
  }
  const written = after.writes.flatMap((write) => writtenBy(write, before, after, known))
  if (written.length > 0 || begins.length > 0) return [...written, ...begins]
  // Who only removes fields owns none of them, and may have no entry at all.
  const isExplained = (after.lastWrite ?? 0) > (before.lastWrite ?? 0)
  const lost = isExplained ? [] : lostNames(before.writes, after.writes, known)
  return lost.length === 0 ? [] : [unexplained(lost)]
}

/** What one entry tells. */
function writtenBy(
  write: Write,
  before: KnownObject,
  { generation, lastWrite }: Pick<SeenObject, 'generation' | 'lastWrite'>,
  known: KnownNames,
): readonly Difference[] {
  const narrowed = narrow(write.names, before.generation, generation)
  const earlier = before.writes?.find((each) => isSameEntry(each, write))
  const had = earlier === undefined ? [] : known.of(earlier.digest)
  // Replicas are written without a time: where no other write tells why the generation rose, it was this one.
  const isUnexplained =
    write.time === null && (generation ?? 0) > (before.generation ?? 0) && lastWrite === before.lastWrite
  const isLater = earlier === undefined || (write.time ?? 0) > (earlier.time ?? 0) || isUnexplained
  if (earlier !== undefined && had === null) return isLater ? [differenceOf(write, narrowed, 'among')] : []
  const { added, removed } = difference(had ?? [], write.names)
  if (!isLater && added.length === 0) return []
  const names = [...added, ...removed]
  // Who applies owns all of what was applied; who updates owns what that changed.
  const isFirst = earlier === undefined
  if (names.length === 0 || (isFirst && write.operation === 'Apply')) return [differenceOf(write, narrowed, 'among')]
  return [differenceOf(write, names, 'exact')]
}

/** The generation counts what is wanted, not the metadata: it says which of the two was written. */
function narrow(names: readonly string[], before: number | null, after: number | null): readonly string[] {
  if (before === null || after === null) return names
  const narrowed = names.filter((name) => name.startsWith('metadata.') === (after === before))
  return narrowed.length === 0 ? names : narrowed
}

/** What one entry says by itself, when nothing is known of it before. */
export function wroteAmong(write: Write): Difference {
  return differenceOf(write, write.names, 'among')
}

export function deletionOf({ deletion }: Pick<SeenObject, 'deletion'>): Difference {
  return { what: 'deleted', manager: '', by: '', names: [], fieldsKnown: 'unknown', time: deletion }
}

function differenceOf(
  { manager, operation, subresource, time }: Write,
  names: readonly string[],
  fieldsKnown: FieldsKnown,
): Difference {
  // prettier-ignore
  const what = subresource === 'scale' ? 'scaled' : 'changed'
  const isKnown = names.length > 0
  return {
    what,
    manager,
    by: `${operation} ${subresource}`,
    names,
    fieldsKnown: isKnown ? fieldsKnown : 'unknown',
    time,
  }
}

function unexplained(names: readonly string[]): Difference {
  return {
    what: 'changed',
    manager: '',
    by: '',
    names,
    fieldsKnown: names.length === 0 ? 'unknown' : 'exact',
    time: null,
  }
}

/** Names that a manager owned and nobody owns any more. */
function lostNames(before: readonly KnownWrite[], after: readonly Write[], known: KnownNames): readonly string[] {
  const has = new Set(after.flatMap(({ names }) => names))
  return [...new Set(before.flatMap(({ digest }) => known.of(digest) ?? []))].filter((name) => !has.has(name)).sort()
}

function isSameEntry(a: Omit<KnownWrite, 'digest' | 'time'>, b: Omit<KnownWrite, 'digest' | 'time'>): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource
}
