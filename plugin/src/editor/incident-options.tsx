import { t } from '@grafana/i18n'
import { Combobox, InlineField, InlineSwitch } from '@grafana/ui'
import { useId } from 'react'
import { IdField } from './IdField'
import { NumberField } from './NumberField'
import type { OptionsProps } from './options-props'

/** Rows of one answer at most; the collector's bound. */
const MOST_ROWS = 5_000

/** Whether what is over is shown as well. */
function WithOver({ hint, query, onChange }: Pick<OptionsProps, 'query' | 'onChange'> & { readonly hint: string }) {
  const id = useId()
  return (
    <InlineField label={t('problems.with-over', 'Also what is over')} tooltip={hint}>
      <InlineSwitch
        id={id}
        value={query.withOver ?? false}
        onChange={({ currentTarget }) => onChange({ withOver: currentTarget.checked })}
      />
    </InlineField>
  )
}

export function IncidentOptions({ query, onChange, onRunQuery }: OptionsProps) {
  return (
    <>
      <WithOver
        hint={t('incidents.with-over-hint', 'Incidents that ended within the range')}
        query={query}
        onChange={onChange}
      />
      <NumberField
        label={t('incidents.limit', 'Incidents')}
        value={query.limit}
        usual={100}
        most={MOST_ROWS}
        onChange={(limit) => onChange({ limit })}
        onEnter={onRunQuery}
      />
    </>
  )
}

export function ProblemOptions({ query, onChange, onRunQuery }: OptionsProps) {
  const id = useId()
  return (
    <>
      <WithOver
        hint={t('problems.with-over-hint', 'Problems that ended within the range, and how that is known')}
        query={query}
        onChange={onChange}
      />
      <InlineField
        label={t('problems.each', 'Every object')}
        tooltip={t('problems.each-hint', 'A row for each pod, not one for a workload and its trouble')}
      >
        <InlineSwitch
          id={`${id}each`}
          value={query.eachObject ?? false}
          onChange={({ currentTarget }) => onChange({ eachObject: currentTarget.checked })}
        />
      </InlineField>
      <NumberField
        label={t('problems.limit', 'Problems')}
        value={query.limit}
        usual={100}
        most={MOST_ROWS}
        onChange={(limit) => onChange({ limit })}
        onEnter={onRunQuery}
      />
    </>
  )
}

/** Which incident; empty for the most important one. */
function IncidentId({ query, onChange, onRunQuery }: OptionsProps) {
  return (
    <IdField
      label={t('incidents.id', 'Of incident')}
      tooltip={t('incidents.id-hint', 'Its id or a variable. Empty: the most important one that the filter leaves')}
      placeholder={t('incidents.first', 'the most important')}
      value={query.incidentId}
      onChange={(incidentId) => onChange({ incidentId })}
      onEnter={onRunQuery}
    />
  )
}

export function CauseOptions(props: OptionsProps) {
  const id = useId()
  const { query, onChange } = props
  return (
    <>
      <IncidentId {...props} />
      <InlineField label={t('causes.as', 'As')}>
        <Combobox
          id={id}
          options={[
            { value: 'auto' as const, label: t('causes.graph', 'Graph') },
            { value: 'table' as const, label: t('causes.table', 'Table in words') },
          ]}
          value={query.format === 'table' ? 'table' : 'auto'}
          width={20}
          onChange={({ value }) => onChange({ format: value })}
        />
      </InlineField>
    </>
  )
}

export function SimilarOptions(props: OptionsProps) {
  const { query, onChange, onRunQuery } = props
  return (
    <>
      <IncidentId {...props} />
      <NumberField
        label={t('similar.limit', 'Rows')}
        value={query.limit}
        usual={20}
        most={MOST_ROWS}
        onChange={(limit) => onChange({ limit })}
        onEnter={onRunQuery}
      />
    </>
  )
}
