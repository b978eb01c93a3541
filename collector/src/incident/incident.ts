import { hash } from 'node:crypto'
import { DAY, HOUR, type EpochMicros } from '../clock.ts'
import { stateOfBody } from '../event/problem.ts'
import { mapInSlices } from '../event/slices.ts'
import { SEVERITIES, severityRank, type Severity } from '../event/words.ts'
import { blameOf } from './blame/blame.ts'
import { causesOf } from './causes.ts'
import { byEnd, findEdges, type EdgesByEnd } from './edges.ts'
import { LEAD_RULES } from './lead-rules.ts'
import { joinProblems } from './join.ts'
import type { Incident, ProblemThen } from './model.ts'
import { titleOf } from './title.ts'
import { lasts, type Suspect } from './suspect.ts'

export type { Incident } from './model.ts'
export { PastIncidents, type Similar } from './similar.ts'

/**
 * The incidents that problems make up, the most important first. Nothing but the problems decides: the same problems make the
 * same incidents, live and afterwards.
 *
 * @param at the time that is asked about, for each cluster.
 */
export async function incidentsOf(
  problems: readonly ProblemThen[],
  at: (cluster: string) => EpochMicros,
): Promise<readonly Incident[]> {
  const suspects = await mapInSlices(problems, (problem) => ({ ...problem, blame: blameOf(problem.body) }))
  suspects.sort((a, b) => a.body.firstObserved - b.body.firstObserved || (a.id < b.id ? -1 : 1))
  const edges = await findEdges(suspects, LEAD_RULES)
  const ends = byEnd(edges)
  const outages = await mapInSlices(joinProblems(suspects, edges), (members) => toIncident(members, ends, at))
  return outages.filter(isOutage).sort(compareIncidents)
}

/** Troubles that began earlier than this, and of which none is newer than {@link NEWS}, are chronic, µs. */
const CHRONIC = DAY
const NEWS = HOUR

function toIncident(members: readonly Suspect[], edges: EdgesByEnd, at: (cluster: string) => EpochMicros): Incident {
  const [first] = members
  if (first === undefined) throw new Error('an incident has at least one problem')
  const { cluster } = first.body
  const now = at(cluster)
  const states = members.map(({ body }) => stateOfBody(body))
  const state = states.includes('open') ? 'open' : states.includes('quiet') ? 'quiet' : 'over'
  const going = state === 'over' ? members : members.filter(({ body }) => stateOfBody(body) !== 'over')
  const causes = causesOf(members, edges, now)
  const begins = members.map(({ body }) => body.firstObserved)
  const newest = Math.max(...going.map(({ body }) => body.firstObserved))
  return {
    id: incidentIdOf(first.id),
    cluster,
    title: titleOf(going, causes),
    state,
    severity: worstOf(going),
    worst: worstOf(members),
    opened: Math.min(...begins),
    lastObserved: Math.max(...members.map(({ body }) => body.lastObserved)),
    ended:
      state === 'over'
        ? Math.max(...members.map(({ body }) => body.transitions.at(-1)?.at ?? body.lastObserved))
        : null,
    isChronic: Math.min(...going.map(({ body }) => body.firstObserved)) < now - CHRONIC && newest < now - NEWS,
    problems: members.map(({ id, body, unseen }) => ({ id, body, unseen })),
    causes,
  }
}

function incidentIdOf(problem: string): string {
  return `i-${hash('sha256', problem, 'base64url').slice(0, 12)}`
}

function worstOf(problems: readonly Suspect[]): Severity {
  return SEVERITIES[Math.max(...problems.map(({ body }) => severityRank(body.severity)))] ?? 'info'
}

/** A trouble of low severity that was seen a few times only, or of which nobody can say what it is, stays a problem. */
function isOutage({ worst, causes, problems }: Incident): boolean {
  if (severityRank(worst) >= severityRank('medium')) return true
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
