import type { EpochMicros } from '../clock.ts'
import type { AlertExample, Labels } from '../event/alert.ts'
import type { ProblemBody } from '../event/problem.ts'
import type { Observation } from '../event/observation.ts'

/** Something that a rule has to know of, when it became known, and since when it is so. */
export type Edge = { readonly at: EpochMicros; readonly happened: EpochMicros } & (
  | MemberEdge
  /** One that silences members with this key, begins or ends. */
  | { readonly kind: 'silencer'; readonly id: string; readonly isOn: boolean; readonly key: string }
  /** Occurrences. */
  | { readonly kind: 'count'; readonly labels: Labels; readonly count: number; readonly isLowerBound: boolean; readonly example: AlertExample }
  /** An event that another one has to follow, or that other one. */
  | { readonly kind: 'expect'; readonly id: string; readonly labels: Labels; readonly example: AlertExample }
  | { readonly kind: 'met'; readonly id: string }
) // prettier-ignore

/** One of the things that make up an alert: it is there from now on, or no longer. */
export interface MemberEdge {
  readonly kind: 'member'
  readonly id: string
  readonly isOn: boolean
  readonly labels: Labels
  readonly example: AlertExample | null
  /** By which it may be silenced. */
  readonly keys: readonly string[]
  /** What kind of trouble it is. */
  readonly class: string
}

/** A problem and how it looks to the query language. */
export interface SeenProblem {
  readonly id: string
  readonly body: ProblemBody
}

/** A problem in the words of a row, so that the query language works on it. */
export type AsRow = (id: string, body: ProblemBody) => Observation

const MOST_NOTE = 300

export function exampleOf(id: string, row: Observation): AlertExample {
  const { kind, namespace, name } = row.regarding
  const object = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
  return { object, reason: row.reason, note: row.note.slice(0, MOST_NOTE), id }
}
