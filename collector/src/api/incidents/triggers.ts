import { MINUTE, SECOND } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { Incident } from '../../incident/incident.ts'
import { compileFilter } from '../../query/filter.ts'
import type { Filter, TimeRange } from '../../query/model.ts'
import { allOf, anyOf } from '../../query/simplify-filter.ts'
import { formatTime } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'

/** A change that an incident may have come from. */
export interface Trigger {
  readonly reason: string
  readonly object: { readonly kind: string; readonly namespace: string; readonly name: string }
  readonly at: string
  readonly words: string
  readonly observation: string
}

/** How long before its beginning a change can have led to an incident, and by how much clocks may differ. */
const BEFORE = 15 * MINUTE
const ROUNDING = 2 * SECOND

const MOST_TRIGGERS = 20
const MOST_NAMES = 200

/** Incidents whose changes are asked for in one question. */
const ASKED_AT_ONCE = 100

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

/** Reasons of the events that tell of a change. */
export const CHANGE_REASONS: readonly string[] = [...CHANGES, ...PLANNED]

const REASONS: Filter = { op: 'in', field: 'reason', values: CHANGE_REASONS }

/** What changed before each incident began at what suffers from it, the newest first, by its id. */
export function triggersOf(reader: EventReader, incidents: readonly Incident[], signal: AbortSignal) {
  return changesOf(reader, incidents, ({ opened }) => ({ from: opened - BEFORE, to: opened + ROUNDING }), signal)
}

/** What changed before each incident was over, and after it began. */
export function changesUntilEnd(reader: EventReader, incidents: readonly Incident[], signal: AbortSignal) {
  const whileOpen = ({ opened, ended, lastObserved }: Incident) => ({
    from: opened + ROUNDING,
    to: (ended ?? lastObserved) + ROUNDING,
  })
  return changesOf(reader, incidents, whileOpen, signal)
}

/** One question for all incidents. */
async function changesOf(
  reader: EventReader,
  incidents: readonly Incident[],
  rangeOf: (incident: Incident) => TimeRange,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Trigger[]>> {
  const found = new Map<string, readonly Trigger[]>()
  for (let place = 0; place < incidents.length; place += ASKED_AT_ONCE) {
    const asked = incidents
      .slice(place, place + ASKED_AT_ONCE)
      .map((incident) => ({ incident, filter: atWhatSuffers(incident, rangeOf(incident)) }))
    const ranges = asked.map(({ incident }) => rangeOf(incident))
    const query = {
      from: Math.min(...ranges.map(({ from }) => from)),
      to: Math.max(...ranges.map(({ to }) => to)),
      filter: allOf([REASONS, anyOf(asked.map(({ filter }) => filter))]),
      view: 'observations',
      order: 'newest',
      limit: MOST_TRIGGERS * ASKED_AT_ONCE,
    } as const
    const { rows } = await reader.events(query, signal)
    for (const { incident, filter } of asked) {
      const own = rows.filter(compileFilter(filter))
      const newest = [...new Map(own.toReversed().map((row) => [row.uid === '' ? row.id : row.uid, row])).values()]
      found.set(incident.id, newest.toReversed().slice(0, MOST_TRIGGERS).map(triggerOf))
    }
  }
  return found
}

function atWhatSuffers({ cluster, problems }: Incident, { from, to }: TimeRange): Filter {
  const names = new Set(problems.flatMap(({ body: { workload, object, node } }) => [workload.name, object.name, node]))
  names.delete('')
  const values = [...names].slice(0, MOST_NAMES)
  return allOf([
    { op: 'in', field: 'cluster', values: [cluster] },
    { op: 'range', field: 'lastObserved', gte: from, lt: to },
    anyOf([
      { op: 'in', field: 'owner.name', values },
      { op: 'in', field: 'regarding.name', values },
    ]),
  ])
}

function triggerOf({ id, reason, regarding, lastObserved, note }: Observation): Trigger {
  const { kind, namespace, name } = regarding
  return {
    reason,
    object: { kind, namespace, name },
    at: formatTime(lastObserved),
    words: note,
    observation: id,
  }
}
