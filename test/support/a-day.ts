const DAY = Date.parse('2026-05-11T00:00:00Z')

/** RFC 3339 in whole seconds, as reporters write it. */
export function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** Lines of events e-0 … one a minute, each with two occurrences, in an order that is not theirs. */
export function aDay(count: number, noteBytes: number, namespaceOf: (index: number) => string = () => 'load'): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const last = DAY + index * 60_000
    const serial = String(index).padStart(12, '0')
    const namespace = namespaceOf(index)
    return JSON.stringify({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {
        name: `e-${index}.${index.toString(16).padStart(16, '0')}`,
        namespace,
        uid: `00000000-0000-4000-8000-${serial}`,
        resourceVersion: String(1_000 + index),
        creationTimestamp: seconds(last),
      },
      eventTime: null,
      reason: 'Unhealthy',
      type: 'Warning',
      regarding: {
        kind: 'Pod',
        namespace,
        name: `e-${index}`,
        uid: `10000000-0000-4000-8000-${serial}`,
        apiVersion: 'v1',
      },
      note: `Readiness probe failed ${'y'.repeat(noteBytes)}`,
      deprecatedSource: { component: 'kubelet', host: 'worker-1' },
      deprecatedFirstTimestamp: seconds(last - 30_000),
      deprecatedLastTimestamp: seconds(last),
      deprecatedCount: 2,
    })
  })
  return lines.map((_, index) => lines[(index * 7_919) % count]).join('\n') + '\n'
}
