import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { DAY, HOUR, SECOND, type EpochMicros } from '../../clock.ts'
import { MOST_FIELDS, type Change } from '../../event/change.ts'
import type { OwnerReference } from '../../event/object-fact.ts'
import { keyOf } from '../../event/object-reference.ts'
import type { ChangeBudget } from './change-budget.ts'
import { deletionOf, differences, wroteAmong, type Difference, type KnownObject } from './compare.ts'
import type { WatchedKind } from '../../event/watched-kind.ts'
import type { KnownNames } from './known-names.ts'
import type { SeenObject, Write } from './read-object.ts'
import { isKeptUp, routineBecause } from './routine.ts'

/** Objects of one kind that are remembered; of further ones no change is told. */
const MOST_OBJECTS = 300_000

/** What was written before somebody watched is told when it is not older than this. */
const BEFORE_WATCHED = HOUR

/** Newest changes told of what was written before. */
const MOST_BEFORE = 200

/** What a write at the creation may be behind it: the server tells whole seconds. */
const SAME_WRITE = 1 * SECOND

/** How changes ended that were no news. */
export type Passed = 'routine' | 'too many'

/** What came of one object, or of the end of a list. */
export interface Tracked {
  readonly changes: readonly Change[]
  /** Those that are no more, of which the list just read had none. */
  readonly gone: readonly { readonly namespace: string; readonly name: string; readonly uid: string }[]
}

export interface TrackOptions {
  readonly cluster: string
  readonly kind: WatchedKind
  readonly apiVersion: string
  /** Shared by all kinds of a cluster. */
  readonly known: KnownNames
  readonly budget: ChangeBudget
  readonly onPassed: (how: Passed) => void
  readonly mostObjects?: number
}

interface Remembered extends KnownObject {
  readonly namespace: string
  readonly name: string
  /** The controller that manages it; null where its kind comes and goes, so that nobody is told of its end. */
  readonly controller: OwnerReference | null
  readonly isLock: boolean
  /** Of labels, owners and place: whether they are as they were. */
  readonly belongs: number
  /** The last list, or the watch after it, that had it. */
  readonly list: number
}

/**
 * Follows the objects of one kind and tells who changed them. What it is told of first is where it begins: nothing of that is a
 * change but what was written within the hour before, which the server itself says. So a start, a relist and a restart tell nothing
 * twice and nothing that was not: a change has the same id whenever it is told.
 */
export class ObjectTracker {
  readonly #options: TrackOptions
  readonly #objects = new Map<string, Remembered>()
  #list = 0
  /** Changes found while the first list is read: only the newest are told. */
  #before: Change[] | null = null

  constructor(options: TrackOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#objects.size
  }

  /** Whether it is not known, or belongs elsewhere than it did. */
  isNews(object: SeenObject): boolean {
    const before = this.#objects.get(keyOf([object.namespace, object.name]))
    return before === undefined || before.uid !== object.uid || before.belongs !== belongs(object)
  }

