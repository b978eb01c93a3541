import type { EpochMicros } from '../clock.ts'
import type { Notification } from '../event/alert.ts'
import type { Told, Waiting } from '../event/outbox.ts'
import { digest, groupOf, isFiring, type Group, type Message } from './message.ts'

/** When and how changes become messages. */
export interface Policy {
  /** Labels that alerts of one message have in common; null: each alert is a message of its own. */
  readonly groupBy: readonly string[] | null
  /** How long the first change of a group waits for others. */
  readonly wait: EpochMicros
  /** Shortest time between two messages of a group that still fires. */
  readonly interval: EpochMicros
  /** What still fires is told again after this; null: never. */
  readonly repeat: EpochMicros | null
  /** The receiver forgets by itself: what fires is told again though it is muted, and what ended for so long. */
  readonly forgetsAfter: EpochMicros | null
}

/** Why an alert is not told now, and until when at least. */
export interface Mute {
  readonly cause: 'silenced' | 'quiet hours'
  readonly until: EpochMicros
}

export interface Surroundings {
  readonly now: EpochMicros
  readonly muteOf: (notification: Notification) => Mute | null
  /** Whether the receiver wants to hear of it. */
  readonly wants: (notification: Notification) => boolean
  /** Before this time a group is not tried again. */
  readonly heldUntil: (group: string) => EpochMicros
}

/** A message that is due, and what to note once it arrived. */
export interface Due {
  readonly message: Message
  readonly since: EpochMicros
  readonly sequences: readonly number[]
  readonly told: readonly Told[]
}

export interface Plan {
  /** Longest due first. */
  readonly due: readonly Due[]
  readonly dropped: readonly { readonly sequences: readonly number[]; readonly cause: Mute['cause'] | 'not wanted' }[]
  /** Alerts that ended long enough ago. */
  readonly forgotten: readonly string[]
  /** When something is due next; null when only a change brings it. */
  readonly next: EpochMicros | null
}

/** Most changes of one message; what is more comes with the next one. */
const MOST_CHANGES = 200

/** What is to be told now, of what waits and what was told. */
export function plan(
  { waiting, told }: { readonly waiting: readonly Waiting[]; readonly told: readonly Told[] },
  policy: Policy,
  around: Surroundings,
): Plan {
  const due: Due[] = []
  const dropped: Plan['dropped'][number][] = []
  const times: EpochMicros[] = []
  // Whoever was told that it fires hears that it is over, whatever is configured since.
  const heard = new Set(told.map(({ notification }) => notification.fingerprint))
  const isWanted = ({ notification }: Waiting) => heard.has(notification.fingerprint) || around.wants(notification)
  const wanted = waiting.filter(isWanted)
  const unwanted = waiting.filter((row) => !isWanted(row))
  if (unwanted.length > 0) dropped.push({ sequences: unwanted.map(({ sequence }) => sequence), cause: 'not wanted' })
  for (const { group, rows, known } of groupsOf(wanted, told, policy)) {
    const sifted = sift(rows, known, around)
    dropped.push(...sifted.dropped)
    times.push(...sifted.times)
    const open = sifted.open.slice(0, MOST_CHANGES)
    const found = open.length > 0 ? changed(group, open, known, policy, around) : repeated(group, known, policy, around)
    if (found === null) continue
    if ('at' in found) times.push(found.at)
    else due.push(found)
  }
  const forgotten = told
    .filter(({ notification, since }) => !isFiring(notification) && since + (policy.forgetsAfter ?? 0) <= around.now)
    .map(({ notification }) => notification.fingerprint)
  return {
    due: due.sort((a, b) => a.since - b.since),
    dropped,
    forgotten,
    next: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
  }
}

interface GroupState {
  readonly group: Group
  readonly rows: Waiting[]
  readonly known: Map<string, Told>
}

function groupsOf(waiting: readonly Waiting[], told: readonly Told[], { groupBy }: Policy): Iterable<GroupState> {
  const groups = new Map<string, GroupState>()
  const stateOf = (notification: Notification): GroupState => {
    const group: Group =
      groupBy === null
        ? { key: notification.fingerprint, labels: notification.allLabels }
        : groupOf(notification, groupBy)
    const state = groups.get(group.key) ?? { group, rows: [], known: new Map() }
    groups.set(group.key, state)
    return state
  }
  for (const one of told) stateOf(one.notification).known.set(one.notification.fingerprint, one)
  for (const row of waiting) stateOf(row.notification).rows.push(row)
  return groups.values()
}

