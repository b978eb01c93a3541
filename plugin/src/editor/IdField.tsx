import { InlineField, Input } from '@grafana/ui'
import { useId } from 'react'
import { useTyped } from './use-typed'

interface IdFieldProps {
  readonly label: string
  readonly tooltip: string
  /** What is meant by no id. */
  readonly placeholder: string
  readonly value: string | undefined
  readonly onChange: (id: string | undefined) => void
  readonly onEnter: () => void
}

/** An id or a variable, taken when the field is left or on Enter; Enter in an unchanged field asks again. */
export function IdField({ label, tooltip, placeholder, value = '', onChange, onEnter }: IdFieldProps) {
  const id = useId()
  const [typed, setTyped] = useTyped(value)
  const take = () => {
    const isChanged = typed.trim() !== value
    if (isChanged) onChange(typed.trim() || undefined)
    return isChanged
  }
  return (
    <InlineField label={label} tooltip={tooltip}>
      <Input
        id={id}
        value={typed}
        placeholder={placeholder}
        width={30}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={take}
        onKeyDown={({ key }) => {
          if (key === 'Enter' && !take()) onEnter()
        }}
      />
    </InlineField>
  )
}
