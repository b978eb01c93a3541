import type { CoreApp, TimeRange } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Box, Icon, Stack, Text } from '@grafana/ui'
import { useState } from 'react'
import { describeQuery } from '../query/describe-query'
import type { EditableQueryType, EventloomQuery, ReadableQuery } from '../query/query'
import { switchType, type Remembered } from '../query/switch-type'
import type { Resources } from '../resources'
import { FilterEditor, ModeSwitch } from './FilterEditor'
import { TypeOptions } from './TypeOptions'
import { TypePicker } from './TypePicker'
import { Problems, useProblems } from './Problems'

interface Props {
  readonly query: ReadableQuery
  readonly types: readonly EditableQueryType[]
  readonly resources: Resources
  readonly range: TimeRange | undefined
  readonly app?: CoreApp
  readonly onChange: (query: EventloomQuery) => void
  readonly onRunQuery: () => void
}

/** What to show, which events, and how: three rows, and below them the whole question as a sentence. */
export function QueryForm({ query, types, resources, range, app, onChange, onRunQuery }: Props) {
  const problems = useProblems(resources, query)
  const change = (part: Partial<EventloomQuery>) => onChange({ ...query, ...part })
  const changeAndRun = (part: Partial<EventloomQuery>) => {
    change(part)
    onRunQuery()
  }
  const [remembered, setRemembered] = useState<Remembered>({})
  const changeType = (type: EditableQueryType) => {
    const switched = switchType(query, type, remembered)
    setRemembered(switched.remembered)
    onChange(switched.query)
    onRunQuery()
  }
  return (
    <Stack direction="column" gap={1}>
      <Stack justifyContent="space-between" alignItems="center" wrap="wrap" gap={1}>
        <TypePicker value={query.queryType} types={types} onChange={changeType} />
        <ModeSwitch mode={query.editorMode ?? 'builder'} onChange={(editorMode) => change({ editorMode })} />
      </Stack>
      <FilterEditor
        filter={query.filter}
        mode={query.editorMode ?? 'builder'}
        problems={problems}
        resources={resources}
        range={range}
        onChange={(filter, editorMode) => change(editorMode === undefined ? { filter } : { filter, editorMode })}
        onRunQuery={onRunQuery}
      />
      <TypeOptions
        query={query}
        resources={resources}
        range={range}
        {...(app === undefined ? {} : { app })}
        onChange={changeAndRun}
        onRunQuery={onRunQuery}
      />
      <Problems problems={problems} />
      <Box paddingX={0.5}>
        <Stack gap={1} alignItems="center">
          <Icon name="question-circle" size="sm" title={t('query.asks', 'What is asked')} />
          <Text variant="bodySmall" color="secondary">
            {describeQuery(query)}
          </Text>
        </Stack>
      </Box>
    </Stack>
  )
}
