import type { NormalizedEvent } from '../event/observation.ts'
import { TROUBLED_TYPES, type Category, type Severity } from '../event/words.ts'

/** What words in an unknown reason usually speak of; the first that is found decides. */
const CATEGORY_WORDS: readonly (readonly [RegExp, Category])[] = [
  [/Image|Pull/, 'image'],
  [/Probe|Unhealthy|HealthCheck/, 'probe'],
  [/Volume|Disk|Mount|Snapshot|Storage|Claim/, 'storage'],
  [/Certificate|Cert|TLS|Secret|Token|Auth|Forbidden|Rbac/i, 'security'],
  [/Quota|Limit|Admission|Webhook|Polic/, 'quota'],
  [/Schedul|Nominat/, 'scheduling'],
  [/Evict|OOM|Pressure/, 'pressure'],
  [/ScaleUp|ScaleDown|Scaled|Scaler|Autoscal|Rescale/, 'scaling'],
  [/Network|DNS|LoadBalancer|Endpoint|Route|Ingress|Gateway/, 'network'],
  [/Node|Kubelet|Kernel/, 'node'],
  [/Job|Cron|Backup|Workflow/, 'job'],
  [/Config|Invalid|Validation|Annotation/, 'config'],
  [/Leader|ApiServer|Etcd/i, 'control-plane'],
  [/Container|Sandbox/, 'container'],
  [/Deploy|ReplicaSet|StatefulSet|DaemonSet|Rollout|Reconcil|Sync/, 'workload'],
]

/** Kinds whose events belong to a category whatever their reason says. */
const CATEGORY_OF_KIND: Readonly<Record<string, Category>> = {
  Node: 'node',
  PersistentVolume: 'storage',
  PersistentVolumeClaim: 'storage',
  Job: 'job',
  CronJob: 'job',
  HorizontalPodAutoscaler: 'scaling',
  Service: 'network',
  Ingress: 'network',
  Deployment: 'workload',
  ReplicaSet: 'workload',
  StatefulSet: 'workload',
  DaemonSet: 'workload',
}

/** Longest reason that is looked at for words. */
const MAX_REASON_CHARACTERS = 128

/** A guess for a reason that the catalogue does not know: by its words, then by the kind of the object. */
export function guessCategory({ reason, regarding }: Pick<NormalizedEvent, 'reason' | 'regarding'>): Category {
  const text = reason.slice(0, MAX_REASON_CHARACTERS)
  const byWord = CATEGORY_WORDS.find(([word]) => word.test(text))?.[1]
  return (
    byWord ??
    (Object.hasOwn(CATEGORY_OF_KIND, regarding.kind) ? CATEGORY_OF_KIND[regarding.kind] : undefined) ??
    'other'
  )
}

/** A warning that nobody described is worth a look; everything else is not. */
export function guessSeverity({ type }: Pick<NormalizedEvent, 'type'>): Severity {
  if (type === 'Normal') return 'info'
  return TROUBLED_TYPES.includes(type) ? 'medium' : 'low'
}
