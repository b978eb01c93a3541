import {
  dateTime,
  LogRowContextQueryDirection,
  type DataQueryRequest,
  type LogRowContextOptions,
  type LogRowModel,
} from '@grafana/data'
import { t } from '@grafana/i18n'
import { InlineField, RadioButtonGroup } from '@grafana/ui'
import { useState } from 'react'
import { SCHEMA_VERSION, SCOPES, type EventloomQuery, type RowContext, type Scope } from '../query/query'
import { addValue } from '../query/terms'

/** Rows to each side that are asked for at once when Explore does not say. */
const USUAL_ROWS = 100
const HOUR_MS = 3_600_000

/** What a row shares with its neighbours, by scope; the same as the collector's. */
const SHARED: Readonly<Record<Scope, readonly string[]>> = {
  object: ['cluster', 'regarding.kind', 'namespace', 'regarding.name'],
  owner: ['cluster', 'namespace', 'owner.kind', 'owner.name'],
  node: ['cluster', 'node'],
  namespace: ['cluster', 'namespace'],
}

/** Scopes that a row has: a row without node has no neighbours there. */
export function scopesOf({ labels }: Pick<LogRowModel, 'labels'>): readonly Scope[] {
  return SCOPES.filter((scope) => (labels[SHARED[scope].at(-1) ?? ''] ?? '') !== '')
}

/**
 * The neighbours of a row. It may be a row of an earlier answer of this kind: its own labels and time say where to go on, so
 * that rows of one time come neither twice nor never.
 */
export function contextQuery(
  row: LogRowModel,
  options: LogRowContextOptions | undefined,
  scope: Scope,
): EventloomQuery {
  const isForward = options?.direction === LogRowContextQueryDirection.Forward
  const context: RowContext = {
    id: row.rowId ?? row.uid,
    direction: isForward ? 'forward' : 'backward',
    scope,
    labels: row.labels,
    timeNs: row.timeEpochNs,
  }
  const refId = `log-context-${isForward ? 'forward' : 'backward'}`
  return { refId, schemaVersion: SCHEMA_VERSION, queryType: 'context', context, limit: options?.limit ?? USUAL_ROWS }
}

/** The neighbours of a row as a query of its own, for "open in split view". */
export function neighboursQuery(row: LogRowModel, query: EventloomQuery | undefined, scope: Scope): EventloomQuery {
  const shared = SHARED[scope].flatMap((key) => (row.labels[key] ? [{ key, value: row.labels[key] }] : []))
  const filter = shared.reduce((done, { key, value }) => addValue(done, key, '=', value), {
    text: '',
    terms: [],
  } as Parameters<typeof addValue>[0])
  return {
    refId: query?.refId ?? 'A',
    schemaVersion: SCHEMA_VERSION,
    queryType: 'events',
    view: 'observations',
    filter,
  }
}

/** A request for one query. Its range is only what Grafana wants to see: the collector goes out from the row's own time. */
export function contextRequest(query: EventloomQuery, row: LogRowModel): DataQueryRequest<EventloomQuery> {
  const from = dateTime(row.timeEpochMs - HOUR_MS)
  const to = dateTime(row.timeEpochMs + HOUR_MS)
  return {
    requestId: `${query.refId}-${row.uid}`,
    targets: [query],
    interval: '1s',
    intervalMs: 1_000,
    range: { from, to, raw: { from, to } },
    scopedVars: {},
    timezone: 'UTC',
    app: 'explore',
    startTime: row.timeEpochMs,
  }
}

interface ScopePickerProps {
  readonly row: LogRowModel
  readonly scope: Scope
  readonly onChange: (scope: Scope) => void
}

/** The choice above a row's neighbours: whose events they are. */
export function ScopePicker({ row, scope, onChange }: ScopePickerProps) {
  const [chosen, setChosen] = useState(scope)
  const label: Readonly<Record<Scope, string>> = {
    object: t('context.object', 'Same object'),
    owner: t('context.owner', 'Same workload'),
    node: t('context.node', 'Same node'),
    namespace: t('context.namespace', 'Same namespace'),
  }
  const available = scopesOf(row)
  return (
    <InlineField
      label={t('context.label', 'Neighbours')}
      tooltip={t('context.tooltip', 'Whose events are shown before and after this one')}
    >
      <RadioButtonGroup
        options={SCOPES.filter((each) => available.includes(each)).map((value) => ({ value, label: label[value] }))}
        value={chosen}
        onChange={(value) => {
          setChosen(value)
          onChange(value)
        }}
      />
    </InlineField>
  )
}
