import { CATEGORIES, SEVERITIES } from '../event/words.ts'
import { closestWord } from '../event/closest-word.ts'

/** `list` is several texts, `map` texts by key; the entries of a map are fields of their own (`labels.app`). */
export type FieldType = 'text' | 'integer' | 'time' | 'boolean' | 'list' | 'map'

/** One row of the field dictionary: the single source for parser, validation, completion and docs. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  /** One sentence for people. */
  readonly meaning: string
  /** Name in the Elastic Common Schema and in OpenTelemetry's k8s conventions and receivers, where such exists. */
  readonly ecs?: string
  readonly otel?: string
  /** Whether aggregates may group by it: few enough values to mean something, and one for each row. */
  readonly groupable: boolean
  /** All values it can have, mildest or first listed first, where that is a closed list. */
  readonly values?: readonly string[]
  /** Whether `<` and `>` go by the place in `values` instead of by the alphabet. */
  readonly ranked?: true
}

/** A field as named in a query: the dictionary's row, and the key where it is an entry of a map. */
export interface ResolvedField {
  readonly field: Field
  readonly key: string | null
  /** The name that filters and groupings carry, aliases resolved. */
  readonly name: string
}

type Names = Pick<Field, 'ecs' | 'otel'>

const field = (name: string, type: FieldType, groupable: boolean, meaning: string, names: Names = {}): Field => ({
  name,
  type,
  groupable,
  meaning,
  ...names,
})
const group = (name: string, meaning: string, names?: Names) => field(name, 'text', true, meaning, names)
const text = (name: string, meaning: string, names?: Names) => field(name, 'text', false, meaning, names)
const time = (name: string, meaning: string, names?: Names) => field(name, 'time', false, meaning, names)
const map = (name: string, meaning: string, names?: Names) => field(name, 'map', true, meaning, names)

// prettier-ignore
export const FIELDS: readonly Field[] = [
  time('lastObserved', 'When it was last seen; the time of the row.', { ecs: '@timestamp', otel: 'timestamp' }),
  time('firstObserved', 'When it was first seen.', { ecs: 'event.start', otel: 'k8s.event.start_time' }),
  time('received', 'When the collector got it.', { ecs: 'event.ingested', otel: 'observed_timestamp' }),
  time('deltaSince', 'Since when the new occurrences are counted.'),

  { ...group('severity', 'How bad one event of its kind is.', { ecs: 'log.level', otel: 'severity_text' }), values: SEVERITIES, ranked: true },
  { ...group('category', 'What it is about.'), values: CATEGORIES },
  group('type', 'Normal or Warning, as reported.', { ecs: 'event.type', otel: 'k8s.event.type' }),
  group('reason', 'Why, in one word of the reporter.', { ecs: 'event.reason', otel: 'k8s.event.reason' }),
  group('action', 'What was done or failed, as reported.', { ecs: 'event.action', otel: 'k8s.event.action' }),
  text('note', 'The text for people; matched by words.', { ecs: 'message', otel: 'body' }),
  group('rule', 'The rule that decided category and severity.', { ecs: 'rule.name' }),

  group('cluster', 'Configured name of the cluster.', { ecs: 'orchestrator.cluster.name', otel: 'k8s.cluster.name' }),
  group('clusterUid', 'uid of the namespace kube-system.', { ecs: 'orchestrator.cluster.id', otel: 'k8s.cluster.uid' }),
  group('source', '`live`, `recording NAME` or `api`.'),
  group('namespace', 'Namespace of the object; empty for objects of the cluster.', { ecs: 'orchestrator.namespace', otel: 'k8s.namespace.name' }),
  group('regarding.kind', 'Kind of the object.', { ecs: 'orchestrator.resource.type', otel: 'k8s.object.kind' }),
  group('regarding.name', 'Name of the object.', { ecs: 'orchestrator.resource.name', otel: 'k8s.object.name' }),
  group('regarding.namespace', 'Namespace of the object, as `namespace`.'),
  group('regarding.uid', 'uid of the object, as reported.', { ecs: 'orchestrator.resource.id', otel: 'k8s.object.uid' }),
  group('regarding.apiVersion', 'API version of the object.', { ecs: 'orchestrator.api_version', otel: 'k8s.object.api_version' }),
  group('regarding.fieldPath', 'Part of the object, mostly a container.', { otel: 'k8s.object.fieldpath' }),
  group('related.kind', 'Kind of the second object.'),
  group('related.name', 'Name of the second object.'),
  group('related.namespace', 'Namespace of the second object.'),
  group('related.uid', 'uid of the second object.'),
  group('related.apiVersion', 'API version of the second object.'),
  group('related.fieldPath', 'Part of the second object.'),
  group('owner.kind', 'Kind of the top controller: Deployment, StatefulSet, Job …'),
  group('owner.name', 'Name of the top controller: the workload.'),
  group('topologyEvidence', 'How the owner is known.'),
  group('container', 'Container the event is about.', { ecs: 'container.name', otel: 'k8s.container.name' }),
  group('node', 'Node the event happened on or is about.', { ecs: 'host.name', otel: 'k8s.node.name' }),
  group('reportingController', 'Controller that reported it.', { ecs: 'event.provider', otel: 'k8s.event.reporting_controller' }),
  group('reportingInstance', 'Instance of that controller, mostly a node.', { otel: 'k8s.event.reporting_instance' }),

  field('count', 'integer', true, 'Occurrences so far, as the reporter counts.', { otel: 'k8s.event.count' }),
  field('countDelta', 'integer', true, 'New occurrences booked at lastObserved.'),
  field('countUnplaced', 'integer', true, 'New occurrences whose time is not known to the hour.'),
  field('countIsLowerBound', 'boolean', true, 'Whether there may have been more than `count`.'),
  field('countEstimated', 'boolean', true, 'Whether the new occurrences may be too many.'),

  group('correlationId', 'The group of observations it belongs to.', { otel: 'eventloom.correlation.id' }),
  group('correlationRule', 'Why it belongs there.'),
  group('templateId', 'The template of its note.'),
  field('patternIds', 'list', false, 'The patterns it counts for.'),
  field('flags', 'list', false, 'What had to be repaired or guessed.'),

  text('id', 'The version of the event, as stored.', { ecs: 'event.id' }),
  text('uid', 'uid of the Event object.', { otel: 'k8s.event.uid' }),
  text('name', 'Name of the Event object.', { otel: 'k8s.event.name' }),
  group('eventNamespace', 'Namespace of the Event object: `default` for objects of the cluster.'),
  field('resourceVersion', 'integer', false, 'Version of the Event object in its cluster.', { otel: 'k8s.object.resource_version' }),

  map('labels', 'Labels of the event.', { ecs: 'labels' }),
  map('annotations', 'Annotations of the event.'),
  map('objectLabels', 'Labels of the object, when known.', { ecs: 'orchestrator.resource.label' }),
  map('metadata', 'Values from the note: image, exitCode, claim, volume, quota …'),
]

