import type { IncidentJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import { matchesName, type Named, type Outage } from './outage.ts'

export type CauseJson = IncidentJson['causes'][number]

/** Whether a cause is what the truth blames. */
export function isRight({ object, alternatives }: Outage, cause: CauseJson): boolean {
  return object !== null && [object, ...alternatives].some((wanted) => isCause(wanted, cause))
}

/** Whether a cause is a certain object: as the object that is blamed, or as the thing. */
export function isCause(
  wanted: Named,
  { object, thing, class: kind }: Pick<CauseJson, 'object' | 'thing' | 'class'>,
): boolean {
  if (wanted.kind === 'workload') return isNamed(wanted.name, object.name)
  if (wanted.kind === 'Namespace') return object.name === wanted.name || object.namespace === wanted.name
  // The events name the webhook, and never the configuration that it stands in.
  if (wanted.kind.endsWith('WebhookConfiguration'))
    return thing?.kind === 'Webhook' && thing.name.startsWith(wanted.name)
  if (wanted.kind === 'APIService') return kind === 'MetricsMissing'
  const isThing = thing !== null && thing.kind === wanted.kind && thing.name === wanted.name
  return isThing || matchesName(wanted, object)
}

/** Whether an object is a workload, or is called after it. */
export function isNamed(workload: string, object: string): boolean {
  return object === workload || object.startsWith(`${workload}-`)
}
