import { until } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** Kinds that operators build on OpenShift's library change most; their reasons are the kind and what was done. */
const MANAGED_KINDS = [
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'CustomResourceDefinition',
  'DaemonSet',
  'Deployment',
  'Namespace',
  'PodDisruptionBudget',
  'Role',
  'RoleBinding',
  'Route',
  'Secret',
  'Service',
  'ServiceAccount',
] as const

const DONE = { Created: 'created', Updated: 'changed', Deleted: 'deleted' } as const
const FAILED = {
  CreateFailed: { verb: 'create', done: 'Created' },
  UpdateFailed: { verb: 'change', done: 'Updated' },
  DeleteFailed: { verb: 'delete', done: 'Deleted' },
} as const

/** What operators did to the objects that they manage: `DeploymentUpdated`, `SecretCreateFailed` and the like. */
export const OPERATOR: readonly ReasonEntry[] = MANAGED_KINDS.flatMap((kind) => [
  ...emittedBy(
    'OpenShift operators',
    [],
    Object.entries(DONE).map(([suffix, done]) => ({
      reason: `${kind}${suffix}`,
      type: 'Normal',
      category: 'workload',
      severity: 'info',
      meaning: `An operator ${done} a ${kind} that it manages.`,
    })),
  ),
  ...emittedBy(
    'OpenShift operators',
    [],
    Object.entries(FAILED).map(([suffix, { verb, done }]) => ({
      reason: `${kind}${suffix}`,
      type: 'Warning',
      category: 'workload',
      severity: 'medium',
      meaning: `An operator could not ${verb} a ${kind} that it manages.`,
      check: 'Read the error of the API server in the note.',
      ...until(`${kind}${done}`),
    })),
  ),
])
