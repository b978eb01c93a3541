import type { IncidentJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import { CAUSES_OF_FAULTS } from './things.ts'
import { matchesName, type Case, type Named } from './truth.ts'

/** How one question was answered. Null: does not apply to this case. */
export interface Score {
  readonly name: string
  readonly half: 'a' | 'b'
  readonly isVisible: boolean
  /** The first cause of the first incident is what is to blame. */
  readonly isFirst: boolean | null
  /** It is among the causes of the first three incidents. */
  readonly isInThree: boolean | null
  /** The first cause is also of the right kind. */
  readonly isThing: boolean | null
  /** Of the effects that the case names, the share that is in the incident with the right cause. */
  readonly effects: number | null
  /** Open incidents that have the right cause: one is right. */
  readonly incidents: number | null
  /** Something is named `certain` or `likely` although nothing can be known. */
  readonly isMisled: boolean | null
  readonly first: string
}

export function scoreOf(asked: Case, incidents: readonly IncidentJson[]): Score {
  const open = incidents.filter(({ state, planned }) => state !== 'over' && !planned)
  const { name, half, isVisible, object, fault } = asked
  const [first] = open
  const cause = first?.causes[0]
  const words = first === undefined ? 'nothing is open' : `${cause?.confidence ?? 'unknown'}: ${first.title}`
  const base = { name, half, isVisible, first: words }
  if (!isVisible || object === null) {
    const isMisled = open.some(({ causes }) => causes.some(({ confidence }) => confidence !== 'possible'))
    return { ...base, isFirst: null, isInThree: null, isThing: null, effects: null, incidents: null, isMisled }
  }
  const right = open.filter(({ causes }) => causes[0] !== undefined && isCause(object, causes[0]))
  const isFirst = cause !== undefined && isCause(object, cause)
  return {
    ...base,
    isFirst,
    isInThree: open.slice(0, 3).some(({ causes }) => causes.some((each) => isCause(object, each))),
    isThing: fault === null ? null : isFirst && (CAUSES_OF_FAULTS[fault] ?? []).includes(cause.class),
    effects: shareOfEffects(asked.effects, right),
    incidents: right.length,
    isMisled: null,
  }
}

type CauseJson = IncidentJson['causes'][number]

/** Whether a cause is what the truth names: as the object that is blamed, or as the thing. */
function isCause(wanted: Named, { object, thing, class: kind }: CauseJson): boolean {
  if (wanted.kind === 'workload') return isNamed(wanted.name, object.name)
  if (wanted.kind === 'Namespace') return object.name === wanted.name || object.namespace === wanted.name
  // The events name the webhook, and never the configuration that it stands in.
  if (wanted.kind.endsWith('WebhookConfiguration'))
    return thing?.kind === 'Webhook' && thing.name.startsWith(wanted.name)
  if (wanted.kind === 'APIService') return kind === 'MetricsMissing'
  const isThing = thing !== null && thing.kind === wanted.kind && thing.name === wanted.name
  return isThing || matchesName(wanted, object)
}

function isNamed(workload: string, object: string): boolean {
  return object === workload || object.startsWith(`${workload}-`)
}

function shareOfEffects(effects: readonly Named[], right: readonly IncidentJson[]): number | null {
  if (effects.length === 0) return null
  const problems = right.flatMap((incident) => incident.problems)
  const found = effects.filter((effect) =>
    problems.some(
      ({ object, workload }) =>
        matchesName(effect, object) || matchesName({ ...effect, kind: workload.kind }, workload),
    ),
  )
  return found.length / effects.length
}
