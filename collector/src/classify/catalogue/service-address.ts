import { HAPPENED, type ExpectedLife } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** Looked at every 3 min and written as a series, which is told again every 30 min. */
const IN_A_SERIES: ExpectedLife = { end: 'facts', repeatsMinutes: 31, holdsMinutes: 35 }

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
        ...IN_A_SERIES,
      },
      {
        reason: 'ClusterIPOutOfRange',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The address of the Service lies outside of the range.',
        check: 'Create the Service anew.',
        ...IN_A_SERIES,
      },
      {
        reason: 'ClusterIPNotAllocated',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The address of the Service was not noted as taken; this is repaired.',
        ...HAPPENED,
      },
      {
        reason: 'ClusterIPAlreadyAllocated',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'Two Services have the same address.',
        check: 'Create one of them anew.',
        ...IN_A_SERIES,
      },
      {
        reason: 'ServiceCIDRFull',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'No address is left for new Services.',
        check: 'Add a wider ServiceCIDR.',
        ...IN_A_SERIES,
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
        ...IN_A_SERIES,
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
        ...HAPPENED,
      },
      {
        reason: 'IPAddressWrongReference',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'An address with the wrong owner is cleaned up.',
        ...HAPPENED,
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
        ...HAPPENED,
      },
      {
        reason: 'PortAlreadyAllocated',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'Two Services have the same node port.',
        check: 'Create one of them anew.',
        ...IN_A_SERIES,
      },
      {
        reason: 'PortOutOfRange',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The node port of the Service lies outside of the range.',
        check: 'Create the Service anew.',
        ...IN_A_SERIES,
      },
      {
        reason: 'PortRangeFull',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'No node port is left for new Services.',
        check: 'Widen the range of node ports.',
        ...IN_A_SERIES,
      },
    ],
  ),
]
