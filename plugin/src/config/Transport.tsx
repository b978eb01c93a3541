import { t } from '@grafana/i18n'
import { Alert, FieldSet } from '@grafana/ui'
import type { ConfigProps } from './config-props'
import { SecretField } from './SecretField'
import { settingsEditor } from './settings-editor'
import { SwitchField } from './SwitchField'
import { TextField } from './TextField'

const CERTIFICATE = '-----BEGIN CERTIFICATE-----'
const KEY = '-----BEGIN PRIVATE KEY-----'

/** How the way to the collector is kept safe. What is switched off is not shown. */
export function Transport(props: ConfigProps) {
  const { jsonData, readOnly } = props.options
  const edit = settingsEditor(props)
  const hasName = jsonData.tlsAuth === true || jsonData.tlsAuthWithCACert === true
  return (
    <FieldSet label={t('tls.title', 'TLS settings')}>
      <SwitchField
        label={t('tls.ca', 'Add self-signed certificate')}
        description={t('tls.ca-hint', 'For a collector whose certificate is not from a public one')}
        value={jsonData.tlsAuthWithCACert}
        disabled={readOnly}
        onChange={(tlsAuthWithCACert) => edit.json({ tlsAuthWithCACert })}
      />
      {jsonData.tlsAuthWithCACert && (
        <SecretField
          config={props}
          name="tlsCACert"
          label={t('tls.ca-text', 'CA certificate')}
          placeholder={CERTIFICATE}
          hasLines
        />
      )}
      <ClientCertificate {...props} />
      {hasName && (
        <TextField
          label={t('tls.name', 'Server name')}
          description={t('tls.name-hint', 'When the certificate names another host than the URL')}
          value={jsonData.serverName}
          disabled={readOnly}
          onChange={(serverName) => edit.json({ serverName })}
        />
      )}
      <SwitchField
        label={t('tls.skip', 'Skip TLS certificate validation')}
        description={t('tls.skip-hint', 'For a trial: whoever sits between could answer in the collector’s name')}
        value={jsonData.tlsSkipVerify}
        disabled={readOnly}
        onChange={(tlsSkipVerify) => edit.json({ tlsSkipVerify })}
      />
      {jsonData.tlsSkipVerify && (
        <Alert severity="warning" title={t('tls.skip-warning', 'The connection is not protected against impostors')} />
      )}
    </FieldSet>
  )
}

function ClientCertificate(props: ConfigProps) {
  const { jsonData, readOnly } = props.options
  const edit = settingsEditor(props)
  return (
    <>
      <SwitchField
        label={t('tls.client', 'TLS Client Authentication')}
        description={t('tls.client-hint', 'For a proxy that asks who connects')}
        value={jsonData.tlsAuth}
        disabled={readOnly}
        onChange={(tlsAuth) => edit.json({ tlsAuth })}
      />
      {jsonData.tlsAuth && (
        <>
          <SecretField
            config={props}
            name="tlsClientCert"
            label={t('tls.client-text', 'Certificate')}
            placeholder={CERTIFICATE}
            hasLines
          />
          <SecretField config={props} name="tlsClientKey" label={t('tls.key-text', 'Key')} placeholder={KEY} hasLines />
        </>
      )}
    </>
  )
}
