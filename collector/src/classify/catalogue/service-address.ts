import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** Addresses and ports of Services, and their repair. */
export const SERVICE_ADDRESS: readonly ReasonEntry[] = [
  ...emittedBy(
    'ipallocator-repair-controller',
    ['Service'],
    [
      {
        reason: 'ClusterIPNotValid',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The address of the Service is not valid.',
        check: 'Create the Service anew.',
      },
      {
        reason: 'ClusterIPOutOfRange',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The address of the Service lies outside of the range.',
        check: 'Create the Service anew.',
      },
      {
        reason: 'ClusterIPNotAllocated',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The address of the Service was not noted as taken; this is repaired.',
      },
      {
        reason: 'ClusterIPAlreadyAllocated',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'Two Services have the same address.',
        check: 'Create one of them anew.',
      },
      {
        reason: 'ServiceCIDRFull',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'No address is left for new Services.',
        check: 'Add a wider ServiceCIDR.',
      },
    ],
  ),
  ...emittedBy(
    'ipallocator-repair-controller',
    ['Service', 'IPAddress'],
    [
      {
        reason: 'UnknownError',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The address of the Service could not be taken for an unknown reason.',
        check: "Look at the API server's log.",
      },
    ],
  ),
  ...emittedBy(
    'ipallocator-repair-controller',
    ['IPAddress'],
    [
      {
        reason: 'IPAddressNotAllocated',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'An address without its Service is cleaned up.',
      },
      {
        reason: 'IPAddressWrongReference',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'An address with the wrong owner is cleaned up.',
      },
    ],
  ),
  ...emittedBy(
    'portallocator-repair-controller',
    ['Service'],
    [
      {
        reason: 'PortNotAllocated',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The node port of the Service was not noted as taken; this is repaired.',
      },
      {
        reason: 'PortAlreadyAllocated',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'Two Services have the same node port.',
        check: 'Create one of them anew.',
      },
      {
        reason: 'PortOutOfRange',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The node port of the Service lies outside of the range.',
        check: 'Create the Service anew.',
      },
      {
        reason: 'PortRangeFull',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'No node port is left for new Services.',
        check: 'Widen the range of node ports.',
      },
    ],
  ),
]
