import type { Observation } from '../../event/observation.ts'
import { formatTime } from '../../query/time.ts'
import type { Column } from './frame.ts'
import { levelOf } from './level.ts'

/** Headings under which Grafana groups the labels of a row. */
const OBJECT = 'Object'
const EVENT = 'Event'
const FOUND = 'Found by Eventloom'
const NOTE = 'From the note'
const LABELS = 'Labels of the event'

type Entry = readonly [name: string, value: string, heading: string]

/**
 * Observations as columns of a `log-lines` frame. Row details show labels only, so what a reader must see is one; their keys
 * are names of fields, so that a click on one filters by it. Values are texts, as Grafana hands them back.
 */
export function logColumns(rows: readonly Observation[]): readonly Column[] {
  const entries = rows.map(entriesOf)
  return [
    { kind: 'time', name: 'timestamp', values: rows.map(({ lastObserved }) => lastObserved) },
    { kind: 'string', name: 'body', values: rows.map(bodyOf) },
    { kind: 'string', name: 'severity', values: rows.map(({ severity }) => levelOf(severity)) },
    { kind: 'string', name: 'id', values: rows.map(({ id }) => id) },
    { kind: 'json', name: 'labels', values: entries.map((row) => asMap(row, ([, value]) => value)) },
    { kind: 'json', name: 'labelTypes', values: entries.map((row) => asMap(row, ([, , heading]) => heading)) },
  ]
}

/** `BackOff: Back-off pulling image (Pod shop/web-0, 12 times)` */
export function bodyOf({ reason, note, regarding, count, countIsLowerBound }: Observation): string {
  const times = count > 1 ? `, ${countIsLowerBound ? 'at least ' : ''}${count} times` : ''
  return `${reason}: ${note} (${describeObject({ regarding })}${times})`
}

/** `Pod shop/web-0` */
export function describeObject({ regarding: { kind, namespace, name } }: Pick<Observation, 'regarding'>): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

function entriesOf(row: Observation): readonly Entry[] {
  const entries: readonly Entry[] = [
    ['cluster', row.cluster, OBJECT],
    ['namespace', row.namespace, OBJECT],
    ['regarding.kind', row.regarding.kind, OBJECT],
    ['regarding.name', row.regarding.name, OBJECT],
    ['container', row.container, OBJECT],
    ['node', row.node, OBJECT],
    ['owner.kind', row.owner.kind, OBJECT],
    ['owner.name', row.owner.name, OBJECT],
    ['reason', row.reason, EVENT],
    ['type', row.type, EVENT],
    ['action', row.action, EVENT],
    ['count', String(row.count), EVENT],
    ['firstObserved', formatTime(row.firstObserved), EVENT],
    ['lastObserved', formatTime(row.lastObserved), EVENT],
    ['reportingController', row.reportingController, EVENT],
    ['reportingInstance', row.reportingInstance, EVENT],
    ['uid', row.uid, EVENT],
    ['resourceVersion', row.resourceVersion === null ? '' : String(row.resourceVersion), EVENT],
    ['severity', row.severity, FOUND],
    ['category', row.category, FOUND],
    ['correlationId', row.correlationId, FOUND],
    ['correlationRule', row.correlationRule, FOUND],
    ['templateId', row.templateId, FOUND],
    ...Object.entries(row.metadata).map(([key, value]): Entry => [`metadata.${key}`, value, NOTE]),
    ...Object.entries(row.labels).map(([key, value]): Entry => [`labels.${key}`, value, LABELS]),
  ]
  return entries.filter(([, value]) => value !== '')
}

/** Made by `fromEntries`, so that a label called `__proto__` is one like any other. */
function asMap(entries: readonly Entry[], read: (entry: Entry) => string): object {
  return Object.fromEntries(entries.map((entry) => [entry[0], read(entry)]))
}