/** Other spellings people try. `name` is no alias: it is the Event object's own name. */
export const ALIASES: Readonly<Record<string, string>> = {
  '@timestamp': 'lastObserved',
  controller: 'reportingController',
  firstSeen: 'firstObserved',
  'involvedObject.apiVersion': 'regarding.apiVersion',
  'involvedObject.fieldPath': 'regarding.fieldPath',
  'involvedObject.kind': 'regarding.kind',
  'involvedObject.name': 'regarding.name',
  'involvedObject.namespace': 'regarding.namespace',
  'involvedObject.uid': 'regarding.uid',
  kind: 'regarding.kind',
  lastSeen: 'lastObserved',
  lastTimestamp: 'lastObserved',
  firstTimestamp: 'firstObserved',
  message: 'note',
  object: 'regarding.name',
  'source.component': 'reportingController',
  'source.host': 'reportingInstance',
  workload: 'owner.name',
}

const BY_NAME: ReadonlyMap<string, Field> = new Map(FIELDS.map((row) => [row.name, row]))

/** The field of that name, alias or map entry; null when there is none. */
export function resolveField(name: string): ResolvedField | null {
  const canonical = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
  const exact = BY_NAME.get(canonical)
  if (exact !== undefined) return { field: exact, key: null, name: canonical }
  const dot = name.indexOf('.')
  const parent = dot < 0 ? undefined : BY_NAME.get(name.slice(0, dot))
  if (parent?.type !== 'map' || dot === name.length - 1) return null
  return { field: parent, key: name.slice(dot + 1), name }
}

/** Whether `values` of a store can list it. */
export function isListable({ field, key }: ResolvedField): boolean {
  return isGroupable({ field, key, name: '' }) || field.type === 'list' || field.type === 'map'
}

/** Whether aggregates and patterns may group by it: a whole map has no single value. */
export function isGroupable({ field, key }: ResolvedField): boolean {
  return field.groupable && (field.type !== 'map' || key !== null)
}

/** What to say about a name that is no field, with what was most likely meant. */
export function unknownField(name: string): string {
  const hint = likelyField(name)
  const advice = hint === null ? '`eventloom fields` and /api/v1/fields list them.' : `Did you mean ${hint}?`
  return `there is no field "${name}". ${advice}`
}

function likelyField(name: string): string | null {
  if (BY_NAME.has(`${name}.name`)) return `${name}.name`
  const part = FIELDS.find((row) => row.name.endsWith(`.${name}`))?.name
  return part ?? closestWord(name, [...BY_NAME.keys(), ...Object.keys(ALIASES)])
}
