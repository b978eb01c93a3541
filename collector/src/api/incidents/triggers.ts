import { MINUTE, SECOND } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { Incident } from '../../incident/incident.ts'
import type { Filter } from '../../query/model.ts'
import { allOf, anyOf } from '../../query/simplify-filter.ts'
import { formatTime } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'

/** A change that an incident may have come from. */
export interface Trigger {
  readonly reason: string
  readonly object: { readonly kind: string; readonly namespace: string; readonly name: string }
  readonly at: string
  readonly words: string
  /** Somebody does it on purpose: a drain, a scale-down. */
  readonly isPlanned: boolean
  readonly observation: string
}

/** How long before its beginning a change can have led to an incident, and by how much clocks may differ. */
const BEFORE = 15 * MINUTE
const ROUNDING = 2 * SECOND

const MOST_TRIGGERS = 20
const MOST_NAMES = 200

const CHANGES = ['ScalingReplicaSet', 'SuccessfulRescale', 'RollingBack', 'DeploymentRollback', 'SetImage']
const PLANNED = [
  'NodeNotSchedulable',
  'ScaleDown',
  'DisruptionTerminating',
  'DisruptionLaunching',
  'Shutdown',
  'SpotInterruption',
  'DeletingNode',
]

/** What changed before the incident began at what suffers from it, the newest first. */
export async function triggersOf(
  reader: EventReader,
  incident: Incident,
  signal: AbortSignal,
): Promise<readonly Trigger[]> {
  const bodies = incident.problems.map(({ body }) => body)
  const names = new Set(bodies.flatMap(({ workload, object, node }) => [workload.name, object.name, node]))
  names.delete('')
  const values = [...names].slice(0, MOST_NAMES)
  const about: Filter = anyOf([
    { op: 'in', field: 'owner.name', values },
    { op: 'in', field: 'regarding.name', values },
  ])
  const { rows } = await reader.events(
    {
      from: incident.opened - BEFORE,
      to: incident.opened + ROUNDING,
      filter: allOf([
        { op: 'in', field: 'cluster', values: [incident.cluster] },
        { op: 'in', field: 'reason', values: [...CHANGES, ...PLANNED] },
        about,
      ]),
      view: 'events',
      order: 'newest',
      limit: MOST_TRIGGERS,
    },
    signal,
  )
  return rows.map(triggerOf)
}

function triggerOf({ id, reason, regarding, lastObserved, note }: Observation): Trigger {
  const { kind, namespace, name } = regarding
  return {
    reason,
    object: { kind, namespace, name },
    at: formatTime(lastObserved),
    words: note,
    isPlanned: PLANNED.includes(reason),
    observation: id,
  }
}
