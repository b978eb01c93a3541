import type { QueryEditorProps } from '@grafana/data'
import { t } from '@grafana/i18n'
import { InlineField, RadioButtonGroup, Stack } from '@grafana/ui'
import { useId, useState } from 'react'
import { SEARCH, type VariableQuery } from '../query/variable-query'
import type { EventloomApi } from '../data-source'
import { SCHEMA_VERSION, type EventloomQuery, type QueryFilter } from '../query/query'
import type { EventloomSettings } from '../settings'
import { FieldPicker } from './FieldPicker'
import { FilterEditor, ModeSwitch, type Mode } from './FilterEditor'
import { NumberField } from './NumberField'

type Props = QueryEditorProps<EventloomApi, EventloomQuery, EventloomSettings, VariableQuery>

/** More values than a menu can be read. */
const MOST_VALUES = 1_000

/** The editor of a dashboard's variable: whose values, of which events, in which order. Conditions may name other variables. */
export function VariableEditor({ query, onChange, onRunQuery, datasource, range }: Props) {
  const id = useId()
  const filter: QueryFilter = { text: query.filter?.text ?? '', terms: query.filter?.terms ?? [] }
  const [mode, setMode] = useState<Mode>(filter.text === '' ? 'builder' : 'code')
  const change = (part: Partial<VariableQuery>) => {
    onChange({ ...query, refId: query.refId || 'variable', schemaVersion: SCHEMA_VERSION, search: SEARCH, ...part })
  }
  const changeAndRun = (part: Partial<VariableQuery>) => {
    change(part)
    onRunQuery()
  }
  return (
    <Stack direction="column" gap={1}>
      <Stack gap={1} wrap="wrap" alignItems="center" justifyContent="space-between">
        <Stack gap={1} wrap="wrap" alignItems="center">
          <InlineField label={t('variable.field', 'Values of')}>
            <FieldPicker
              id={`${id}field`}
              value={query.field ?? ''}
              resources={datasource.resources}
              range={range}
              onChange={(field) => changeAndRun({ field })}
            />
          </InlineField>
          <InlineField label={t('variable.sort', 'Order')}>
            <RadioButtonGroup
              options={[
                { value: 'count' as const, label: t('variable.by-count', 'Most frequent first') },
                { value: 'name' as const, label: t('variable.by-name', 'By name') },
              ]}
              value={query.sort ?? 'count'}
              onChange={(sort) => changeAndRun({ sort })}
            />
          </InlineField>
          <NumberField
            label={t('variable.limit', 'At most')}
            value={query.limit}
            usual={MOST_VALUES}
            most={MOST_VALUES}
            onChange={(limit) => changeAndRun({ limit })}
          />
        </Stack>
        <ModeSwitch mode={mode} onChange={setMode} />
      </Stack>
      <FilterEditor
        filter={filter}
        mode={mode}
        problems={[]}
        resources={datasource.resources}
        range={range}
        onChange={(changed, otherMode) => {
          if (otherMode !== undefined) setMode(otherMode)
          change({ filter: changed })
        }}
        onRunQuery={onRunQuery}
      />
    </Stack>
  )
}
