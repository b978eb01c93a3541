import { t } from '@grafana/i18n'
import { Button, Field, FieldSet, IconButton, Input, SecretInput, Stack } from '@grafana/ui'
import { useId } from 'react'
import type { EventloomSecrets, EventloomSettings } from '../settings'
import type { ConfigProps } from './config-props'
import { settingsEditor } from './settings-editor'

type NameKey = `httpHeaderName${number}`
type ValueKey = `httpHeaderValue${number}`

/** Headers that are sent with each request, for example for a gateway. Grafana's SDK reads them by number. */
export function Headers(config: ConfigProps) {
  const id = useId()
  const { options } = config
  const edit = settingsEditor(config)
  const numbers = headerNumbers(options.jsonData)
  const add = () => edit.json({ [nameKey((numbers.at(-1) ?? 0) + 1)]: '' })
  return (
    <FieldSet label={t('headers.title', 'HTTP headers')}>
      {numbers.map((number) => (
        <Stack key={number} alignItems="center" gap={1}>
          <Field label={t('headers.name', 'Name of header {{number}}', { number })}>
            <Input
              id={`${id}name${number}`}
              width={30}
              placeholder="X-Scope-OrgID"
              value={options.jsonData[nameKey(number)] ?? ''}
              disabled={options.readOnly}
              onChange={({ currentTarget }) => edit.json({ [nameKey(number)]: currentTarget.value.trim() })}
            />
          </Field>
          <Field label={t('headers.value', 'Value of header {{number}}', { number })}>
            <SecretInput
              id={`${id}value${number}`}
              width={40}
              isConfigured={edit.isSet(valueKey(number))}
              value={edit.written(valueKey(number))}
              disabled={options.readOnly}
              onReset={() => edit.reset(valueKey(number))}
              onChange={({ currentTarget }) => edit.secret(valueKey(number), currentTarget.value)}
            />
          </Field>
          <IconButton
            name="trash-alt"
            tooltip={t('headers.remove', 'Remove header {{number}}', { number })}
            disabled={options.readOnly}
            onClick={() => edit.options(withoutHeader(options, number))}
          />
        </Stack>
      ))}
      <Button variant="secondary" icon="plus" type="button" disabled={options.readOnly} onClick={add}>
        {t('headers.add', 'Add header')}
      </Button>
    </FieldSet>
  )
}

/** Numbers of the headers there are, ascending. They may have gaps. */
export function headerNumbers(jsonData: EventloomSettings): readonly number[] {
  return Object.keys(jsonData)
    .flatMap((key) => {
      const number = /^httpHeaderName(\d+)$/.exec(key)?.[1]
      return number === undefined || jsonData[nameKey(Number(number))] === undefined ? [] : [Number(number)]
    })
    .sort((a, b) => a - b)
}

/**
 * Without one header. The SDK reads numbers from 1 until one is missing, so the later ones move up; a secret cannot be moved,
 * since nobody can read it, so the last place takes over only when it is the one removed.
 */
function withoutHeader(options: ConfigProps['options'], number: number): Partial<ConfigProps['options']> {
  const jsonData: EventloomSettings = { ...options.jsonData }
  const secureJsonData: EventloomSecrets = { ...options.secureJsonData }
  // An empty name is sent by nobody and keeps the numbers of the others.
  const isLast = number === headerNumbers(jsonData).at(-1)
  if (isLast) delete jsonData[nameKey(number)]
  else jsonData[nameKey(number)] = ''
  delete secureJsonData[valueKey(number)]
  return { jsonData, secureJsonData, secureJsonFields: { ...options.secureJsonFields, [valueKey(number)]: false } }
}

function nameKey(number: number): NameKey {
  return `httpHeaderName${number}`
}

function valueKey(number: number): ValueKey {
  return `httpHeaderValue${number}`
}