  beginList(): void {
    this.#list += 1
    if (this.#objects.size === 0) this.#before = []
  }

  /** A version of an object. */
  see(object: SeenObject, now: EpochMicros): readonly Change[] {
    const key = keyOf([object.namespace, object.name])
    const before = this.#objects.get(key)
    if (before !== undefined || this.#objects.size < (this.#options.mostObjects ?? MOST_OBJECTS)) {
      this.#objects.set(key, this.#remember(object))
    }
    const isSame = before !== undefined && before.uid === object.uid
    const found = isSame
      ? differences(before, object, this.#options.known, this.#options.kind.hasNoStatus)
      : this.#beginning(object, now)
    const changes = found.flatMap((each) => this.#changeOf(object, each, now))
    if (this.#before === null) return this.#within(changes, now)
    this.#before.push(...changes)
    return []
  }

  /** The server says that it is gone. */
  delete(object: SeenObject, now: EpochMicros): readonly Change[] {
    const key = keyOf([object.namespace, object.name])
    const before = this.#objects.get(key)
    if (before !== undefined && before.uid !== object.uid) return []
    this.#objects.delete(key)
    // Told already when somebody asked for it.
    if (before !== undefined && before.deletion !== null) return []
    return this.#within(this.#changeOf(object, deletionOf(object), now), now)
  }

  /** The list is read to its end: what it did not have is gone. When, nobody tells. */
  endList(now: EpochMicros): Tracked {
    const { apiVersion, kind } = this.#options
    const gone = [...this.#objects].filter(([, { list }]) => list !== this.#list)
    const deleted = gone.flatMap(([key, { uid, namespace, name, deletion, controller, isLock }]) => {
      this.#objects.delete(key)
      const owners = controller === null ? [] : [controller]
      const object = { kind: kind.kind, apiVersion, uid, namespace, name, deletion: null, owners, isLock }
      return deletion === null ? this.#changeOf(object, deletionOf(object), now) : []
    })
    const newest = (this.#before ?? []).sort((a, b) => b.at - a.at).slice(0, MOST_BEFORE)
    const more = (this.#before?.length ?? 0) - newest.length
    for (let each = 0; each < more; each += 1) this.#options.onPassed('too many')
    this.#before = null
    return { changes: this.#within([...newest.reverse(), ...deleted], now), gone: gone.map(([, each]) => each) }
  }

  #remember(object: SeenObject): Remembered {
    const { uid, resourceVersion, generation, deletion, writes, lastWrite, namespace, name, owners, isLock } = object
    const { known, kind } = this.#options
    const kept = writes?.map(({ names, ...write }) => ({ ...write, digest: known.keep(names) })) ?? null
    return {
      uid,
      resourceVersion,
      generation,
      deletion,
      writes: kept?.length === 0 ? NO_WRITES : kept,
      lastWrite,
      namespace,
      name,
      controller: kind.comesAndGoes ? null : (owners.find((owner) => owner.controller) ?? null),
      isLock,
      belongs: belongs(object),
      list: this.#list,
    }
  }

  /** Of an object not known before: its creation, and what was written since, as far as that is not long ago. */
  #beginning(object: SeenObject, now: EpochMicros): readonly Difference[] {
    const since = now - BEFORE_WATCHED
    const { created, writes } = object
    // Who made it wrote first; where that is nobody told of here, it was a part of the cluster itself.
    const creator = created === null ? null : firstWrite(object, created + SAME_WRITE)
    const others = (writes ?? []).filter((write) => write !== creator && write.time !== null && write.time >= since)
    const later = others.map((write) => wroteAmong(write))
    const ends = object.deletion !== null && object.deletion >= since ? [deletionOf(object)] : []
    const isMade = created !== null && created >= since && (writes === null || creator !== null)
    if (!isMade) return [...later, ...ends]
    const creation = { what: 'created', manager: creator?.manager ?? '', by: '', names: [], fieldsKnown: 'unknown', time: created } as const // prettier-ignore
    return [creation, ...later, ...ends]
  }

  #changeOf(
    object: Pick<SeenObject, 'kind' | 'apiVersion' | 'namespace' | 'name' | 'uid' | 'owners' | 'isLock'>,
    found: Difference,
    now: EpochMicros,
  ): readonly Change[] {
    // prettier-ignore
    const { cluster, kind: { comesAndGoes }, onPassed } = this.#options // prettier-ignore
    const { kind, namespace, name, uid, apiVersion, owners, isLock } = object
    const { what, manager, by } = found
    const told = found.names.filter((field) => !isKeptUp(field))
    const names = told.length === 0 ? found.names : told
    const controller = owners.find((each) => each.controller)
    // A clock that is far off tells nothing.
    const time = found.time !== null && Math.abs(now - found.time) < DAY ? found.time : null
    const body = {
      cluster,
      source: 'live',
      object: { kind, namespace, name, uid, apiVersion },
      owner: { kind: controller?.kind ?? '', name: controller?.name ?? '' },
      what,
      manager,
      fields: names.slice(0, MOST_FIELDS),
      moreFields: Math.max(0, names.length - MOST_FIELDS),
      fieldsKnown: found.fieldsKnown,
      timeFrom: time === null ? 'arrival' : 'server',
      received: now,
    } as const
    if (routineBecause(body, { comesAndGoes, isLock }) !== null) {
      onPassed('routine')
      return []
    }
    // An object is made and goes once; all else is told apart by who wrote it, how, and when.
    const once = what === 'created' || what === 'deleted' ? '' : `${manager} ${by} ${String(time ?? now)}`
    const id = `c-${hash('sha256', keyOf([cluster, kind, namespace, name, uid, what, once]), 'base64url').slice(0, 16)}`
    return [{ id, at: time ?? now, body }]
  }

  #within(changes: readonly Change[], now: EpochMicros): readonly Change[] {
    return changes.filter(({ body: { object, manager, what } }) => {
      const alike = keyOf([object.kind, object.namespace, manager, what])
      const hasRoom = this.#options.budget.take(
        keyOf([object.kind, object.namespace, object.name, manager, what]),
        alike,
        now,
      )
      if (!hasRoom) this.#options.onPassed('too many')
      return hasRoom
    })
  }
}

/** The first of the writes up to a time; null for none. */
function firstWrite({ writes }: SeenObject, until: EpochMicros): Write | null {
  const early = (writes ?? []).filter(({ time }) => time !== null && time <= until)
  return early.reduce<Write | null>(
    (first, each) => ((first?.time ?? Infinity) <= (each.time ?? 0) ? first : each),
    null,
  )
}

/** A number of what an object belongs to: another for another, in all but one of four thousand million cases. */
function belongs({ labels, owners, place }: SeenObject): number {
  return crc32(JSON.stringify([labels, owners, place]))
}

const NO_WRITES = Object.freeze([])
