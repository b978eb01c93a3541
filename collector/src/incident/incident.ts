import { DAY, HOUR, type EpochMicros } from '../clock.ts'
import type { Change } from '../event/change.ts'
import { stateOfBody } from '../event/problem.ts'
import { mapInSlices } from '../event/slices.ts'
import { severityRank } from '../event/words.ts'
import { blameOf, withShipped } from './blame/blame.ts'
import { explain, MOST_CAUSES, type Cause } from './causes.ts'
import { ChangesBefore, changeAsCause, withChange } from './changes.ts'
import { byEnd, findEdges, MOST_PAIRS_OF_RULE, type EdgesByEnd } from './edges.ts'
import { LEAD_RULES } from './lead-rules.ts'
import { joinProblems } from './join.ts'
import { greatest, least } from './extremes.ts'
import { incidentIdOf, lastChange, reopenedAt, severityOf } from './life.ts'
import type { Incident, ProblemThen } from './model.ts'
import type { IncidentRules } from './rule-file.ts'
import { titleOf } from './title.ts'
import { lasts, type Suspect } from './suspect.ts'

export { findIncident } from './life.ts'
export type { Incident } from './model.ts'
export { IncidentRuleError, readIncidentRules, type IncidentRules, type IncidentRuleProblem } from './rule-file.ts'
export { PLANNED_REASONS, tellPlanned, type PlannedEvent } from './planned.ts'
export { PastIncidents, type Similar } from './similar.ts'

/** What is known beside the problems. */
export interface Knowledge {
  /** Of the user; they come before the shipped ones. */
  readonly rules?: IncidentRules
  /** Of objects, around the time of the problems. */
  readonly changes?: readonly Change[]
  /** Told what was left out, in words. */
  readonly onNotice?: (text: string) => void
}

const NO_RULES: IncidentRules = { causes: [], leads: [] }

/**
 * The incidents that problems make up, the most important first. Nothing but the problems, and what changed before them, decides: the
 * same make the same incidents, live and afterwards.
 * Those that are minor are there too: what was an outage once is found among them.
 *
 * @param at the time that is asked about, for each cluster.
 */
export async function incidentsOf(
  problems: readonly ProblemThen[],
  at: (cluster: string) => EpochMicros,
  { rules: { causes, leads } = NO_RULES, changes = [], onNotice = () => undefined }: Knowledge = {},
): Promise<readonly Incident[]> {
  const blames = withShipped(causes)
  const suspects = await mapInSlices(problems, (problem) => ({ ...problem, blame: blameOf(problem.body, blames) }))
  suspects.sort((a, b) => a.body.firstObserved - b.body.firstObserved || (a.id < b.id ? -1 : 1))
  const edges = await findEdges(suspects, [...leads, ...LEAD_RULES], (rule, pairs) =>
    onNotice(
      `The rule "${rule}" would link ${pairs} pairs of workloads, more than ${MOST_PAIRS_OF_RULE}: it is set aside.`,
    ),
  )
  const ends = byEnd(edges)
  const before = new ChangesBefore(changes)
  const outages = await mapInSlices(joinProblems(suspects, edges), (members) => toIncident(members, ends, at, before))
  return outages.sort(compareIncidents)
}

/** Troubles that began earlier than this, and of which none is newer than {@link NEWS}, are chronic, µs. */
const CHRONIC = DAY
const NEWS = HOUR

function toIncident(
  members: readonly Suspect[],
  edges: EdgesByEnd,
  at: (cluster: string) => EpochMicros,
  before: ChangesBefore,
): Incident {
  const [first] = members
  if (first === undefined) throw new Error('an incident has at least one problem')
  const { cluster } = first.body
  const now = at(cluster)
  const states = members.map(({ body }) => stateOfBody(body))
  const state = states.includes('open') ? 'open' : states.includes('quiet') ? 'quiet' : 'over'
  const going = state === 'over' ? members : members.filter(({ body }) => stateOfBody(body) !== 'over')
  const changes = before.of(members)
  const { causes: told, unknownBecause } = explain(members, edges, now)
  const causes = withChange(told, changeAsCause(members, told, changes), MOST_CAUSES)
  const worst = severityOf(members)
  return {
    id: incidentIdOf(first.id),
    cluster,
    title: titleOf(going, causes),
    state,
    planned: false,
    severity: severityOf(going),
    worst,
    opened: least(members, ({ body }) => body.firstObserved),
    lastObserved: greatest(members, ({ body }) => body.lastObserved),
    ended: state === 'over' ? greatest(members, ({ body }) => lastChange(body)) : null,
    reopened: reopenedAt(members),
    isChronic: isChronic(going, now),
    isMinor: severityRank(worst) < severityRank('medium') && !isKnownToLast(members, told),
    problems: members.map(({ id, body, unseen }) => ({ id, body, unseen })),
    events: [],
    causes,
    unknownBecause: causes.length > 0 ? null : unknownBecause,
    changes,
  }
}

function isChronic(going: readonly Suspect[], now: EpochMicros): boolean {
  const begins = ({ body }: Suspect) => body.firstObserved
  return least(going, begins) < now - CHRONIC && greatest(going, begins) < now - NEWS
}

/** A trouble of low severity that was seen a few times only, or of which nobody can say what it is, stays a problem. */
function isKnownToLast(problems: readonly Suspect[], causes: readonly Cause[]): boolean {
  return causes.some(({ confidence }) => confidence !== 'possible') && problems.some(({ body }) => lasts(body))
}

/** What is not over, then what is new, the worst, and the newest. */
function compareIncidents(a: Incident, b: Incident): number {
  return (
    Number(a.state === 'over') - Number(b.state === 'over') ||
    severityRank(b.severity) - severityRank(a.severity) ||
    Number(a.isChronic) - Number(b.isChronic) ||
    b.lastObserved - a.lastObserved ||
    (a.id < b.id ? -1 : 1)
  )
}
