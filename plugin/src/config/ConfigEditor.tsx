import type { DataSourcePluginOptionsEditorProps } from '@grafana/data'
import { t } from '@grafana/i18n'
import { config } from '@grafana/runtime'
import { Divider, Field, FieldSet, Input, Stack, Switch, Text } from '@grafana/ui'
import { useId } from 'react'
import type { EventloomSecrets, EventloomSettings } from '../settings'
import { Authentication } from './Authentication'
import { Headers } from './Headers'
import { settingsEditor } from './settings-editor'
import { Transport } from './Transport'

export type ConfigProps = DataSourcePluginOptionsEditorProps<EventloomSettings, EventloomSecrets>

/** An alert query has 30 s; our message is to come before Grafana's. */
const MOST_SECONDS = 25
const WIDTH = 60

/** The page of the data source: where the collector is, who asks, and how the way there is kept safe. */
export function ConfigEditor(props: ConfigProps) {
  const { options } = props
  const id = useId()
  const edit = settingsEditor(props)
  return (
    <Stack direction="column" gap={2}>
      <Text color="secondary">
        {t(
          'config.intro',
          'Eventloom’s collector keeps Kubernetes events and answers this data source. Its address and token are in its configuration (api.host, api.port, api.tokenFile).',
        )}
      </Text>
      <FieldSet label={t('config.connection', 'Connection')}>
        <Field
          label={t('config.url', 'URL')}
          description={t(
            'config.url-hint',
            'The collector’s address as the Grafana server reaches it, not your browser',
          )}
          required
        >
          <Input
            id={`${id}url`}
            width={WIDTH}
            placeholder="http://eventloom:8085"
            value={options.url}
            disabled={options.readOnly}
            onChange={({ currentTarget }) => edit.options({ url: currentTarget.value.trim() })}
          />
        </Field>
      </FieldSet>
      <Authentication {...props} />
      <Transport {...props} />
      <Headers {...props} />
      <Divider spacing={0} />
      <FieldSet label={t('config.more', 'More')}>
        <Field
          label={t('config.timeout', 'Timeout')}
          description={t('config.timeout-hint', 'Seconds, at most {{most}}: an alert rule gives up after 30', {
            most: MOST_SECONDS,
          })}
        >
          <Input
            id={`${id}timeout`}
            type="number"
            min={1}
            max={MOST_SECONDS}
            width={12}
            placeholder={String(MOST_SECONDS)}
            value={options.jsonData.timeout ?? ''}
            disabled={options.readOnly}
            onChange={({ currentTarget: { value } }) => edit.json({ timeout: secondsOf(value) })}
          />
        </Field>
        {config.secureSocksDSProxyEnabled && (
          <Field
            label={t('config.socks', 'Secure SOCKS proxy')}
            description={t(
              'config.socks-hint',
              'Reach the collector through the proxy that Grafana is configured with',
            )}
          >
            <Switch
              id={`${id}socks`}
              value={options.jsonData.enableSecureSocksProxy ?? false}
              disabled={options.readOnly}
              onChange={({ currentTarget }) => edit.json({ enableSecureSocksProxy: currentTarget.checked })}
            />
          </Field>
        )}
      </FieldSet>
    </Stack>
  )
}

function secondsOf(text: string): number | undefined {
  const seconds = Math.round(Number(text))
  return text.trim() === '' || !Number.isFinite(seconds) ? undefined : Math.min(MOST_SECONDS, Math.max(1, seconds))
}
