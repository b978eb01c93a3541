import type { TimeRange } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Combobox, MultiCombobox, type ComboboxOption } from '@grafana/ui'
import type { Term } from '../query/query'
import { rangeOf, type Resources } from '../resources'
import { chipsWidth, MOST_CHIPS_WIDTH, optionsOf, withTyped } from './FieldPicker'

interface Common {
  readonly id: string
  readonly term: Term
  /** Conditions that narrow what is offered. */
  readonly others: readonly Term[]
  readonly resources: Resources
  readonly range: TimeRange | undefined
}

/** Choice of a value that the range holds, most frequent first; anything else may be typed. */
export function ValuePicker({ id, onChange, ...asked }: Common & { readonly onChange: (value: string) => void }) {
  const [value] = asked.term.values
  return (
    <Combobox<string>
      id={id}
      // Another field has other values; the old ones must not be offered while the new ones are on their way.
      key={asked.term.key}
      options={(input) => valueOptions(asked, input)}
      value={value === undefined ? null : { value, label: value }}
      placeholder={t('value.choose', 'Choose or type')}
      width="auto"
      minWidth={14}
      maxWidth={40}
      onChange={(option) => {
        if (option.infoOption !== true) onChange(option.value)
      }}
    />
  )
}

export function ValuesPicker({ id, onChange, ...asked }: Common & { readonly onChange: (values: string[]) => void }) {
  return (
    <MultiCombobox<string>
      id={id}
      key={asked.term.key}
      options={(input) => valueOptions(asked, input)}
      value={asked.term.values.map((value) => ({ value, label: value }))}
      placeholder={t('value.choose', 'Choose or type')}
      width="auto"
      minWidth={chipsWidth(asked.term.values, '')}
      maxWidth={MOST_CHIPS_WIDTH}
      onChange={(options) => onChange(options.map((option) => option.value))}
    />
  )
}

/** Values of one answer at most, the collector's bound. */
const MOST_LISTED = 1_000

type Asked = Omit<Common, 'id'>

async function valueOptions(asked: Asked, input: string): Promise<ComboboxOption<string>[]> {
  const { values: found, isCut } = await listedValues(asked, input)
  // An expression or a bound is written, not chosen.
  const { operator } = asked.term
  const isWritten = operator === '=~' || operator === '!~' || operator === '<' || operator === '>'
  const typed = withTyped(found, input)
  const offered = isWritten ? [...typed.slice(found.length), ...found] : typed
  return isCut ? [...offered, moreOption()] : offered
}

/** The last line of a list that does not hold all. */
function moreOption(): ComboboxOption<string> {
  return { value: '', label: t('value.more', 'There are more: type how the value begins'), infoOption: true }
}

export async function listedValues({ term: { key }, others, resources, range }: Asked, input: string) {
  if (key === '' || key.includes('$')) return { values: [], isCut: false }
  // A condition with a variable cannot narrow here: only the dashboard knows what it stands for.
  const plain = others.filter(({ key: name, values }) => ![name, ...values].some((text) => text.includes('$')))
  const ask = (prefix: string) => resources.values(key, plain, prefix, rangeOf(range))
  const listed = await ask('')
  // Of more values than one list holds, those that begin with what was typed are looked for in all of them.
  const more = input !== '' && listed.length >= MOST_LISTED ? await ask(input) : []
  const known = new Set(listed.map(({ text }) => text))
  const isCut = (input === '' ? listed : more).length >= MOST_LISTED
  const values = optionsOf([...listed, ...more.filter(({ text }) => !known.has(text))], input)
  return { values, isCut }
}
