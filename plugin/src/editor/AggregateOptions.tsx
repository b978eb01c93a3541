import { t } from '@grafana/i18n'
import { Combobox, InlineField, RadioButtonGroup, type ComboboxOption } from '@grafana/ui'
import { useId } from 'react'
import { metricName } from '../query/describe-query'
import { METRICS, type Format, type Metric } from '../query/query'
import { FieldsPicker } from './FieldPicker'
import { NumberField } from './NumberField'
import type { OptionsProps } from './options-props'

/** One number: which, of what, in which form. */
export function AggregateOptions({ query, resources, range, onChange, onRunQuery }: OptionsProps) {
  const id = useId()
  const metric = query.metric ?? 'occurrences'
  const format = query.format ?? 'auto'
  const isSeries = metric !== 'active' && (format === 'auto' || format === 'timeseries' || format === 'heatmap')
  const hasGroups = (query.groupBy ?? []).length > 0
  return (
    <>
      <InlineField label={t('aggregate.metric', 'Number')}>
        <Combobox<Metric>
          id={`${id}metric`}
          options={METRICS.map((value) => ({ value, label: metricName(value), description: metricHint(value) }))}
          value={metric}
          width={32}
          onChange={({ value }) => onChange({ metric: value, ...formatFor(value, format) })}
        />
      </InlineField>
      <InlineField label={t('aggregate.by', 'by')}>
        <FieldsPicker
          id={`${id}by`}
          values={query.groupBy ?? []}
          placeholder={t('aggregate.ungrouped', 'all together')}
          resources={resources}
          range={range}
          onChange={(groupBy) => onChange({ groupBy })}
        />
      </InlineField>
      <InlineField label={t('aggregate.format', 'as')}>
        <Combobox<Format>
          id={`${id}format`}
          options={formats(metric)}
          value={format}
          width={24}
          onChange={({ value }) => onChange({ format: value })}
        />
      </InlineField>
      {isSeries && (
        <IntervalField interval={query.interval ?? 'auto'} onChange={(interval) => onChange({ interval })} />
      )}
      {format === 'table' && isCounted(metric) && (
        <CompareField compare={query.compare ?? 'none'} onChange={(compare) => onChange({ compare })} />
      )}
      {hasGroups && (
        <NumberField
          label={t('aggregate.top', 'Top')}
          tooltip={
            isSeries
              ? t('aggregate.top-hint', 'The others become one series without labels')
              : t('aggregate.top-rows-hint', 'Groups with the highest number')
          }
          value={query.top}
          usual={isSeries ? 10 : 100}
          most={1_000}
          onChange={(top) => onChange({ top })}
          onEnter={onRunQuery}
        />
      )}
    </>
  )
}

function IntervalField({
  interval,
  onChange,
}: {
  readonly interval: string
  readonly onChange: (interval: string) => void
}) {
  const id = useId()
  return (
    <InlineField
      label={t('aggregate.interval', 'Interval')}
      tooltip={t(
        'aggregate.interval-hint',
        'Calendar intervals begin at midnight of the dashboard’s time zone. In alert rules, which have none, at midnight UTC.',
      )}
    >
      <Combobox<string>
        id={id}
        options={intervals()}
        value={interval}
        createCustomValue
        width={16}
        onChange={({ value }) => onChange(value)}
      />
    </InlineField>
  )
}

type Compare = NonNullable<OptionsProps['query']['compare']>

function CompareField({
  compare,
  onChange,
}: {
  readonly compare: Compare
  readonly onChange: (compare: Compare) => void
}) {
  // prettier-ignore
  return (
    <InlineField label={t('compare.label', 'Compare with')}>
      <RadioButtonGroup
        options={[
          { value: 'none' as const, label: t('compare.none', 'Nothing') },
          { value: 'day' as const, label: t('compare.day', 'A day before') },
          { value: 'week' as const, label: t('compare.week', 'A week before') },
        ]}
        value={compare}
        onChange={onChange}
      />
    </InlineField>
  )
}

function isCounted(metric: Metric): boolean {
  return metric !== 'active' && metric !== 'watched' && metric !== 'complete'
}

/** A state has no series: what cannot be asked is not left standing. */
function formatFor(metric: Metric, format: Format): { format?: Format } {
  return metric === 'active' && (format === 'auto' || format === 'timeseries' || format === 'heatmap')
    ? { format: 'numeric' }
    : {}
}

function formats(metric: Metric): ComboboxOption<Format>[] {
  const plain: ComboboxOption<Format>[] = [
    {
      value: 'numeric',
      label: t('format.numeric', 'Numbers'),
      description: t('format.numeric-hint', 'One for each group: for alert rules, gauges and bars'),
    },
    {
      value: 'table',
      label: t('format.table', 'Table'),
      description: t('format.table-hint', 'With first and last time'),
    },
  ]
  if (metric === 'active') return plain
  return [
    {
      value: 'auto',
      label: t('format.auto', 'Automatic'),
      description: t('format.auto-hint', 'Over time on panels, numbers in alert rules'),
    },
    {
      value: 'timeseries',
      label: t('format.timeseries', 'Over time'),
      description: t('format.timeseries-hint', 'A series for each group'),
    },
    ...plain,
    {
      value: 'heatmap',
      label: t('format.heatmap', 'Heat map'),
      description: t('format.heatmap-hint', 'A row for each group'),
    },
  ]
}

function intervals(): ComboboxOption<string>[] {
  return [
    { value: 'auto', label: t('interval.auto', 'Automatic') },
    ...['1m', '5m', '15m', '30m', '6h'].map((value) => ({ value, label: value })),
    { value: 'hour', label: t('interval.hour', 'Hour') },
    { value: 'day', label: t('interval.day', 'Day') },
    { value: 'week', label: t('interval.week', 'Week') },
    { value: 'month', label: t('interval.month', 'Month') },
  ]
}

function metricHint(metric: Metric): string {
  switch (metric) {
    case 'occurrences':
      return t('metric.occurrences-hint', 'How often it happened: the growth of each event’s own count')
    case 'rate':
      return t('metric.rate-hint', 'Occurrences divided by the minutes of the interval')
    case 'objects':
      return t('metric.objects-hint', 'Pods, nodes … that events are about')
    case 'events':
      return t('metric.events-hint', 'Event objects, however often each repeats')
    case 'observations':
      return t('metric.observations-hint', 'Rows in the store')
    case 'active':
      return t('metric.active-hint', '1 until the problem is over: for alert rules')
    case 'watched':
      return t('metric.watched-hint', 'Of each cluster, whatever the filter: for an alert rule')
    case 'complete':
      return t('metric.complete-hint', 'Of each cluster: watched, and without a gap in the range')
    case 'maxSeverity':
      return t('metric.max-severity-hint', '0 (info) to 4 (critical)')
    case 'gapP50':
      return t('metric.gap-p50-hint', 'Seconds between two observations of a group')
    case 'gapP95':
      return t('metric.gap-p95-hint', 'Seconds; 95 of 100 gaps are shorter')
  }
}
