import type { EpochMicros } from '../clock.ts'
import { keyOf } from '../event/object-reference.ts'
import type { Incident } from './model.ts'
import { countFirst } from './sorted.ts'

/** What two incidents may have in common. */
export type Shared = 'cause' | 'thing' | 'workloads' | 'troubles' | 'notes' | 'nodes'

/** An incident of before that was like one. */
export interface Similar {
  readonly incident: Incident
  /** 0 to 1: how much of cause, thing, workloads, troubles, notes and nodes is the same. */
  readonly score: number
  /** What the same is, all or some of it. */
  readonly shared: readonly Shared[]
  /** From the beginning of the earlier one to that of this one, µs. */
  readonly before: EpochMicros
}

/** Less alike than this is another story. What has another kind of cause never comes so far. */
const LEAST = 0.6

/** What each thing in common counts for. The cause is half: what is wrong, and with which thing. */
const WEIGHTS: Readonly<Record<Shared, number>> = {
  cause: 0.25,
  thing: 0.25,
  workloads: 0.25,
  troubles: 0.15,
  notes: 0.05,
  nodes: 0.05,
}

/** Where no cause is known, who suffers and from what is all there is. */
const WEIGHTS_WITHOUT_CAUSE: typeof WEIGHTS = {
  cause: 0,
  thing: 0,
  workloads: 0.45,
  troubles: 0.35,
  notes: 0.15,
  nodes: 0.05,
}

/** Told of one incident, unless more are asked for. */
const SIMILAR_TOLD = 5

/** Earlier ones looked at for each thing and workload, the newest; and workloads of one incident that are asked for. */
const MOST_LOOKED_AT = 50
const MOST_WORKLOADS = 20

/** Words of a note that are compared. */
const MOST_WORDS = 30

/** What incidents are compared by. */
interface Traits {
  readonly incident: Incident
  /** Of its first cause; null where none is known. */
  readonly cause: string | null
  /** With the cause: the same thing may fail in several ways. */
  readonly thing: string
  /** `namespace/workload` of all that suffer. */
  readonly workloads: ReadonlySet<string>
  readonly troubles: ReadonlySet<string>
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
  similarTo(incident: Incident, most = SIMILAR_TOLD): readonly Similar[] {
    const own = this.#traits.get(incident.id) ?? traitsOf(incident)
    const near = keysOf(own).flatMap((key) => newestBefore(this.#byKey.get(key) ?? [], incident.opened))
    return [...new Set(near)]
      .map((each) => compare(own, each))
      .filter(({ score }) => score >= LEAST)
      .sort((a, b) => a.before - b.before)
      .slice(0, most)
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
    troubles: new Set(bodies.map((body) => body.class)),
  }
}

/** Two that share none of these are too little alike. */
function keysOf({ incident: { cluster }, cause, thing, workloads }: Traits): readonly string[] {
  const ofCause = [cluster, cause ?? '']
  const named = [...workloads].slice(0, MOST_WORKLOADS).map((each) => keyOf([...ofCause, 'workload', each]))
  return cause === null ? named : [keyOf([cluster, 'thing', thing]), ...named]
}

function compare(own: Traits, other: Traits): Similar {
  const sets: Readonly<Record<Shared, readonly [ReadonlySet<string>, ReadonlySet<string>]>> = {
    cause: [setOf(own.cause), setOf(other.cause)],
    thing: [setOf(own.thing), setOf(other.thing)],
    workloads: [own.workloads, other.workloads],
    troubles: [own.troubles, other.troubles],
    notes: [wordsOf(own.incident), wordsOf(other.incident)],
    nodes: [nodesOf(own.incident), nodesOf(other.incident)],
  }
  const isUnknown = own.cause === null && other.cause === null
  const weights = Object.entries(isUnknown ? WEIGHTS_WITHOUT_CAUSE : WEIGHTS) as [Shared, number][]
  return {
    incident: other.incident,
    score: weights.reduce((sum, [what, weight]) => sum + weight * overlap(...sets[what]), 0),
    shared: weights.map(([what]) => what).filter((what) => sets[what][0].intersection(sets[what][1]).size > 0),
    before: own.incident.opened - other.incident.opened,
  }
}

function setOf(text: string | null): ReadonlySet<string> {
  return new Set(text === null || text === '' ? [] : [text])
}

/** Whose it is counts too: every workload has a container and a probe of the same name. */
function nameOf({ class: cause, object, thing }: Incident['causes'][number]): string {
  return keyOf([cause, object.kind, object.namespace, object.name, thing?.kind ?? '', thing?.name ?? ''])
}

/** What the notes say of each trouble, without what differs from one object to the next: names, numbers, addresses. */
function wordsOf({ problems }: Incident): ReadonlySet<string> {
  return new Set(
    problems.flatMap(({ body }) =>
      body.note
        .split(/\s+/, MOST_WORDS)
        .filter((word) => /^\p{L}+[:.,]?$/u.test(word))
        .map((word) => `${body.class} ${word.toLowerCase()}`),
    ),
  )
}

function nodesOf({ problems }: Incident): ReadonlySet<string> {
  return new Set(problems.flatMap(({ body: { node } }) => (node === '' ? [] : [node])))
}

/** How much of both is in both, 0 to 1 (Jaccard); two that have nothing differ in nothing. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const all = a.union(b).size
  return all === 0 ? 1 : a.intersection(b).size / all
}
