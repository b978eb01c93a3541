import { t } from '@grafana/i18n'
import { config } from '@grafana/runtime'
import { Alert, Box, Button, Field, FieldSet, Input, Stack, Text, TextLink } from '@grafana/ui'
import { useId } from 'react'
import pluginJson from '../plugin.json'
import type { ConfigProps } from './config-props'
import { Authentication } from './Authentication'
import { Headers } from './Headers'
import { settingsEditor } from './settings-editor'
import { SwitchField } from './SwitchField'
import { TextField } from './TextField'
import { Transport } from './Transport'

/** An alert query has 30 s; our message is to come before Grafana's. */
const MOST_SECONDS = 25

/** The page of the data source: where the collector is, who asks, and how the way there is kept safe. */
export function ConfigEditor(props: ConfigProps) {
  const { options } = props
  const edit = settingsEditor(props)
  return (
    <Stack direction="column" gap={0}>
      <Box marginBottom={2}>
        <Text element="p" color="secondary">
          {t(
            'config.intro',
            'Eventloom’s collector keeps Kubernetes events and answers this data source. Its address and token are in its configuration (api.host, api.port, api.tokenFile).',
          )}{' '}
          <TextLink href={`${config.appSubUrl}/plugins/${pluginJson.id}`} external inline>
            {t('config.docs', 'Documentation')}
          </TextLink>
        </Text>
      </Box>
      <FieldSet label={t('config.connection', 'Connection')}>
        <TextField
          label={t('config.url', 'URL')}
          description={t(
            'config.url-hint',
            'The collector’s address as the Grafana server reaches it, not your browser',
          )}
          placeholder="http://eventloom:8085"
          required
          value={options.jsonData.address ?? options.url}
          disabled={options.readOnly}
          onChange={(address) => edit.options({ url: '', jsonData: { ...options.jsonData, address } })}
        />
        {options.url !== '' && (
          <Alert
            severity="warning"
            title={t('config.exposed', 'Every viewer can send requests of his own to the collector')}
          >
            {t(
              'config.exposed-advice',
              'The address is in Grafana’s own URL of the data source, which Grafana’s proxy opens to viewers with the credentials below. Move it to a setting of the plugin; in a provisioning file, write jsonData.address instead of url.',
            )}
            {!options.readOnly && (
              <Box marginTop={1}>
                <Button
                  variant="secondary"
                  onClick={() => edit.options({ url: '', jsonData: { ...options.jsonData, address: options.url } })}
                >
                  {t('config.move', 'Move the address')}
                </Button>
              </Box>
            )}
          </Alert>
        )}
      </FieldSet>
      <Authentication {...props} />
      <Transport {...props} />
      <Headers {...props} />
      <More {...props} />
    </Stack>
  )
}

function More(props: ConfigProps) {
  const { jsonData, readOnly } = props.options
  const id = useId()
  const edit = settingsEditor(props)
  return (
    <FieldSet label={t('config.more', 'Additional settings')}>
      <Field
        label={t('config.timeout', 'Timeout')}
        description={t('config.timeout-hint', 'Seconds, at most {{most}}: an alert rule gives up after 30', {
          most: MOST_SECONDS,
        })}
      >
        <Input
          id={id}
          type="number"
          min={1}
          max={MOST_SECONDS}
          width={12}
          placeholder={String(MOST_SECONDS)}
          value={jsonData.timeout ?? ''}
          disabled={readOnly}
          onChange={({ currentTarget: { value } }) => edit.json({ timeout: secondsOf(value) })}
        />
      </Field>
      {config.secureSocksDSProxyEnabled && (
        <SwitchField
          label={t('config.socks', 'Secure SOCKS proxy')}
          description={t('config.socks-hint', 'Reach the collector through the proxy that Grafana is configured with')}
          value={jsonData.enableSecureSocksProxy}
          disabled={readOnly}
          onChange={(enableSecureSocksProxy) => edit.json({ enableSecureSocksProxy })}
        />
      )}
    </FieldSet>
  )
}

function secondsOf(text: string): number | undefined {
  const seconds = Math.round(Number(text))
  return text.trim() === '' || !Number.isFinite(seconds) ? undefined : Math.min(MOST_SECONDS, Math.max(1, seconds))
}
