import { CoreApp } from '@grafana/data'
import { SCHEMA_VERSION, type EventloomQuery } from './query'

const EVERYTHING = { text: '', terms: [] }

/** A query that shows something useful before anything is written: logs in Explore, a chart on a panel, states in a rule. */
export function newQuery(app: CoreApp | undefined): Partial<EventloomQuery> {
  const common = { schemaVersion: SCHEMA_VERSION, editorMode: 'builder' as const }
  switch (app) {
    case CoreApp.CloudAlerting:
    case CoreApp.UnifiedAlerting:
      return {
        ...common,
        queryType: 'aggregate',
        filter: { text: '', terms: [{ key: 'severity', operator: '=|', values: ['high', 'critical'] }] },
        metric: 'active',
        // Stable names only: a rule by pod would make an alert of its own for each pod.
        groupBy: ['cluster', 'namespace', 'owner.name', 'reason'],
        format: 'numeric',
      }
    case CoreApp.Dashboard:
    case CoreApp.PanelEditor:
    case CoreApp.PanelViewer:
      return {
        ...common,
        queryType: 'aggregate',
        filter: EVERYTHING,
        metric: 'occurrences',
        groupBy: ['severity'],
        format: 'auto',
      }
    default:
      return { ...common, queryType: 'events', filter: EVERYTHING, view: 'events', order: 'newest' }
  }
}

/** Keys of which everything that an editor wrote, of whatever version, has one. */
const WRITTEN = ['schemaVersion', 'queryType', 'filter', 'query']

/** A query as it is asked and shown: in place of one that nobody wrote yet, the new one of this place. */
export function writtenQuery<Query extends EventloomQuery>(query: Query, app: CoreApp | undefined): Query {
  const isWritten = WRITTEN.some((key) => Boolean((query as unknown as Record<string, unknown>)[key]))
  return isWritten ? query : { ...query, ...newQuery(app) }
}

export function isAlerting(app: CoreApp | string | undefined): boolean {
  return app === CoreApp.CloudAlerting || app === CoreApp.UnifiedAlerting
}
