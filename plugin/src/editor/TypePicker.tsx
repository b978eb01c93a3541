import type { SelectableValue } from '@grafana/data'
import { t } from '@grafana/i18n'
import { RadioButtonGroup } from '@grafana/ui'
import type { EditableQueryType, QueryType } from '../query/query'

interface Props {
  readonly value: QueryType
  readonly types: readonly EditableQueryType[]
  readonly onChange: (type: EditableQueryType) => void
}

/** What to show. A stored type that this place does not offer stays visible, so that nothing changes unasked. */
export function TypePicker({ value, types, onChange }: Props) {
  const options = types.map(typeOption)
  const isStrange = value !== 'context' && !types.includes(value)
  return (
    <RadioButtonGroup
      aria-label={t('type.label', 'What to show')}
      options={isStrange ? [typeOption(value), ...options] : options}
      value={value === 'context' ? undefined : value}
      onChange={onChange}
    />
  )
}

type TypeOption = SelectableValue<EditableQueryType> & { readonly value: EditableQueryType }

function typeOption(value: EditableQueryType): TypeOption {
  switch (value) {
    case 'incidents':
    case 'causes':
    case 'similar':
      return incidentOption(value)
    case 'problems':
      return {
        value,
        label: t('type.problems', 'Problems'),
        description: t('type.problems-hint', 'What is wrong at the end of the range, the most important first'),
      }
    case 'events':
      return {
        value,
        label: t('type.events', 'Events'),
        description: t('type.events-hint', 'Rows of a log, newest first'),
      }
    case 'aggregate':
      return {
        value,
        label: t('type.aggregate', 'Count'),
        description: t('type.aggregate-hint', 'One number over time or by group: for charts and alert rules'),
      }
    case 'patterns':
      return {
        value,
        label: t('type.patterns', 'Patterns'),
        description: t('type.patterns-hint', 'What recurs, the worst first; what is new, periodic or silent'),
      }
    case 'correlations':
      return {
        value,
        label: t('type.correlations', 'Related'),
        description: t(
          'type.correlations-hint',
          'Events that belong together, by what happened; or what caused what among them',
        ),
      }
    case 'timeline':
      return {
        value,
        label: t('type.timeline', 'Timeline'),
        description: t('type.timeline-hint', 'The state of each workload, object, node or namespace over time'),
      }
    case 'annotations':
      return {
        value,
        label: t('type.annotations', 'Marks'),
        description: t('type.annotations-hint', 'Events as marks on other panels'),
      }
  }
}

function incidentOption(value: 'incidents' | 'causes' | 'similar'): TypeOption {
  switch (value) {
    case 'incidents':
      return {
        value,
        label: t('type.incidents', 'Incidents'),
        description: t('type.incidents-hint', 'What broke and why, as of the end of the range: one row for an outage'),
      }
    case 'causes':
      return {
        value,
        label: t('type.causes', 'Causes'),
        description: t('type.causes-hint', 'Why one incident came about: a node graph, or a table in words'),
      }
    case 'similar':
      return {
        value,
        label: t('type.similar', 'Similar'),
        description: t('type.similar-hint', 'Incidents before one that were like it'),
      }
  }
}