/** What of a group may be told now, in order; what need never be told; and when what is muted may be told. */
function sift(rows: readonly Waiting[], known: GroupState['known'], { muteOf }: Surroundings) {
  const open: Waiting[] = []
  const dropped: { readonly sequences: readonly number[]; readonly cause: Mute['cause'] }[] = []
  const times: EpochMicros[] = []
  for (const [fingerprint, changes] of Map.groupBy(rows, ({ notification }) => notification.fingerprint)) {
    const last = changes.at(-1)
    const mute = last === undefined ? null : muteOf(last.notification)
    if (last === undefined || mute === null) {
      open.push(...changes)
      continue
    }
    const before = known.get(fingerprint)
    const wasTold = before !== undefined && isFiring(before.notification)
    // Whoever was told that it fires hears that it is over, though somebody silenced it since.
    const end = changes.findIndex(({ notification }) => !isFiring(notification))
    const toTell = wasTold && mute.cause === 'silenced' ? end + 1 : 0
    open.push(...changes.slice(0, toTell))
    const rest = changes.slice(toTell)
    if (rest.length === 0) continue
    if (isFiring(last.notification) || (wasTold && toTell === 0)) times.push(mute.until)
    // It began and ended unheard.
    else dropped.push({ sequences: rest.map(({ sequence }) => sequence), cause: mute.cause })
  }
  return { open: open.sort((a, b) => a.sequence - b.sequence), dropped, times }
}

/** The message of changes, or when it is due. */
function changed(
  group: Group,
  open: readonly Waiting[],
  known: GroupState['known'],
  policy: Policy,
  { now, heldUntil }: Surroundings,
): Due | { readonly at: EpochMicros } {
  const changes = open.map(({ notification }) => notification)
  const after = new Map([...known].map(([fingerprint, { notification }]) => [fingerprint, notification]))
  for (const change of changes) after.set(change.fingerprint, change)
  const firing = [...after.values()].filter(isFiring)
  const oldest = open.reduce((least, { added }) => Math.min(least, added), Infinity)
  // After the clock was set back nobody knows how long it waited: long enough.
  const first = oldest > now ? now : oldest + policy.wait
  const last = lastTold(known, now)
  const isWithin = last !== null && firing.length > 0 && open.length < MOST_CHANGES
  const since = Math.max(isWithin ? Math.max(first, last + policy.interval) : first, heldUntil(group.key))
  if (since > now) return { at: since }
  const newest = new Map(changes.map((change) => [change.fingerprint, change]))
  return {
    message: { id: digest(...changes.map(({ key }) => key)), group, changes, firing, isRepeat: false },
    since,
    sequences: open.map(({ sequence }) => sequence),
    told: [...newest.values()].map((notification) => ({ group: group.key, since: now, at: now, notification })),
  }
}

/** The message that tells again what still fires, or when it is due; null when there is nothing to tell. */
function repeated(
  group: Group,
  known: GroupState['known'],
  { repeat, forgetsAfter }: Policy,
  { now, heldUntil, muteOf }: Surroundings,
): Due | { readonly at: EpochMicros } | null {
  if (repeat === null) return null
  const all = [...known.values()].map(({ notification }) => notification)
  const firing = all.filter(
    (notification) => isFiring(notification) && (forgetsAfter !== null || muteOf(notification) === null),
  )
  const changes = forgetsAfter === null ? firing : all
  if (changes.length === 0) {
    const ends = all.filter(isFiring).map((notification) => muteOf(notification)?.until ?? now)
    return ends.length === 0 ? null : { at: Math.min(...ends) }
  }
  const last = lastTold(known, now)
  const since = Math.max(last === null ? now : last + repeat, heldUntil(group.key))
  if (since > now) return { at: since }
  const told = [...known.values()].map((each) => ({ ...each, at: now }))
  const id = digest('again', String(last), ...changes.map(({ key }) => key))
  return { message: { id, group, changes, firing, isRepeat: true }, since, sequences: [], told }
}

/** Null when it never was, or at a time that has not come: the clock was set back. */
function lastTold(known: GroupState['known'], now: EpochMicros): EpochMicros | null {
  const last = [...known.values()].reduce((latest, { at }) => Math.max(latest, at), 0)
  return known.size === 0 || last > now ? null : last
}
