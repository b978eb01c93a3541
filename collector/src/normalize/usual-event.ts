import type { NormalizedEvent } from '../event/observation.ts'
import type { ObjectReference } from '../event/object-reference.ts'
import { formatMicros, formatSeconds } from '../event/rfc3339.ts'
import type { JsonRecord } from './json-record.ts'
import { NAMES, type Spelling } from './spelling.ts'

/**
 * The event that client-go's recorders would have written for an observation, as the API server shows it. With an
 * `action` it is the newer recorder's (a singleton, or a series when the count is a lower bound), else the older one's.
 * Sources: client-go tools/record/event.go and tools/events/event_recorder.go, k8s.io/api events/v1 and core/v1.
 */
export function usualEvent(event: NormalizedEvent, spelling: Spelling): JsonRecord {
  const names = NAMES[spelling]
  const isNewer = event.action !== '' || event.countIsLowerBound
  const first = formatSeconds(event.firstObserved)
  const usual: JsonRecord = { apiVersion: names.apiVersion, kind: 'Event', metadata: metadataOf(event, first) }
  usual[names.regarding] = referenceOf(event.regarding)
  setText(usual, 'action', event.action)
  setText(usual, 'reason', event.reason)
  setText(usual, 'type', event.type)
  setText(usual, names.note, event.note)
  setReporter(usual, event, spelling)
  if (isNewer) {
    usual['eventTime'] = formatMicros(event.firstObserved)
    if (event.countIsLowerBound)
      usual['series'] = { count: event.count, lastObservedTime: formatMicros(event.lastObserved) }
    usual[names.first] = null
    usual[names.last] = null
    usual[names.source] = {}
  } else {
    usual['eventTime'] = null
    usual[names.first] = first
    usual[names.last] = event.lastObserved === event.firstObserved ? first : formatSeconds(event.lastObserved)
    usual[names.count] = event.count
    usual[names.source] = sourceOf(event)
  }
  const related = referenceOf(event.related)
  if (Object.keys(related).length > 0) usual['related'] = related
  return usual
}

function metadataOf(event: NormalizedEvent, created: string): JsonRecord {
  const metadata: JsonRecord = {}
  setText(metadata, 'name', event.name)
  setText(metadata, 'namespace', event.eventNamespace)
  setText(metadata, 'uid', event.uid)
  if (event.resourceVersion !== null) metadata['resourceVersion'] = String(event.resourceVersion)
  metadata['creationTimestamp'] = created
  if (!isEmpty(event.labels)) metadata['labels'] = event.labels
  if (!isEmpty(event.annotations)) metadata['annotations'] = event.annotations
  return metadata
}

function isEmpty(map: Readonly<Record<string, string>>): boolean {
  return Object.keys(map).length === 0
}

function referenceOf(reference: ObjectReference): JsonRecord {
  const result: JsonRecord = {}
  setText(result, 'kind', reference.kind)
  setText(result, 'namespace', reference.namespace)
  setText(result, 'name', reference.name)
  setText(result, 'uid', reference.uid)
  setText(result, 'apiVersion', reference.apiVersion)
  setText(result, 'fieldPath', reference.fieldPath)
  return result
}

/** core/v1 writes empty reporters, events.k8s.io/v1 leaves them out. */
function setReporter(usual: JsonRecord, event: NormalizedEvent, spelling: Spelling): void {
  const name = NAMES[spelling].reportingController
  if (event.reportingController !== '' || spelling === 'core') usual[name] = event.reportingController
  if (event.reportingInstance !== '' || spelling === 'core') usual['reportingInstance'] = event.reportingInstance
}

function sourceOf({ reportingController, reportingInstance }: NormalizedEvent): JsonRecord {
  const source: JsonRecord = {}
  setText(source, 'component', reportingController)
  setText(source, 'host', reportingInstance)
  return source
}

function setText(target: JsonRecord, key: string, text: string): void {
  if (text !== '') target[key] = text
}
