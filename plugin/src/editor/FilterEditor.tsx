import type { TimeRange } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Button, RadioButtonGroup, Stack, Text } from '@grafana/ui'
import { describeTerm } from '../query/describe-query'
import { joinIntoText } from '../query/lucene-text'
import type { QueryFilter } from '../query/query'
import type { Problem, Resources } from '../resources'
import { LuceneField } from './LuceneField'
import { TermRows } from './TermRows'

export type Mode = 'builder' | 'code'

interface Props {
  readonly filter: QueryFilter
  readonly mode: Mode
  readonly problems: readonly Problem[]
  readonly resources: Resources
  readonly range: TimeRange | undefined
  readonly onChange: (filter: QueryFilter, mode?: Mode) => void
  readonly onRunQuery: () => void
}

export function ModeSwitch({ mode, onChange }: { readonly mode: Mode; readonly onChange: (mode: Mode) => void }) {
  return (
    <RadioButtonGroup
      aria-label={t('mode.label', 'How to write filters')}
      size="sm"
      options={[
        { value: 'builder', label: t('mode.builder', 'Builder') },
        { value: 'code', label: t('mode.code', 'Code') },
      ]}
      value={mode}
      onChange={onChange}
    />
  )
}

/**
 * Which events. Conditions of the builder and the line of text stand side by side in a query and both hold, so switching
 * between them converts nothing: the half that is not open is shown below, as it is.
 */
export function FilterEditor({ filter, mode, problems, resources, range, onChange, onRunQuery }: Props) {
  const { text, terms } = filter
  if (mode === 'code') {
    return (
      <Stack direction="column" gap={0.5}>
        <LuceneField
          text={text}
          problems={problems.filter(({ position }) => position !== undefined)}
          resources={resources}
          range={range}
          onChange={(changed) => onChange({ text: changed, terms })}
          onRunQuery={onRunQuery}
        />
        {terms.length > 0 && <OpenTerms filter={filter} onChange={onChange} />}
      </Stack>
    )
  }
  return (
    <Stack direction="column" gap={0.5}>
      <TermRows
        terms={terms}
        resources={resources}
        range={range}
        onChange={(changed, isComplete) => {
          onChange({ text, terms: changed })
          if (isComplete) onRunQuery()
        }}
      />
      {text.trim() !== '' && <OpenText filter={filter} onChange={onChange} />}
    </Stack>
  )
}

interface OtherHalf {
  readonly filter: QueryFilter
  readonly onChange: Props['onChange']
}

/** Conditions of the builder, while the line of text is open. */
function OpenTerms({ filter: { text, terms }, onChange }: OtherHalf) {
  const joined = joinIntoText(text, terms)
  return (
    <Stack gap={1} alignItems="center" wrap="wrap">
      <Text variant="bodySmall" color="secondary">
        {t('filter.and-terms', 'and, from the builder:')}
      </Text>
      {terms.map((term, place) => (
        <code key={place}>{describeTerm(term)}</code>
      ))}
      <Button size="sm" variant="secondary" fill="text" onClick={() => onChange({ text, terms }, 'builder')}>
        {t('filter.edit-terms', 'Edit in the builder')}
      </Button>
      {joined.terms.length < terms.length && (
        <Button size="sm" variant="secondary" fill="text" onClick={() => onChange(joined)}>
          {t('filter.write-terms', 'Write them into the text')}
        </Button>
      )}
    </Stack>
  )
}

/** The line of text, while the builder is open. */
function OpenText({ filter: { text, terms }, onChange }: OtherHalf) {
  return (
    <Stack gap={1} alignItems="center" wrap="wrap">
      <Text variant="bodySmall" color="secondary">
        {t('filter.and-text', 'and, as text:')}
      </Text>
      <code>{text}</code>
      <Button size="sm" variant="secondary" fill="text" onClick={() => onChange({ text, terms }, 'code')}>
        {t('filter.edit-text', 'Edit the text')}
      </Button>
      <Button size="sm" variant="secondary" fill="text" onClick={() => onChange({ text: '', terms })}>
        {t('filter.remove-text', 'Remove it')}
      </Button>
    </Stack>
  )
}
