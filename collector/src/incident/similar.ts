import type { EpochMicros } from '../clock.ts'
import type { Incident } from './model.ts'

/** An incident of before that was like one. */
export interface Similar {
  readonly incident: Incident
  /** 0 to 1: how much of cause, thing, workloads and troubles is the same. */
  readonly score: number
  /** From the beginning of the earlier one to that of this one, µs. */
  readonly before: EpochMicros
}

/** Less alike than this is another story. */
const LEAST = 0.6

const MOST_SIMILAR = 5

/** Incidents that began before this one and were like it, the newest first. */
export function similarTo(incident: Incident, all: readonly Incident[]): readonly Similar[] {
  return all
    .filter(({ id, cluster, opened }) => id !== incident.id && cluster === incident.cluster && opened < incident.opened)
    .map((each) => ({ incident: each, score: likeness(incident, each), before: incident.opened - each.opened }))
    .filter(({ score }) => score >= LEAST)
    .sort((a, b) => a.before - b.before)
    .slice(0, MOST_SIMILAR)
}

/** The cause counts for half: what is wrong and with which thing; then who suffers, and from what. */
function likeness(a: Incident, b: Incident): number {
  const [causeOfA, causeOfB] = [a.causes[0], b.causes[0]]
  const isSameClass = causeOfA !== undefined && causeOfA.class === causeOfB?.class
  const isSameThing = isSameClass && nameOf(causeOfA) === nameOf(causeOfB)
  const workloads = overlap(workloadsOf(a), workloadsOf(b))
  const classes = overlap(classesOf(a), classesOf(b))
  return 0.25 * Number(isSameClass) + 0.25 * Number(isSameThing) + 0.3 * workloads + 0.2 * classes
}

function nameOf({ object, thing }: Incident['causes'][number]): string {
  return thing === null ? `${object.kind} ${object.namespace} ${object.name}` : `${thing.kind} ${thing.name}`
}

/** `namespace/workload` of all that suffer. */
export function workloadsOf({ problems }: Incident): ReadonlySet<string> {
  return new Set(
    problems.map(
      ({ body }) => `${body.object.namespace}/${body.workload.name === '' ? body.object.name : body.workload.name}`,
    ),
  )
}

function classesOf({ problems }: Incident): ReadonlySet<string> {
  return new Set(problems.map(({ body }) => body.class))
}

/** How much of both is in both, 0 to 1 (Jaccard). */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = a.intersection(b).size
  return both === 0 ? 0 : both / a.union(b).size
}
