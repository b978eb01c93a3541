import type { JsonRecord } from './json-record.ts'

/** Which API group's field names an event has. Both groups are views of one stored object: only names differ. */
export type Spelling = 'events.k8s.io' | 'core'

/** Field names that differ between the groups, as `events.k8s.io/v1` and as `v1` has them. */
export const NAMES = {
  'events.k8s.io': {
    apiVersion: 'events.k8s.io/v1',
    regarding: 'regarding',
    note: 'note',
    reportingController: 'reportingController',
    source: 'deprecatedSource',
    first: 'deprecatedFirstTimestamp',
    last: 'deprecatedLastTimestamp',
    count: 'deprecatedCount',
  },
  core: {
    apiVersion: 'v1',
    regarding: 'involvedObject',
    note: 'message',
    reportingController: 'reportingComponent',
    source: 'source',
    first: 'firstTimestamp',
    last: 'lastTimestamp',
    count: 'count',
  },
} as const satisfies Record<Spelling, Record<string, string>>

type RenamedField = Exclude<keyof (typeof NAMES)['core'], 'apiVersion'>

/** Told by the object's field name, which every event has; a mixture counts as `events.k8s.io/v1`. */
export function spellingOf(event: JsonRecord): Spelling {
  if (event['regarding'] !== undefined) return 'events.k8s.io'
  if (event['involvedObject'] !== undefined || event['apiVersion'] === NAMES.core.apiVersion) return 'core'
  return 'events.k8s.io'
}

/** A field under its newer name, else under its older one. */
export function field(event: JsonRecord, name: RenamedField): unknown {
  return event[NAMES['events.k8s.io'][name]] ?? event[NAMES.core[name]]
}
