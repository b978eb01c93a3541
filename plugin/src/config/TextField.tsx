import { Field, Input } from '@grafana/ui'
import { useId } from 'react'

interface Props {
  readonly label: string
  readonly description?: string
  readonly placeholder?: string
  readonly value: string | undefined
  readonly required?: boolean
  readonly disabled: boolean | undefined
  readonly onChange: (value: string) => void
}

/** Columns of the page's fields. */
const WIDTH = 60

export function TextField({ label, description, placeholder, value = '', required, disabled, onChange }: Props) {
  const id = useId()
  return (
    <Field label={label} description={description} required={required}>
      <Input
        id={id}
        width={WIDTH}
        placeholder={placeholder}
        value={value}
        required={required}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
    </Field>
  )
}
