import type { MetricFindValue, TimeRange } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Combobox, MultiCombobox, type ComboboxOption } from '@grafana/ui'
import { rangeOf, type Resources } from '../resources'

interface Common {
  readonly id: string
  readonly resources: Resources
  readonly range: TimeRange | undefined
}

interface OneProps extends Common {
  readonly value: string
  readonly onChange: (field: string) => void
}

/** Choice of a field, by typing any part of its name; a variable may be typed too. */
export function FieldPicker({ id, value, resources, range, onChange }: OneProps) {
  return (
    <Combobox<string>
      id={id}
      options={(input) => fieldOptions(resources, range, input)}
      value={value === '' ? null : { value, label: value }}
      placeholder={t('field.choose', 'Choose a field')}
      width="auto"
      minWidth={16}
      maxWidth={36}
      onChange={(option) => onChange(option.value)}
    />
  )
}

interface ManyProps extends Common {
  readonly values: readonly string[]
  readonly placeholder: string
  readonly onChange: (fields: string[]) => void
}

/** Choice of several fields; their order is kept. */
export function FieldsPicker({ id, values, placeholder, resources, range, onChange }: ManyProps) {
  return (
    <MultiCombobox<string>
      id={id}
      options={(input) => fieldOptions(resources, range, input)}
      value={values.map((value) => ({ value, label: value }))}
      placeholder={placeholder}
      width="auto"
      minWidth={chipsWidth(values, placeholder)}
      maxWidth={MOST_CHIPS_WIDTH}
      onChange={(options) => onChange(options.map(({ value }) => value))}
    />
  )
}

/** Of a field with several values, in units of 8 px. */
export const MOST_CHIPS_WIDTH = 80

/** Of a chip around its text; and of the field around its chips, with room for Grafana's "and N more", for which it looks first. */
const CHIP_EDGES = 6.5
const FIELD_EDGES = 14

/** Width of a field with several values, in units of 8 px: enough to show all, as far as that is reasonable. */
export function chipsWidth(values: readonly string[], placeholder: string): number {
  const chips = values.reduce((sum, value) => sum + value.length + CHIP_EDGES, values.length > 1 ? FIELD_EDGES : 0)
  return Math.min(MOST_CHIPS_WIDTH, Math.max(20, placeholder.length, Math.ceil(chips)))
}

async function fieldOptions(
  resources: Resources,
  range: TimeRange | undefined,
  input: string,
): Promise<ComboboxOption<string>[]> {
  const found = optionsOf(await resources.fields(rangeOf(range)), input)
  // Keys of labels are as many as people invent, and a variable is no field: both may be typed.
  const isOwn = input.includes('$') || /^(labels|annotations|objectLabels|metadata)\../.test(input)
  return isOwn ? withTyped(found, input) : found
}

/** The choices and, behind them, what was typed: Enter takes the first. */
export function withTyped(found: ComboboxOption<string>[], input: string): ComboboxOption<string>[] {
  if (input === '' || found.some(({ value }) => value === input)) return found
  return [...found, { value: input, label: input, description: t('value.typed', 'as typed') }]
}

/** Choices that contain what was typed, those that begin with it first. */
export function optionsOf(choices: readonly MetricFindValue[], input: string): ComboboxOption<string>[] {
  const typed = input.toLowerCase()
  const found = choices
    .map(({ text, value, group }) => ({
      label: text,
      value: String(value ?? text),
      ...(group === undefined ? {} : { group }),
    }))
    .filter(({ label }) => label.toLowerCase().includes(typed))
  const begins = ({ label }: { label: string }) => Number(label.toLowerCase().startsWith(typed))
  // Groups must stay together, and within them the order of the collector, which puts the frequent first.
  return typed === '' ? found : [...found].sort((a, b) => begins(b) - begins(a))
}
