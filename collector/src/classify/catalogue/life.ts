import type { Clearing } from '../../event/trouble.ts'
import type { ReasonEntry } from './reason-entry.ts'

/** How a trouble lasts and ends: what entries of one reporter share. */
export type ExpectedLife = Pick<ReasonEntry, 'end' | 'clearedBy' | 'repeatsMinutes' | 'holdsMinutes'>

const DAY = 24 * 60

/** It has happened and is over. */
export const HAPPENED: ExpectedLife = { end: 'unknown', repeatsMinutes: 5, holdsMinutes: 5 }

/** A kubelet tries again within seconds, and once it has told 25 times it tells once in 5 min. */
const KUBELET = { repeatsMinutes: 6, holdsMinutes: 15 }

/** Controllers and operators try again ever less often, at the latest after 16 min 40 s. */
const RETRIES = { repeatsMinutes: 17, holdsMinutes: 35 }

/** Said when it begins, and perhaps when it ends. */
const ONCE = { repeatsMinutes: DAY, holdsMinutes: DAY }

/** A kubelet or the like tells of it as long as it lasts. */
export const TOLD_AGAIN: ExpectedLife = { end: 'unknown', ...KUBELET }

/** Like {@link TOLD_AGAIN}, and the object's own state shows the end. */
export const UNTIL_SEEN_WELL: ExpectedLife = { end: 'facts', ...KUBELET }

/** A controller tells of it each time that it tries again. */
export const RETRIED: ExpectedLife = { end: 'unknown', ...RETRIES }

/** Like {@link RETRIED}, and the object's own state shows the end. */
export const RETRIED_UNTIL_SEEN_WELL: ExpectedLife = { end: 'facts', ...RETRIES }

/** Said once, and nothing tells the end. */
export const SAID_ONCE: ExpectedLife = { end: 'unknown', ...ONCE }

/** Like {@link SAID_ONCE}, and the object's own state shows the end. */
export const SAID_ONCE_UNTIL_SEEN_WELL: ExpectedLife = { end: 'facts', ...ONCE }

/** A controller tries again until one of these is said of the same object. */
export function until(...reasons: readonly string[]): ExpectedLife {
  return { end: 'told', clearedBy: [ofObject(...reasons)], ...RETRIES }
}

/** Said once, until one of these is said of the same object. */
export function saidOnceUntil(...reasons: readonly string[]): ExpectedLife {
  return { end: 'told', clearedBy: [ofObject(...reasons)], ...ONCE }
}

/** A kubelet tries again until one of these tells of it. */
export function kubeletUntil(...clearedBy: readonly Clearing[]): ExpectedLife {
  return { end: 'told', clearedBy, ...KUBELET }
}

export function ofObject(...reasons: readonly string[]): Clearing {
  return { by: 'object', reasons }
}

export function ofWorkload(...reasons: readonly string[]): Clearing {
  return { by: 'workload', reasons }
}

export function ofSuccessor(...reasons: readonly string[]): Clearing {
  return { by: 'successor', reasons }
}

export function ofNode(...reasons: readonly string[]): Clearing {
  return { by: 'node', reasons }
}

/** The node is back, or is no more. */
export const NODE_BACK_OR_GONE = ['NodeReady', 'RemovingNode', 'DeletingNode'] as const

/** The machine of a node will be taken away within minutes. */
export const MACHINE_GOES: ExpectedLife = {
  end: 'told',
  clearedBy: [ofObject('RemovingNode', 'DeletingNode')],
  repeatsMinutes: 15,
  holdsMinutes: 15,
}
