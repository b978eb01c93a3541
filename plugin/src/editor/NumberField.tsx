import { InlineField, Input } from '@grafana/ui'
import { useId } from 'react'
import { useTyped } from './use-typed'

interface Props {
  readonly label: string
  readonly tooltip?: string
  readonly value: number | undefined
  /** What an empty field stands for. */
  readonly usual: number
  readonly most: number
  /** Whether parts of one are numbers too, and nothing is one. */
  readonly isFraction?: boolean
  readonly onChange: (value: number | undefined) => void
  /** Enter, when nothing changed: whoever presses it wants an answer. */
  readonly onEnter?: () => void
}

/** A whole number from 1 to `most`, or any from 0, taken when the field is left or Enter pressed. Empty is the usual one. */
export function NumberField({ label, tooltip, value, usual, most, isFraction = false, onChange, onEnter }: Props) {
  const id = useId()
  const [typed, setTyped] = useTyped(value === undefined ? '' : String(value))
  const least = isFraction ? 0 : 1
  const take = () => {
    const number = isFraction ? Number(typed) : Math.round(Number(typed))
    const wanted = typed.trim() === '' ? undefined : Math.min(most, Math.max(least, number))
    setTyped(wanted === undefined ? '' : String(wanted))
    const isChanged = !Number.isNaN(wanted) && wanted !== value
    if (isChanged) onChange(wanted)
    return isChanged
  }
  return (
    <InlineField label={label} {...(tooltip === undefined ? {} : { tooltip })}>
      <Input
        id={id}
        type="number"
        min={least}
        max={most}
        step={isFraction ? 'any' : 1}
        width={12}
        value={typed}
        placeholder={String(usual)}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={take}
        onKeyDown={({ key }) => {
          if (key === 'Enter' && !take()) onEnter?.()
        }}
      />
    </InlineField>
  )
}
