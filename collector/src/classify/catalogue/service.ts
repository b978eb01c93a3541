import { HAPPENED, RETRIED, until } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** Services, their endpoints and addresses. */
export const SERVICE: readonly ReasonEntry[] = [
  ...emittedBy(
    'endpoint-controller',
    ['Endpoints'],
    [
      {
        reason: 'FailedToCreateEndpoint',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The endpoints of the Service could not be made.',
        check: 'Look whether its namespace is being deleted.',
        ...RETRIED,
      },
      {
        reason: 'FailedToCreateEndpoint',
        problem: 'AlreadyExists',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning:
          'The endpoints of the Service were there already when they were to be made, which is usual for a moment.',
        check: 'When it lasts, look who else makes them.',
        note: ['already exists'],
        persists: { afterMinutes: 10, severity: 'medium' },
        ...RETRIED,
      },
      {
        reason: 'FailedToUpdateEndpoint',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The endpoints of the Service could not be written this time; it is tried again.',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'endpoint-slice-controller',
    ['Service'],
    [
      {
        reason: 'FailedToListPods',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The pods of the Service could not be read, so its endpoints grow stale.',
        check: 'Look at the API server.',
        ...RETRIED,
      },
      {
        reason: 'FailedToListEndpointSlices',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The endpoint slices of the Service could not be read, so its endpoints grow stale.',
        check: 'Look at the API server.',
        ...RETRIED,
      },
      {
        reason: 'FailedToUpdateEndpointSlices',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The endpoint slices of the Service could not be written this time; it is tried again.',
        check: 'When it lasts, look for nodes that have vanished.',
        ...RETRIED,
      },
      {
        reason: 'TopologyAwareHintsEnabled',
        type: 'Normal',
        category: 'network',
        severity: 'info',
        meaning: 'Traffic of the Service stays within its zone.',
      },
      {
        reason: 'TopologyAwareHintsDisabled',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'Traffic of the Service no longer stays within its zone.',
        check: 'Look at the number of endpoints and the zones of the nodes.',
        ...until('TopologyAwareHintsEnabled'),
      },
    ],
  ),
  ...emittedBy(
    'endpoint-slice-mirroring-controller',
    ['Endpoints'],
    [
      {
        reason: 'InvalidIPAddress',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'Hand-made endpoints hold an address that is not valid and is left out.',
        check: 'Correct the address.',
        ...RETRIED,
      },
      {
        reason: 'TooManyAddressesToMirror',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'Hand-made endpoints hold too many addresses, and some are left out.',
        check: 'Make EndpointSlices yourself.',
        ...RETRIED,
      },
    ],
  ),
]
