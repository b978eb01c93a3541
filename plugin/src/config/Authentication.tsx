import { t } from '@grafana/i18n'
import { Alert, Field, FieldSet, RadioButtonGroup } from '@grafana/ui'
import type { ConfigProps } from './config-props'
import { SecretField } from './SecretField'
import { settingsEditor } from './settings-editor'
import { TextField } from './TextField'

type Way = 'token' | 'basic' | 'identity'

/** Who asks the collector: the data source with its token, a proxy's user, or whoever looks. */
export function Authentication(props: ConfigProps) {
  const { options } = props
  const edit = settingsEditor(props)
  const way: Way = options.jsonData.oauthPassThru === true ? 'identity' : options.basicAuth ? 'basic' : 'token'
  const choose = (chosen: Way) =>
    edit.options({
      basicAuth: chosen === 'basic',
      jsonData: { ...options.jsonData, oauthPassThru: chosen === 'identity' },
    })
  return (
    <FieldSet label={t('auth.title', 'Authentication')}>
      <Field label={t('auth.way', 'Authentication method')}>
        <RadioButtonGroup
          options={[
            { value: 'token' as const, label: t('auth.token', 'Token') },
            {
              value: 'basic' as const,
              description: t('auth.basic-hint', 'For a proxy in front of the collector'),
              label: t('auth.basic', 'Basic authentication'),
            },
            {
              value: 'identity' as const,
              description: t('auth.identity-short', 'Whoever looks asks with a token of their own'),
              label: t('auth.identity', 'Forward OAuth Identity'),
            },
          ]}
          value={way}
          disabled={options.readOnly}
          onChange={choose}
        />
      </Field>
      {way === 'token' && (
        <SecretField
          config={props}
          name="token"
          label={t('auth.token', 'Token')}
          description={t(
            'auth.token-hint',
            'Content of the collector’s api.tokenFile. Empty when the collector has none, which it allows on its own machine only.',
          )}
        />
      )}
      {way === 'basic' && <Basic {...props} />}
      {way === 'identity' && <Identity {...props} />}
    </FieldSet>
  )
}

function Basic(props: ConfigProps) {
  const { options } = props
  return (
    <>
      <TextField
        label={t('auth.user', 'User')}
        value={options.basicAuthUser}
        disabled={options.readOnly}
        onChange={(basicAuthUser) => settingsEditor(props).options({ basicAuthUser })}
      />
      <SecretField config={props} name="basicAuthPassword" label={t('auth.password', 'Password')} />
    </>
  )
}

function Identity(props: ConfigProps) {
  return (
    <>
      <Alert severity="info" title={t('auth.identity-title', 'Nobody is signed in when an alert rule runs')}>
        {t(
          'auth.identity-hint',
          'The token of the person who looks is sent, and never another in its place. Alert rules need a service token of their own, or they fail and say so. Live tail is off, because one stream serves all viewers.',
        )}
      </Alert>
      <SecretField
        config={props}
        name="serviceToken"
        label={t('auth.service-token', 'Service token for alert rules')}
        description={t('auth.service-token-hint', 'Used by alert rules, and by nothing else')}
      />
    </>
  )
}
