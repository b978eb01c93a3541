import type { EpochMicros } from '../clock.ts'
import type { Transition } from '../event/problem.ts'
import { keyOf } from '../event/object-reference.ts'
import type { Observation } from '../event/observation.ts'
import { exampleOf, type AsRow, type Edge, type SeenProblem } from './edge.ts'
import { labelsOf } from './labels.ts'
import type { AlertRule, Condition, Silencer } from './rule.ts'

/**
 * What a problem means to a rule: it counts from the transition on at which it first matches, until it is over. Its labels
 * stay as they were then.
 *
 * @param after leaves out what this transition and those before it have said already.
 */
export function problemEdges(
  rule: AlertRule,
  { id, body }: SeenProblem,
  asRow: AsRow,
  after: Transition | null = null,
): readonly Edge[] {
  const edges: Edge[] = []
  const rows = rowsOf({ id, body }, asRow)
  if (rule.form.on === 'problems') {
    for (const { row, isOn, at, happened } of spans(rule.when, rows, after)) {
      const keys = rule.unless.map((silencer, place) => silencingKey(silencer, place, row))
      const labels = labelsOf(rule.groupBy, row)
      const member = { id, isOn, labels, example: exampleOf(id, row), keys, class: body.class }
      edges.push({ kind: 'member', at, happened, ...member })
    }
  }
  for (const [place, silencer] of rule.unless.entries()) {
    for (const { row, isOn, at, happened } of spans(silencer.when, rows, after)) {
      edges.push({ kind: 'silencer', at, happened, id, isOn, key: silencingKey(silencer, place, row) })
    }
  }
  return edges
}

/** What a row means to a rule on events. @param at when it became known. */
export function rowEdges(rule: AlertRule, row: Observation, at: EpochMicros): readonly Edge[] {
  const { form, when, groupBy } = rule
  const known = { at, happened: row.lastObserved }
  const edges: Edge[] = []
  if (form.on === 'count' && when.matches(row) && row.countDelta > 0) {
    const isLowerBound = row.countIsLowerBound || row.countEstimated || row.countUnplaced > 0
    const counted = { count: row.countDelta, isLowerBound, example: exampleOf(row.id, row) }
    edges.push({ kind: 'count', ...known, labels: labelsOf(groupBy, row), ...counted })
  }
  if (form.on === 'missing') {
    const id = form.same.read(row)
    if (form.then.matches(row)) edges.push({ kind: 'met', ...known, id })
    else if (when.matches(row)) {
      edges.push({ kind: 'expect', ...known, id, labels: labelsOf(groupBy, row), example: exampleOf(row.id, row) })
    }
  }
  return edges
}

interface Span {
  readonly row: Observation
  readonly isOn: boolean
  readonly at: EpochMicros
  readonly happened: EpochMicros
}

/** When a problem begins and ends to meet a condition. */
function* spans(condition: Condition, rows: RowsOfSeverities, after: Transition | null): Iterable<Span> {
  const { transitions } = rows.problem.body
  const told = after === null ? -1 : transitions.indexOf(after)
  let isMet = false
  for (const [place, transition] of transitions.entries()) {
    const before: boolean = isMet
    const row = rows.of(transition)
    isMet = transition.state !== 'over' && (isMet || condition.matches(row))
    if (isMet !== before && place > told) yield { row, isOn: isMet, at: transition.known, happened: transition.at }
  }
}

let last: RowsOfSeverities | null = null

/** Many rules look at the same problem one after another. */
function rowsOf(problem: SeenProblem, asRow: AsRow): RowsOfSeverities {
  if (last?.problem.body !== problem.body || last.problem.id !== problem.id) last = new RowsOfSeverities(problem, asRow)
  return last
}

/** The problem in the words of a row, as severe as it was: what else a row says of it stays. */
class RowsOfSeverities {
  readonly problem: SeenProblem
  readonly #asRow: AsRow
  readonly #rows = new Map<string, Observation>()

  constructor(problem: SeenProblem, asRow: AsRow) {
    this.problem = problem
    this.#asRow = asRow
  }

  of({ severity }: Transition): Observation {
    const known = this.#rows.get(severity)
    if (known !== undefined) return known
    const { id, body } = this.problem
    const row = this.#asRow(id, { ...body, severity })
    this.#rows.set(severity, row)
    return row
  }
}

/** The same for whatever one silencer silences. */
function silencingKey({ same }: Silencer, place: number, row: Observation): string {
  return keyOf([String(place), ...same.map((label) => label.read(row))])
}
