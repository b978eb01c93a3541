import type { ConfigProps } from './config-props'
import type { EventloomSecrets, EventloomSettings } from '../settings'

/** Writes parts of the settings, each beside all others. */
export function settingsEditor({ options, onOptionsChange }: ConfigProps) {
  return {
    options: (part: Partial<ConfigProps['options']>) => onOptionsChange({ ...options, ...part }),
    json: (part: Partial<EventloomSettings>) =>
      onOptionsChange({ ...options, jsonData: { ...options.jsonData, ...part } }),
    secret: (key: keyof EventloomSecrets, value: string) =>
      onOptionsChange({ ...options, secureJsonData: { ...options.secureJsonData, [key]: value } }),
    /** Forgets a secret, so that another can be written. */
    reset: (key: keyof EventloomSecrets) =>
      onOptionsChange({
        ...options,
        secureJsonFields: { ...options.secureJsonFields, [key]: false },
        secureJsonData: { ...options.secureJsonData, [key]: '' },
      }),
    isSet: (key: keyof EventloomSecrets) => options.secureJsonFields[key] === true,
    written: (key: keyof EventloomSecrets) => options.secureJsonData?.[key] ?? '',
  }
}
