import { CoreApp } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Combobox, InlineField, MultiCombobox, RadioButtonGroup } from '@grafana/ui'
import { useId } from 'react'
import { bandName, traitName } from '../query/describe-query'
import { BANDS, TRAITS, type Trait } from '../query/query'
import { FieldsPicker } from './FieldPicker'
import { IdField } from './IdField'
import { NumberField } from './NumberField'
import type { OptionsProps } from './options-props'

/** Rows, patterns or groups of one answer at most; the collector's bound. */
const MOST_ROWS = 5_000

export function EventOptions({ query, app, onChange, onRunQuery }: OptionsProps) {
  return (
    <>
      <InlineField
        label={t('events.view', 'Show')}
        tooltip={t('events.view-hint', 'An event that repeats is one object whose count grows. Show each once, with its newest count, or every version that was stored.')} // prettier-ignore
      >
        <RadioButtonGroup
          options={[
            { value: 'events' as const, label: t('events.newest-version', 'Each event once') },
            { value: 'observations' as const, label: t('events.all-versions', 'Every version') },
          ]}
          value={query.view ?? 'events'}
          onChange={(view) => onChange({ view })}
        />
      </InlineField>
      {app === CoreApp.Explore && (
        <InlineField
          label={t('events.volume', 'Volume')}
          tooltip={t(
            'events.volume-hint',
            'What the bars above the rows count: the rows of the list, or how often it happened.',
          )}
        >
          <RadioButtonGroup
            options={[
              { value: 'rows' as const, label: t('events.volume-rows', 'Rows') },
              { value: 'occurrences' as const, label: t('events.volume-occurrences', 'Occurrences') },
            ]}
            value={query.volume ?? 'rows'}
            onChange={(volume) => onChange({ volume })}
          />
        </InlineField>
      )}
      {/* Explore has a switch of its own above the rows, and pages by it. */}
      {app !== CoreApp.Explore && (
        <InlineField label={t('events.order', 'Order')}>
          <RadioButtonGroup
            options={[
              { value: 'newest' as const, label: t('events.newest', 'Newest first') },
              { value: 'oldest' as const, label: t('events.oldest', 'Oldest first') },
            ]}
            value={query.order ?? 'newest'}
            onChange={(order) => onChange({ order })}
          />
        </InlineField>
      )}
      <NumberField
        label={t('options.limit', 'Rows')}
        tooltip={t('events.limit-hint', 'More are loaded by scrolling in Explore')}
        value={query.limit}
        usual={1_000}
        most={MOST_ROWS}
        onChange={(limit) => onChange({ limit })}
        onEnter={onRunQuery}
      />
    </>
  )
}

export function PatternOptions({ query, resources, range, onChange, onRunQuery }: OptionsProps) {
  const id = useId()
  return (
    <>
      <InlineField
        label={t('patterns.key', 'Alike in')}
        tooltip={t('patterns.key-hint', 'Events that are alike in these fields make a pattern')}
      >
        <FieldsPicker
          id={`${id}key`}
          values={query.patternBy ?? []}
          placeholder="reason, regarding.kind, namespace"
          resources={resources}
          range={range}
          onChange={(patternBy) => onChange({ patternBy })}
        />
      </InlineField>
      <NumberField
        label={t('patterns.min', 'Seen at least')}
        value={query.minOccurrences}
        usual={3}
        most={1_000_000_000}
        onChange={(minOccurrences) => onChange({ minOccurrences })}
        onEnter={onRunQuery}
      />
      <NumberField
        label={t('patterns.rate', 'More a minute than')}
        value={query.minRatePerMinute}
        usual={0.5}
        most={1_000_000_000}
        isFraction
        onChange={(minRatePerMinute) => onChange({ minRatePerMinute })}
        onEnter={onRunQuery}
      />
      <InlineField
        label={t('patterns.traits', 'Only')}
        tooltip={t('patterns.traits-hint', 'Patterns that are one of these, however few; empty for what recurs. Periodic and silent ones have a line for each workload.')} // prettier-ignore
      >
        <MultiCombobox<Trait>
          id={`${id}traits`}
          options={TRAITS.map((value) => ({ value, label: traitName(value) }))}
          value={(query.traits ?? []).map((value) => ({ value, label: traitName(value) }))}
          placeholder={t('patterns.any', 'what recurs')}
          width="auto"
          minWidth={16}
          maxWidth={60}
          onChange={(options) => onChange({ traits: options.map(({ value }) => value) })}
        />
      </InlineField>
      <NumberField
        label={t('patterns.limit', 'Patterns')}
        value={query.limit}
        usual={100}
        most={MOST_ROWS}
        onChange={(limit) => onChange({ limit })}
        onEnter={onRunQuery}
      />
    </>
  )
}

export function CorrelationOptions({ query, onChange, onRunQuery }: OptionsProps) {
  return (
    <>
      <IdField
        label={t('correlations.id', 'Related to')}
        tooltip={t('correlations.id-hint', 'Empty: everything of the range as a table. A click on a line of it, or its id here, shows what caused what, for a node graph.')} // prettier-ignore
        placeholder={t('correlations.all', 'all')}
        value={query.correlationId}
        onChange={(correlationId) => onChange({ correlationId })}
        onEnter={onRunQuery}
      />
      <NumberField
        label={t('options.limit', 'Rows')}
        value={query.limit}
        usual={100}
        most={MOST_ROWS}
        onChange={(limit) => onChange({ limit })}
        onEnter={onRunQuery}
      />
    </>
  )
}

export function TimelineOptions({ query, onChange, onRunQuery }: OptionsProps) {
  const id = useId()
  return (
    <>
      <InlineField label={t('timeline.by', 'A band for each')}>
        <Combobox
          id={`${id}band`}
          options={BANDS.map((value) => ({ value, label: bandName(value) }))}
          value={query.timelineBy ?? 'workload'}
          width={20}
          onChange={({ value }) => onChange({ timelineBy: value })}
        />
      </InlineField>
      <NumberField
        label={t('timeline.top', 'Bands')}
        tooltip={t('timeline.top-hint', 'Those with the worst problems, then those with the most occurrences')}
        value={query.top}
        usual={20}
        most={1_000}
        onChange={(top) => onChange({ top })}
        onEnter={onRunQuery}
      />
    </>
  )
}

export function AnnotationOptions({ query, resources, range, onChange, onRunQuery }: OptionsProps) {
  const id = useId()
  return (
    <>
      <InlineField label={t('annotations.marks', 'Mark')}>
        <RadioButtonGroup
          options={[
            { value: 'events' as const, label: t('annotations.marks-events', 'Events') },
            { value: 'incidents' as const, label: t('annotations.marks-incidents', 'Incidents') },
          ]}
          value={query.marks ?? 'events'}
          onChange={(marks) => onChange({ marks })}
        />
      </InlineField>
      <InlineField
        label={t('annotations.tags', 'Tags')}
        tooltip={t('annotations.tags-hint', 'Fields whose values become tags of a mark')}
      >
        <FieldsPicker
          id={`${id}tags`}
          values={query.tagFields ?? []}
          placeholder="reason, namespace"
          resources={resources}
          range={range}
          onChange={(tagFields) => onChange({ tagFields })}
        />
      </InlineField>
      <NumberField
        label={t('annotations.limit', 'Marks')}
        value={query.limit}
        usual={200}
        most={MOST_ROWS}
        onChange={(limit) => onChange({ limit })}
        onEnter={onRunQuery}
      />
    </>
  )
}
