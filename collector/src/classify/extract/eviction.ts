import { quantityOf, type Extraction, type Groups } from './extraction.ts'

/** What the kubelet evicts, for which resource, and how much of it was used. */
export const EVICTION: readonly Extraction[] = [
  {
    reasons: ['Evicted'],
    needs: 'low on resource',
    pattern:
      /low on resource: (?<resource>[a-z][a-zA-Z-]{0,60})(?:\. Threshold quantity: (?<threshold>[0-9][^\s,]{0,30}), available: (?<available>[0-9][0-9A-Za-z]{0,30}))?/,
  },
  {
    reasons: ['Evicted'],
    needs: ' was using ',
    pattern: /(?<consumers>Container [a-z0-9].{1,3000})/s,
    derive: ({ consumers = '' }) => largestConsumer(consumers),
  },
  {
    reasons: ['Evicted'],
    needs: 'local ephemeral storage limit',
    pattern:
      /Container (?<container>[a-z0-9][a-z0-9-]{0,62}) exceeded its local (?<resource>ephemeral) storage limit "(?<limit>[^"]{1,30})"/,
    derive: ({ container, limit }) => ({ container, limit, resource: 'ephemeral-storage' }),
  },
  {
    reasons: ['Evicted'],
    needs: 'EmptyDir volume',
    pattern: /EmptyDir volume "(?<volume>[^"]{1,253})" exceeds the limit "(?<limit>[^"]{1,30})"/,
    derive: (groups) => ({ ...groups, resource: 'ephemeral-storage' }),
  },
  {
    reasons: ['Evicted'],
    needs: 'total limit of containers',
    pattern: /ephemeral local storage usage exceeds the total limit of containers (?<limit>[0-9][0-9A-Za-z]{0,30})/,
    derive: ({ limit }) => ({ limit, resource: 'ephemeral-storage' }),
  },
  { reasons: ['Evicted'], needs: 'had condition', pattern: /had condition: \[(?<condition>[A-Za-z]{1,60})/ },
  { reasons: ['EvictionThresholdMet'], pattern: /reclaim (?<resource>[a-z][a-z-]{0,60})/ },
]

const CONSUMER =
  /Container ([a-z0-9][a-z0-9-]{0,62}) was using ([0-9][0-9A-Za-z]{0,30})(?:, (?:request is|which exceeds its request of) ([0-9][0-9A-Za-z]{0,30}))?/g

/** Of the containers that the kubelet names, the one that is furthest above its request. */
function largestConsumer(text: string): Groups {
  const consumers = [...text.matchAll(CONSUMER)].map(([, container, used = '', requested]) => ({
    groups: { container, used, requested },
    excess: quantityOf(used) - quantityOf(requested ?? '0'),
  }))
  return consumers.toSorted((a, b) => b.excess - a.excess)[0]?.groups ?? {}
}
