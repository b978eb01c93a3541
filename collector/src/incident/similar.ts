import type { EpochMicros } from '../clock.ts'
import { keyOf } from '../event/object-reference.ts'
import type { Incident } from './model.ts'
import { countFirst } from './sorted.ts'

/** An incident of before that was like one. */
export interface Similar {
  readonly incident: Incident
  /** 0 to 1: how much of cause, thing, workloads and troubles is the same. */
  readonly score: number
  /** From the beginning of the earlier one to that of this one, µs. */
  readonly before: EpochMicros
}

/** Less alike than this is another story. What has another kind of cause never comes so far. */
const LEAST = 0.6

const MOST_SIMILAR = 5

/** Earlier ones looked at for each thing and workload, the newest; and workloads of one incident that are asked for. */
const MOST_LOOKED_AT = 50
const MOST_WORKLOADS = 20

/** What incidents are compared by. */
interface Traits {
  readonly incident: Incident
  /** Of its first cause; null where none is known. */
  readonly cause: string | null
  readonly thing: string
  /** `namespace/workload` of all that suffer. */
  readonly workloads: ReadonlySet<string>
  readonly classes: ReadonlySet<string>
}

/** Incidents by what later ones may share with them: there may be thousands, and each of a list is compared. */
export class PastIncidents {
  readonly #traits: ReadonlyMap<string, Traits>
  /** In the order of their beginning. */
  readonly #byKey = new Map<string, Traits[]>()

  constructor(all: readonly Incident[]) {
    const traits = all.map(traitsOf).sort((a, b) => a.incident.opened - b.incident.opened)
    this.#traits = new Map(traits.map((each) => [each.incident.id, each]))
    for (const each of traits) {
      for (const key of keysOf(each)) {
        const known = this.#byKey.get(key)
        if (known === undefined) this.#byKey.set(key, [each])
        else known.push(each)
      }
    }
  }

  /** Those that began before this one and were like it, the newest first. */
  similarTo(incident: Incident): readonly Similar[] {
    const own = this.#traits.get(incident.id) ?? traitsOf(incident)
    const near = keysOf(own).flatMap((key) => newestBefore(this.#byKey.get(key) ?? [], incident.opened))
    return [...new Set(near)]
      .map((each) => ({
        incident: each.incident,
        score: likeness(own, each),
        before: incident.opened - each.incident.opened,
      })) // prettier-ignore
      .filter(({ score }) => score >= LEAST)
      .sort((a, b) => a.before - b.before)
      .slice(0, MOST_SIMILAR)
  }
}

function newestBefore(sorted: readonly Traits[], opened: EpochMicros): readonly Traits[] {
  const end = countFirst(sorted, ({ incident }) => incident.opened < opened)
  return sorted.slice(Math.max(0, end - MOST_LOOKED_AT), end)
}

function traitsOf(incident: Incident): Traits {
  const [first] = incident.causes
  const bodies = incident.problems.map(({ body }) => body)
  const workloadOf = ({ object, workload }: (typeof bodies)[number]) =>
    `${object.namespace}/${workload.name === '' ? object.name : workload.name}`
  return {
    incident,
    cause: first?.class ?? null,
    thing: first === undefined ? '' : nameOf(first),
    workloads: new Set(bodies.map(workloadOf)),
    classes: new Set(bodies.map((body) => body.class)),
  }
}

/** Two that share none of these are too little alike. */
function keysOf({ incident: { cluster }, cause, thing, workloads }: Traits): readonly string[] {
  if (cause === null) return []
  const named = [...workloads].slice(0, MOST_WORKLOADS).map((each) => keyOf([cluster, cause, 'workload', each]))
  return [keyOf([cluster, cause, 'thing', thing]), ...named]
}

/** The cause counts for half: what is wrong and with which thing; then who suffers, and from what. */
function likeness(a: Traits, b: Traits): number {
  const isSameClass = a.cause !== null && a.cause === b.cause
  const isSameThing = isSameClass && a.thing === b.thing
  const alike = 0.3 * overlap(a.workloads, b.workloads) + 0.2 * overlap(a.classes, b.classes)
  return 0.25 * Number(isSameClass) + 0.25 * Number(isSameThing) + alike
}

/** Whose it is counts too: every workload has a container and a probe of the same name. */
function nameOf({ object, thing }: Incident['causes'][number]): string {
  return keyOf([object.kind, object.namespace, object.name, thing?.kind ?? '', thing?.name ?? ''])
}

/** How much of both is in both, 0 to 1 (Jaccard). */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = a.intersection(b).size
  return both === 0 ? 0 : both / a.union(b).size
}
