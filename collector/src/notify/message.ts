import { createHash } from 'node:crypto'
import type { Labels, Notification } from '../event/alert.ts'

/** The labels that alerts of a group have in common, and the text that tells groups apart. */
export interface Group {
  readonly key: string
  readonly labels: Labels
}

/** What one receiver is told at once: changes of one group. */
export interface Message {
  /** The same whenever the same is told again because nobody knows whether it arrived. */
  readonly id: string
  readonly group: Group
  /** In the order in which they happened. What fires still, where it is only told again. */
  readonly changes: readonly Notification[]
  /** What fires in the group once these changes are known. */
  readonly firing: readonly Notification[]
  /** Nothing changed since the receiver was told: it still fires. */
  readonly isRepeat: boolean
}

/** By labels that alerts have; those that an alert lacks are left out. */
export function groupOf({ allLabels, cluster }: Notification, by: readonly string[]): Group {
  const labels: Labels = Object.fromEntries(
    by.flatMap((name) => {
      const value = allLabels[name] ?? (name === 'cluster' ? cluster : '')
      return value === '' ? [] : [[name, value]]
    }),
  )
  return { key: JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))), labels }
}

export function isFiring({ state }: Notification): boolean {
  return state !== 'resolved'
}

/** A short name that stands for a text of any length. */
export function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}
