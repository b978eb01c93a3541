import type { CoreApp, QueryEditorProps } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Alert } from '@grafana/ui'
import type { EventloomApi } from '../data-source'
import { isAlerting, writtenQuery } from '../query/new-query'
import { isLater, readQuery, SCHEMA_VERSION, type EditableQueryType, type EventloomQuery } from '../query/query'
import type { EventloomSettings } from '../settings'
import { AlertPreview } from './AlertPreview'
import { QueryForm } from './QueryForm'

export type Props = QueryEditorProps<EventloomApi, EventloomQuery, EventloomSettings>

/** What an alert rule can read: numbers. */
const ALERTABLE: readonly EditableQueryType[] = [
  'incidents',
  'problems',
  'aggregate',
  'patterns',
  'timeline',
  'correlations',
]
const SHOWN: readonly EditableQueryType[] = [
  'incidents',
  'causes',
  'similar',
  'problems',
  'events',
  'aggregate',
  'patterns',
  'correlations',
  'timeline',
]

/** The editor of panels, Explore and alert rules. It writes to the query only when somebody changes something. */
export function QueryEditor({ query: stored, onChange, onRunQuery, datasource, range, app }: Props) {
  const query = readQuery(writtenQuery(stored, app as CoreApp | undefined))
  if (isLater(query)) return <LaterVersion version={query.laterVersion} />
  const forAlert = isAlerting(app)
  return (
    <>
      <QueryForm
        query={query}
        types={forAlert ? ALERTABLE : SHOWN}
        resources={datasource.resources}
        range={range}
        {...(app === undefined ? {} : { app })}
        onChange={onChange}
        onRunQuery={onRunQuery}
      />
      {forAlert && <AlertPreview query={query} resources={datasource.resources} range={range} />}
    </>
  )
}

/** A query that this editor would only damage. */
export function LaterVersion({ version }: { readonly version: unknown }) {
  return (
    <Alert
      severity="warning"
      title={t('query.later', 'This query is of version {{version}}, and this plugin edits up to {{own}}', {
        version: JSON.stringify(version),
        own: SCHEMA_VERSION,
        interpolation: { escapeValue: false },
      })}
    >
      {t('query.later-advice', 'It is left as it is. Update the plugin to edit it, or make a new query beside it.')}
    </Alert>
  )
}
