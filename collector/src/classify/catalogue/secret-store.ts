import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** Secrets that come from outside of the cluster. */
export const SECRET_STORE: readonly ReasonEntry[] = [
  ...emittedBy(
    'external-secrets',
    ['ExternalSecret', 'ClusterExternalSecret', 'PushSecret'],
    [
      {
        reason: 'Updated',
        type: 'Normal',
        category: 'config',
        severity: 'info',
        meaning: 'The Secret was written from its source.',
      },
      {
        reason: 'UpdateFailed',
        type: 'Warning',
        category: 'config',
        severity: 'high',
        meaning: 'The Secret could not be written, because its source does not give the value.',
        check: 'Look at the key in the note, the store and its credentials.',
        clearedBy: [{ by: 'object', reasons: ['Updated'] }],
        holdsMinutes: 20,
      },
    ],
  ),
  ...emittedBy(
    'external-secrets',
    ['SecretStore', 'ClusterSecretStore'],
    [
      {
        reason: 'Valid',
        type: 'Normal',
        category: 'config',
        severity: 'info',
        meaning: 'The store can be used.',
      },
      {
        reason: 'InvalidProviderConfig',
        type: 'Warning',
        category: 'config',
        severity: 'high',
        meaning: 'The store cannot be used.',
        check: 'Correct the address or the credentials of the provider.',
        clearedBy: [{ by: 'object', reasons: ['Valid'] }],
        holdsMinutes: 30,
      },
      {
        reason: 'ValidationFailed',
        type: 'Warning',
        category: 'config',
        severity: 'high',
        meaning: 'The store did not pass its check.',
        check: 'Look at the credentials and the way to the provider.',
        clearedBy: [{ by: 'object', reasons: ['Valid'] }],
        holdsMinutes: 30,
      },
    ],
  ),
  ...emittedBy(
    'Sealed Secrets',
    ['SealedSecret'],
    [
      {
        reason: 'Unsealed',
        type: 'Normal',
        category: 'security',
        severity: 'info',
        meaning: 'The Secret was decrypted and written.',
      },
      {
        reason: 'ErrUnsealFailed',
        type: 'Warning',
        category: 'security',
        severity: 'high',
        meaning: 'The Secret could not be decrypted.',
        check: 'Seal it again with the key of this cluster.',
        clearedBy: [{ by: 'object', reasons: ['Unsealed'] }],
        holdsMinutes: 60,
      },
    ],
  ),
]
