import { InlineField, Input } from '@grafana/ui'
import { useId } from 'react'

interface Props {
  readonly label: string
  readonly tooltip?: string
  readonly value: number | undefined
  /** What an empty field stands for. */
  readonly usual: number
  readonly most: number
  readonly onChange: (value: number | undefined) => void
}

/** A whole number from 1 to `most`, taken when the field is left or Enter pressed. Empty is the usual one. */
export function NumberField({ label, tooltip, value, usual, most, onChange }: Props) {
  const id = useId()
  const take = (text: string) => {
    const typed = text.trim() === '' ? undefined : Math.min(most, Math.max(1, Math.round(Number(text))))
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
        min={1}
        max={most}
        step={1}
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
