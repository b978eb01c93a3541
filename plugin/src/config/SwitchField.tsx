import { Field, Switch } from '@grafana/ui'
import { useId } from 'react'

interface Props {
  readonly label: string
  readonly description: string
  readonly value: boolean | undefined
  readonly disabled: boolean | undefined
  readonly onChange: (value: boolean) => void
}

export function SwitchField({ label, description, value = false, disabled, onChange }: Props) {
  const id = useId()
  return (
    <Field label={label} description={description}>
      <Switch
        id={id}
        value={value}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    </Field>
  )
}
