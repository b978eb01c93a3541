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
      },
      {
        reason: 'FailedToUpdateEndpoint',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The endpoints of the Service could not be written this time; it is tried again.',
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
      },
      {
        reason: 'FailedToListEndpointSlices',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The endpoint slices of the Service could not be read, so its endpoints grow stale.',
        check: 'Look at the API server.',
      },
      {
        reason: 'FailedToUpdateEndpointSlices',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The endpoint slices of the Service could not be written this time; it is tried again.',
        check: 'When it lasts, look for nodes that have vanished.',
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
      },
      {
        reason: 'TooManyAddressesToMirror',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'Hand-made endpoints hold too many addresses, and some are left out.',
        check: 'Make EndpointSlices yourself.',
      },
    ],
  ),
]
