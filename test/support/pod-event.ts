import { seconds } from './a-day.ts'

/** A line of an event of the kubelet about a pod: seen once, at that time. */
export function podEvent(reason: string, namespace: string, pod: string, time: string, cluster = 'a'): string {
  const uid = `${cluster}-${namespace}-${pod}`
  const at = seconds(Date.parse(time))
  return JSON.stringify({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${pod}.${reason}-${Date.parse(time)}`, namespace, uid: `${uid}-${reason}-${at}`, resourceVersion: String(Date.parse(time) / 1_000), creationTimestamp: at }, // prettier-ignore
    eventTime: null,
    reason,
    type: reason === 'Started' ? 'Normal' : 'Warning',
    regarding: { kind: 'Pod', namespace, name: pod, uid, apiVersion: 'v1', fieldPath: 'spec.containers{main}' },
    note:
      reason === 'Started'
        ? 'Started container main'
        : `Back-off restarting failed container main in pod ${pod}_${namespace}(${uid})`,
    deprecatedSource: { component: 'kubelet', host: 'worker-1' },
    deprecatedFirstTimestamp: at,
    deprecatedLastTimestamp: at,
    deprecatedCount: 1,
  })
}
