import { InlineField, Input } from '@grafana/ui'
import { useId } from 'react'

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
}

/** A whole number from 1 to `most`, or any from 0, taken when the field is left or Enter pressed. Empty is the usual one. */
export function NumberField({ label, tooltip, value, usual, most, isFraction = false, onChange }: Props) {
  const id = useId()
  const least = isFraction ? 0 : 1
  const take = (text: string) => {
    const number = isFraction ? Number(text) : Math.round(Number(text))
    const typed = text.trim() === '' ? undefined : Math.min(most, Math.max(least, number))
    if (Number.isNaN(typed) || typed === value) return
    onChange(typed)
  }
  return (
    <InlineField label={label} {...(tooltip === undefined ? {} : { tooltip })}>
      <Input
        id={id}
        // What was stored elsewhere meanwhile must be seen.
        key={value ?? ''}
        type="number"
        min={least}
        max={most}
        step={isFraction ? 'any' : 1}
        width={12}
        defaultValue={value ?? ''}
        placeholder={String(usual)}
        onBlur={({ currentTarget }) => take(currentTarget.value)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Enter') take(currentTarget.value)
        }}
      />
    </InlineField>
  )
}
