import { MINUTE, type EpochMicros } from '../clock.ts'
import { keyOf } from '../event/object-reference.ts'
import type { Edge } from './edges.ts'
import { endOf, type Suspect } from './suspect.ts'

/** A problem that begins this long after the last one of its kind ended is another outage, µs. */
const PAUSE = 10 * MINUTE

/**
 * Problems that one person would call one outage: those of which one leads to the other, those that blame the same thing at
 * the same time, and the symptoms of one workload. Two faults of one workload stay two.
 *
 * @param problems in the order of their beginning, which is kept.
 */
export function joinProblems(problems: readonly Suspect[], edges: readonly Edge[]): readonly (readonly Suspect[])[] {
  const sets = new DisjointSets(problems)
  for (const { from, to, unites } of edges) if (unites) sets.join(from, to)
  const longest = new Map<string, { readonly problem: Suspect; readonly end: EpochMicros }>()
  for (const problem of problems) {
    const end = endOf(problem.body)
    for (const key of keysOf(problem)) {
      const before = longest.get(key)
      if (before !== undefined && problem.body.firstObserved <= before.end + PAUSE) sets.join(before.problem, problem)
      if (before === undefined || end >= before.end) longest.set(key, { problem, end })
    }
  }
  return sets.members()
}

function keysOf({ body, blame }: Suspect): readonly string[] {
  const { cluster, object, workload } = body
  const { namespace } = object
  const ofWorkload = keyOf(['symptoms', cluster, namespace, workload.name])
  return blame.isSymptom && workload.name !== '' ? [blame.key, ofWorkload] : [blame.key]
}

/** Union by the first member: it stands for its set. */
class DisjointSets {
  readonly #problems: readonly Suspect[]
  readonly #parents: Map<Suspect, Suspect>
  readonly #places: Map<Suspect, number>

  constructor(problems: readonly Suspect[]) {
    this.#problems = problems
    this.#parents = new Map(problems.map((each) => [each, each]))
    this.#places = new Map(problems.map((each, place) => [each, place]))
  }

  join(a: Suspect, b: Suspect): void {
    const [first, second] = [this.#rootOf(a), this.#rootOf(b)].sort((x, y) => this.#placeOf(x) - this.#placeOf(y))
    if (first !== undefined && second !== undefined) this.#parents.set(second, first)
  }

  members(): readonly (readonly Suspect[])[] {
    return [...Map.groupBy(this.#problems, (each) => this.#rootOf(each)).values()]
  }

  #placeOf(problem: Suspect): number {
    return this.#places.get(problem) ?? 0
  }

  #rootOf(problem: Suspect): Suspect {
    let root = problem
    for (let up = this.#parents.get(root); up !== undefined && up !== root; up = this.#parents.get(root)) root = up
    for (let each = problem; each !== root;) {
      const up = this.#parents.get(each) ?? root
      this.#parents.set(each, root)
      each = up
    }
    return root
  }
}
