import { Field, SecretInput, SecretTextArea } from '@grafana/ui'
import { useId } from 'react'
import type { EventloomSecrets } from '../settings'
import type { ConfigProps } from './config-props'
import { settingsEditor } from './settings-editor'

interface Props {
  readonly config: ConfigProps
  readonly name: keyof EventloomSecrets
  readonly label: string
  readonly description?: string
  readonly placeholder?: string
  /** PEM text has lines. */
  readonly hasLines?: boolean
}

const WIDTH = 60

/** A secret: written once, shown as "configured", and never sent back to a browser. */
export function SecretField({ config, name, label, description, placeholder, hasLines = false }: Props) {
  const id = useId()
  const edit = settingsEditor(config)
  const common = {
    id,
    placeholder,
    isConfigured: edit.isSet(name),
    value: edit.written(name),
    disabled: config.options.readOnly,
    onReset: () => edit.reset(name),
  }
  return (
    <Field label={label} description={description}>
      {hasLines ? (
        <SecretTextArea
          {...common}
          cols={WIDTH}
          rows={5}
          onChange={({ currentTarget }) => edit.secret(name, currentTarget.value)}
        />
      ) : (
        <SecretInput
          {...common}
          width={WIDTH}
          onChange={({ currentTarget }) => edit.secret(name, currentTarget.value)}
        />
      )}
    </Field>
  )
}
