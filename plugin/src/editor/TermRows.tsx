import type { TimeRange } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Button, Combobox, IconButton, InlineLabel, Stack, useStyles2, type ComboboxOption } from '@grafana/ui'
import { useId } from 'react'
import type { Operator, Term } from '../query/query'
import { isComplete, takesMany } from '../query/terms'
import type { Resources } from '../resources'
import { FieldPicker } from './FieldPicker'
import { termStyles } from './term-styles'
import { ValuePicker, ValuesPicker } from './ValuePicker'

interface Props {
  readonly terms: readonly Term[]
  readonly resources: Resources
  readonly range: TimeRange | undefined
  /** @param isComplete whether the conditions are worth asking with: no row is half written. */
  readonly onChange: (terms: readonly Term[], isComplete: boolean) => void
}

const NEW_TERM: Term = { key: '', operator: '=', values: [] }

/** The builder: a row for each condition. */
export function TermRows({ terms, resources, range, onChange }: Props) {
  const styles = useStyles2(termStyles)
  const change = (changed: readonly Term[]) => onChange(changed, changed.every(isComplete))
  return (
    <Stack gap={1} wrap="wrap" alignItems="center">
      <InlineLabel width="auto" className={styles.where}>
        {t('term.where', 'Where')}
      </InlineLabel>
      {terms.map((term, place) => (
        <fieldset key={place} className={styles.term}>
          <legend className={styles.hidden}>{t('term.legend', 'Condition {{number}}', { number: place + 1 })}</legend>
          <TermRow
            term={term}
            others={terms.filter((other, otherPlace) => otherPlace !== place && isComplete(other))}
            resources={resources}
            range={range}
            onChange={(changed) => change(terms.map((each, eachPlace) => (eachPlace === place ? changed : each)))}
            onRemove={() => change(terms.filter((_, eachPlace) => eachPlace !== place))}
          />
        </fieldset>
      ))}
      <Button variant="secondary" icon="plus" onClick={() => onChange([...terms, NEW_TERM], false)}>
        {t('term.add', 'Add a condition')}
      </Button>
    </Stack>
  )
}

interface RowProps {
  readonly term: Term
  /** Conditions that narrow the values offered here. */
  readonly others: readonly Term[]
  readonly resources: Resources
  readonly range: TimeRange | undefined
  readonly onChange: (term: Term) => void
  readonly onRemove: () => void
}

function TermRow({ term, others, resources, range, onChange, onRemove }: RowProps) {
  const styles = useStyles2(termStyles)
  const id = useId()
  const pickValues = { id: `${id}value`, term, others, resources, range }
  return (
    <>
      <label htmlFor={`${id}key`} className={styles.hidden}>
        {t('term.field', 'Field')}
      </label>
      <FieldPicker
        id={`${id}key`}
        value={term.key}
        resources={resources}
        range={range}
        onChange={(key) => onChange({ ...term, key, values: key === term.key ? term.values : [] })}
      />
      <label htmlFor={`${id}operator`} className={styles.hidden}>
        {t('term.operator', 'Operator')}
      </label>
      <Combobox<Operator>
        id={`${id}operator`}
        options={operators()}
        value={term.operator}
        width="auto"
        minWidth={9}
        onChange={({ value: operator }) => onChange(withOperator(term, operator))}
      />
      <label htmlFor={`${id}value`} className={styles.hidden}>
        {t('term.value', 'Value')}
      </label>
      {takesMany(term.operator) ? (
        <ValuesPicker {...pickValues} onChange={(values) => onChange({ ...term, values })} />
      ) : (
        <ValuePicker {...pickValues} onChange={(value) => onChange({ ...term, values: [value] })} />
      )}
      <IconButton name="times" tooltip={t('term.remove', 'Remove this condition')} onClick={onRemove} />
    </>
  )
}

/** One value remains when the operator takes only one. */
function withOperator(term: Term, operator: Operator): Term {
  return { ...term, operator, values: takesMany(operator) ? term.values : term.values.slice(0, 1) }
}

function operators(): ComboboxOption<Operator>[] {
  return [
    { value: '=', label: '=' },
    { value: '!=', label: '≠' },
    { value: '=|', label: t('operator.one-of', 'one of') },
    { value: '!=|', label: t('operator.none-of', 'none of') },
    {
      value: '=~',
      label: t('operator.like', 'like'),
      description: t('operator.like-hint', 'Back.*, or Failed.*|Back.*'),
    },
    { value: '!~', label: t('operator.not-like', 'not like') },
    { value: '>', label: '>', description: t('operator.order-hint', 'numbers, times, severity') },
    { value: '<', label: '<', description: t('operator.order-hint', 'numbers, times, severity') },
  ]
}
