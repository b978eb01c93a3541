import type { IncidentJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import { areEdgesTrue } from './edges.ts'
import { isRight } from './is-cause.ts'
import { matchesName, type Named, type Outage } from './outage.ts'
import type { Case } from './truth.ts'
import { CAUSES_OF_FAULTS } from './things.ts'

/** How one case was answered. Null: does not apply to it. */
export interface Score {
  readonly name: string
  readonly half: 'a' | 'b'
  /** Something of it can be told from events. */
  readonly isVisible: boolean
  /** The first cause of the first incident is what is to blame. */
  readonly isFirst: boolean | null
  /** What is to blame is among the causes of the first three incidents; of two faults, both are. */
  readonly isInThree: boolean | null
  /** The first cause is also of the right kind. */
  readonly isThing: boolean | null
  /** It is right, and each edge shown for it is true. */
  readonly isGrounded: boolean | null
  /** Of the effects that the truth names, the share that is in the incident with the right cause. */
  readonly effects: number | null
  /** Each fault has one open incident of its own. */
  readonly isOneIncident: boolean | null
  /** Troubles of the background, and how many of them stand in no incident of a fault. */
  readonly background: { readonly all: number; readonly keptOut: number }
  /** An open incident names something `certain` or `likely` that is not to blame, and not broken for long either. */
  readonly isWrong: boolean
  /** Seconds from the first symptom until the first cause of the first incident is right; null when it never is. */
  readonly seconds: number | null
  /** Of the first incident with a wrong cause, or of the first. */
  readonly words: string
}

export function scoreOf(asked: Case, incidents: readonly IncidentJson[], seconds: number | null = null): Score {
  const { name, half, outages, background } = asked
  const open = incidents.filter(({ state, planned }) => state !== 'over' && !planned)
  const visible = outages.filter(({ isVisible, object }) => isVisible && object !== null)
  const isVisible = visible.length > 0
  const answered = isVisible ? open : []
  const rights = visible.map((outage) => ({ outage, right: incidentsOf(outage, answered) }))
  const [first] = open
  const cause = first?.causes[0]
  const wrong = open.find((incident) => isWrong(incident, outages, background))
  const found = cause === undefined ? undefined : visible.find((outage) => isRight(outage, cause))
  const ifVisible = <T>(value: T): T | null => (isVisible ? value : null)
  const { fault = null, edges = null } = found ?? visible[0] ?? {}
  return {
    name,
    half,
    isVisible,
    isFirst: ifVisible(found !== undefined),
    isInThree: ifVisible(
      visible.every((outage) => open.slice(0, 3).some(({ causes }) => causes.some((each) => isRight(outage, each)))),
    ),
    isThing: fault === null || CAUSES_OF_FAULTS[fault] === undefined ? null : isThing(fault, found, cause?.class),
    isGrounded: edges === null || !isVisible ? null : found !== undefined && areEdgesTrue(found, cause?.evidence ?? []),
    effects: ifVisible(mean(rights.flatMap(({ outage, right }) => shareOfEffects(outage.effects, right)))),
    isOneIncident: ifVisible(
      rights.every(({ right }) => right.length === 1) &&
        new Set(rights.flatMap(({ right }) => right)).size === rights.length,
    ),
    background: keptOut(
      background,
      open,
      rights.flatMap(({ right }) => right),
    ),
    isWrong: wrong !== undefined,
    seconds,
    words: wordsOf(wrong ?? first),
  }
}

function wordsOf(incident: IncidentJson | undefined): string {
  return incident === undefined
    ? 'nothing is open'
    : `${incident.causes[0]?.confidence ?? 'unknown'}: ${incident.title}`
}

function isThing(fault: string, found: Outage | undefined, named: string | undefined): boolean {
  return found !== undefined && named !== undefined && (CAUSES_OF_FAULTS[fault] ?? []).includes(named)
}

/** Whether the first incident is about one of the faults, and its first cause is right. */
export function isFirstRight({ outages }: Case, incidents: readonly IncidentJson[]): boolean {
  const [first] = incidents.filter(({ state, planned }) => state !== 'over' && !planned)
  const cause = first?.causes[0]
  return cause !== undefined && outages.some((outage) => outage.isVisible && isRight(outage, cause))
}

function incidentsOf(outage: Outage, open: readonly IncidentJson[]): readonly IncidentJson[] {
  return open.filter(({ causes: [cause] }) => cause !== undefined && isRight(outage, cause))
}

/** A cause that is named with confidence, is no fault of the case, and is not about what goes on beside it. */
function isWrong(
  { causes: [cause], problems }: IncidentJson,
  outages: readonly Outage[],
  background: readonly Named[],
): boolean {
  if (cause === undefined || cause.confidence === 'possible') return false
  if (outages.some((outage) => outage.isVisible && isRight(outage, cause))) return false
  return !problems.every((problem) => isAbout(background, problem))
}

function keptOut(background: readonly Named[], open: readonly IncidentJson[], right: readonly IncidentJson[]) {
  const count = (incidents: readonly IncidentJson[]) =>
    incidents.flatMap(({ problems }) => problems).filter((problem) => isAbout(background, problem)).length
  const all = count(open)
  return { all, keptOut: all - count(right) }
}

type ProblemJson = IncidentJson['problems'][number]

/** Whether a problem is one of those things; of a namespace, whatever is in it. */
export function isAbout(wanted: readonly Named[], { object }: Pick<ProblemJson, 'object'>): boolean {
  return wanted.some((each) => (each.kind === 'Namespace' ? object.namespace === each.name : matchesName(each, object)))
}

function shareOfEffects(effects: readonly Named[], right: readonly IncidentJson[]): readonly number[] {
  if (effects.length === 0) return []
  const problems = right.flatMap((incident) => incident.problems)
  const found = effects.filter((effect) =>
    problems.some(
      ({ object, workload }) =>
        matchesName(effect, object) || matchesName({ ...effect, kind: workload.kind }, workload),
    ),
  )
  return [found.length / effects.length]
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
