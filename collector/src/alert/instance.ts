import { HOUR, type EpochMicros } from '../clock.ts'
import type { AlertChange } from '../event/alert.ts'
import type { AlertRule } from './rule.ts'

/** How long a rule waits before an alert changes. */
export type Patience = Pick<AlertRule, 'for' | 'keepFiring' | 'flapping'>

/** One alert of a rule, alive or not. JSON, changed in place by the functions below and nothing else. */
export interface Instance {
  state: 'inactive' | 'pending' | 'firing' | 'flapping'
  /** How far it has been judged. */
  clock: EpochMicros
  /** Since when the condition holds; null while it does not. */
  holdsSince: EpochMicros | null
  /** Since when it does not hold any more, of what still fires. */
  clearSince: EpochMicros | null
  /** Of what fires: since when its condition held, and when it began to fire. */
  since: EpochMicros
  startsAt: EpochMicros
  /** When it ended last: an alert begins no earlier. */
  endedAt: EpochMicros
  /** When it began to fire lately, oldest first. */
  fires: EpochMicros[]
}

/** What changed, and when. */
export type Step = Pick<AlertChange, 'state' | 'at' | 'due' | 'startsAt' | 'since'>

export function newInstance(): Instance {
  return {
    state: 'inactive',
    clock: 0,
    holdsSince: null,
    clearSince: null,
    since: 0,
    startsAt: 0,
    endedAt: 0,
    fires: [],
  }
}

export function isFiring({ state }: Instance): boolean {
  return state === 'firing' || state === 'flapping'
}

/** What is over is remembered for so long at least: what comes late begins no earlier than it ended. */
const REMEMBERED = HOUR

/** Whether it may be forgotten: it ended too long ago to make it flap. */
export function isIdle({ state, endedAt, clock }: Instance, { flapping }: Patience): boolean {
  return state === 'inactive' && clock - endedAt > Math.max(REMEMBERED, flapping?.within ?? 0)
}

/** When time alone changes it next; null when it does not. */
export function nextDue(instance: Instance, patience: Patience): EpochMicros | null {
  if (instance.state === 'pending') return (instance.holdsSince ?? 0) + patience.for
  if (instance.clearSince === null) return null
  const calm = instance.state === 'flapping' ? (patience.flapping?.calm ?? 0) : 0
  return instance.clearSince + Math.max(patience.keepFiring, calm)
}

/** Lets time pass: what has waited long enough fires, or is over. */
export function advance(instance: Instance, to: EpochMicros, patience: Patience, emit: (step: Step) => void): void {
  const due = nextDue(instance, patience)
  if (due !== null && due <= to) {
    // What came late may have been due earlier; nothing changes before it was judged last.
    const at = Math.max(due, instance.clock)
    if (instance.state === 'pending') fire(instance, at, due, patience, emit)
    else resolve(instance, at, due, emit)
  }
  instance.clock = Math.max(instance.clock, to)
}

/**
 * The condition holds from now on, or no longer does.
 *
 * @param at when that is known, no earlier than the last call.
 * @param happened since when it is so.
 */
export function turn(
  instance: Instance,
  holds: boolean,
  { at, happened }: { readonly at: EpochMicros; readonly happened: EpochMicros },
  patience: Patience,
  emit: (step: Step) => void,
): void {
  advance(instance, at, patience, emit)
  if (holds === (instance.holdsSince !== null)) return
  if (!holds) {
    instance.holdsSince = null
    if (instance.state === 'pending') instance.state = 'inactive'
    else instance.clearSince = Math.min(at, Math.max(happened, instance.startsAt))
  } else {
    instance.holdsSince = Math.min(at, Math.max(happened, instance.endedAt))
    if (instance.state === 'inactive') instance.state = 'pending'
    else instance.clearSince = null
  }
  advance(instance, at, patience, emit)
}

function fire(
  instance: Instance,
  at: EpochMicros,
  due: EpochMicros,
  { flapping }: Patience,
  emit: (step: Step) => void,
): void {
  const recent = flapping === null ? [] : instance.fires.filter((each) => each > at - flapping.within)
  instance.fires = flapping === null ? [] : [...recent, at]
  instance.state = flapping !== null && instance.fires.length >= flapping.fires ? 'flapping' : 'firing'
  instance.startsAt = at
  instance.since = instance.holdsSince ?? at
  instance.clearSince = null
  emit({ state: instance.state, at, due, startsAt: at, since: instance.since })
}

function resolve(instance: Instance, at: EpochMicros, due: EpochMicros, emit: (step: Step) => void): void {
  const { startsAt, since } = instance
  instance.state = 'inactive'
  instance.clearSince = null
  instance.endedAt = at
  emit({ state: 'resolved', at, due, startsAt, since })
}
