import type { Confidence } from './blame/blame.ts'
import type { NotePattern } from './note-pattern.ts'

/**
 * What two problems have to share for one to lead to the other:
 *
 * - `object`: the same object
 * - `workload`: the same top controller
 * - `node`: the node itself, or pods that run on it
 * - `claim`: a claim, and a pod that mounts it as far as names tell
 * - `named`: the effect needs a Secret or ConfigMap of the cause's name, in the same namespace
 * - `mentioned`: the effect's note mentions the cause's object by name
 * - `maker`: the cause's object was made for the effect's, and so bears its name and more
 * - `service`: the effect's note calls a Service that bears the name of the cause's workload
 * - `preemptor`: the effect's note names the pod that took its place, by uid
 * - `namespace`: no more than the namespace
 * - `caller`: no more than the namespace, and only where one other workload alone could be the cause
 * - `cluster`: no more than the cluster, and only where one object or workload alone could be the cause
 */
export const LEAD_LINKS = [
  'object',
  'workload',
  'node',
  'claim',
  'named',
  'mentioned',
  'maker',
  'service',
  'preemptor',
  'namespace',
  'caller',
  'cluster',
] as const
export type LeadLink = (typeof LEAD_LINKS)[number]

/** Which problems stand at one end. All parts present must fit. */
export interface LeadEnd {
  /** What is wrong, or what the problem blames. */
  readonly problems: readonly string[]
  readonly kind?: string
  readonly note?: NotePattern
  /** Of the object. */
  readonly name?: (name: string) => boolean
  /** What `name` asks for, as people read it. */
  readonly named?: string
  /** Of the workload, or of the object where nothing owns it. */
  readonly workload?: (name: string) => boolean
  readonly namespace?: (name: string) => boolean
}

/** A known way in which one problem leads to another. */
export interface LeadRule {
  /** Shown to people as the rule of an edge. */
  readonly name: string
  readonly from: LeadEnd
  readonly to: LeadEnd
  readonly link: LeadLink
  /**
   * The effect begins at least `after` seconds behind the beginning of the cause, and at most `within` behind its end.
   * Negative: some effects are reported first, and kubelets write whole seconds.
   */
  readonly after: number
  readonly within: number
  /** Where given, the effect begins at most so many seconds behind the beginning of the cause. */
  readonly onset?: number
  readonly trust: Confidence
  /** Whether it makes one incident of both. */
  readonly unites: boolean
  readonly words: string
  /** A user's rule: what links more than is likely to be one outage is set aside. */
  readonly isOwn?: boolean
}
