import { t } from '@grafana/i18n'
import { Alert, Field, FieldSet, Input, Switch } from '@grafana/ui'
import { useId } from 'react'
import type { ConfigProps } from './ConfigEditor'
import { SecretField } from './SecretField'
import { settingsEditor } from './settings-editor'

const CERTIFICATE = '-----BEGIN CERTIFICATE-----'

/** How the way to the collector is kept safe. What is switched off is not shown. */
export function Transport(config: ConfigProps) {
  const id = useId()
  const { jsonData, readOnly } = config.options
  const edit = settingsEditor(config)
  const hasName = jsonData.tlsAuth === true || jsonData.tlsAuthWithCACert === true
  return (
    <FieldSet label={t('tls.title', 'TLS')}>
      <Field
        label={t('tls.ca', 'Own certificate authority')}
        description={t('tls.ca-hint', 'For a collector whose certificate is not from a public one')}
      >
        <Switch
          id={`${id}ca`}
          value={jsonData.tlsAuthWithCACert ?? false}
          disabled={readOnly}
          onChange={({ currentTarget }) => edit.json({ tlsAuthWithCACert: currentTarget.checked })}
        />
      </Field>
      {jsonData.tlsAuthWithCACert && (
        <SecretField
          config={config}
          name="tlsCACert"
          label={t('tls.ca-text', 'CA certificate')}
          placeholder={CERTIFICATE}
          hasLines
        />
      )}
      <Field
        label={t('tls.client', 'Client certificate')}
        description={t('tls.client-hint', 'For a proxy that asks who connects')}
      >
        <Switch
          id={`${id}client`}
          value={jsonData.tlsAuth ?? false}
          disabled={readOnly}
          onChange={({ currentTarget }) => edit.json({ tlsAuth: currentTarget.checked })}
        />
      </Field>
      {jsonData.tlsAuth && (
        <>
          <SecretField
            config={config}
            name="tlsClientCert"
            label={t('tls.client-text', 'Certificate')}
            placeholder={CERTIFICATE}
            hasLines
          />
          <SecretField
            config={config}
            name="tlsClientKey"
            label={t('tls.key-text', 'Key')}
            placeholder="-----BEGIN PRIVATE KEY-----"
            hasLines
          />
        </>
      )}
      {hasName && (
        <Field
          label={t('tls.name', 'Server name')}
          description={t('tls.name-hint', 'When the certificate names another host than the URL')}
        >
          <Input
            id={`${id}name`}
            width={40}
            value={jsonData.serverName ?? ''}
            disabled={readOnly}
            onChange={({ currentTarget }) => edit.json({ serverName: currentTarget.value.trim() })}
          />
        </Field>
      )}
      <Field
        label={t('tls.skip', 'Accept any certificate')}
        description={t('tls.skip-hint', 'For a trial: whoever sits between could answer in the collector’s name')}
      >
        <Switch
          id={`${id}skip`}
          value={jsonData.tlsSkipVerify ?? false}
          disabled={readOnly}
          onChange={({ currentTarget }) => edit.json({ tlsSkipVerify: currentTarget.checked })}
        />
      </Field>
      {jsonData.tlsSkipVerify && (
        <Alert severity="warning" title={t('tls.skip-warning', 'The connection is not protected against impostors')} />
      )}
    </FieldSet>
  )
}
