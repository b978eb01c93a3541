import { stateOfBody, type Problem } from '../event/problem.ts'
import { addProblem, rootOf, type Group } from './groups.ts'

interface Grouped {
  readonly problem: Problem
  group: Group | null
}

/** The problems that are not over, and the group that each is in. */
export class GroupedProblems {
  readonly #open = new Map<string, Grouped>()
  /** Those of the newest news that are over: a row that came late may be the only one of such a problem. */
  #over = new Map<string, Problem>()

  get size(): number {
    return this.#open.size
  }

  /** Problems began or changed. The groups that are changed by it. */
  follow(problems: readonly Problem[]): readonly Group[] {
    if (problems.length === 0) return NONE
    this.#over = new Map()
    return problems.flatMap((problem) => {
      const group = this.groupOf(problem.id)
      if (stateOfBody(problem.body) === 'over') {
        this.#open.delete(problem.id)
        this.#over.set(problem.id, problem)
      } else if (!this.#open.has(problem.id)) {
        this.#open.set(problem.id, { problem, group: null })
      }
      if (group === null) return NONE
      addProblem(group, problem)
      return [group]
    })
  }

  /** The group that the problem is in; null for one that is in none, or over. */
  groupOf(id: string): Group | null {
    const group = this.#open.get(id)?.group ?? null
    return group === null ? null : rootOf(group)
  }

  /** The problem belongs to the group, and to no other one: one that came back after its group was forgotten has a new one. */
  put(id: string, group: Group): void {
    const before = this.groupOf(id)
    if (before === group) return
    before?.problems.delete(id)
    const grouped = this.#open.get(id)
    if (grouped !== undefined) grouped.group = group
    const problem = grouped?.problem ?? this.#over.get(id)
    if (problem !== undefined) addProblem(group, problem)
  }

  /** Its group is forgotten. */
  release(id: string): void {
    const grouped = this.#open.get(id)
    if (grouped !== undefined) grouped.group = null
  }
}

const NONE: readonly Group[] = []
