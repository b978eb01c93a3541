import { describe, expect, it } from 'vitest'
import { aProblem, type Troubled } from '../../../test/support/a-problem.ts'
import { NOON } from '../../../test/support/an-observation.ts'
import { SECOND } from '../clock.ts'
import { catalogueEntries } from '../classify/catalogue/catalogue.ts'
import { BLAME_RULES } from './blame/blame.ts'
import { incidentsOf } from './incident.ts'
import { LEAD_RULES } from './lead-rules.ts'

const LOST = { reason: 'NodeNotReady', object: 'Node n1', note: 'Node n1 status is now: NodeNotReady' }
const CLAIM = 'PersistentVolumeClaim shop/data-db-1'
const CRASH = { reason: 'BackOff', note: 'Back-off restarting failed container app in pod x_shop(1)', occurrences: 9 }
const pod = (workload: string, end = 'x2k9p') => `Pod shop/${workload}-7c9d8f6b5d-${end}`
const nodes = (said: string) => `0/3 nodes are available: ${said}. preemption: 0/3 nodes are available: 3 No preemption victims found.` // prettier-ignore
const DB = 'Pod shop/db-1'
const WAITS = { reason: 'FailedScheduling', object: DB, workload: 'db', note: nodes('pod has unbound immediate PersistentVolumeClaims') } // prettier-ignore
const probe = (kind: string, said: string) => ({ reason: 'Unhealthy', note: `${kind} probe failed: ${said}`, occurrences: 30, last: 110 }) // prettier-ignore
const WEBHOOK = { reason: 'FailedCreate', object: 'ReplicaSet shop/web-7c9d8f6b5d', note: 'Error creating: Internal error occurred: failed calling webhook "guard.example.org": failed to call webhook: Post "https://guard-webhook.tools.svc:443/check": dial tcp 10.0.0.9:443: connect: connection refused' } // prettier-ignore
const QUOTA =
  'Error creating: pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3'

/** What happens one after the other, and the likeliest cause of the one incident that it makes. */
// prettier-ignore
const CHAINS: readonly (readonly [chain: string, cause: string, ...troubles: readonly Troubled[]])[] = [
  ['1 a lost node', 'certain NodeNotReady Node n1',
    LOST,
    { reason: 'NodeNotReady', note: 'Node is not ready', node: 'n1', first: 1 },
    { reason: 'TaintManagerEviction', note: 'Marking for deletion Pod shop/web-7c9d8f6b5d-x2k9p', node: 'n1', first: 300 },
    { reason: 'FailedScheduling', object: pod('web', 'bbbbb'), note: nodes('3 Insufficient cpu'), first: 301 }],
  ['2 its volumes', 'certain NodeNotReady Node n1',
    LOST,
    { reason: 'NodeNotReady', object: DB, workload: 'db', note: 'Node is not ready', node: 'n1', first: 1 },
    { reason: 'FailedAttachVolume', object: DB, workload: 'db', uid: 'new', note: 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) db-1', first: 400 }],
  ['3 a node that restarts', 'certain NodeRebooted Node n1',
    { reason: 'Rebooted', object: 'Node n1', note: 'Node n1 has been rebooted, boot id: 7' },
    { ...LOST, first: 5 },
    { reason: 'FailedCreatePodSandBox', note: 'Failed to create pod sandbox: rpc error', node: 'n1', first: 20 }],
  ['4 a kernel fault', 'certain KernelOrHardwareFault Node n1',
    { reason: 'KernelOops', object: 'Node n1', note: 'kernel: BUG: unable to handle kernel NULL pointer dereference' },
    { ...LOST, first: 60 },
    { reason: 'FailedCreatePodSandBox', note: 'Failed to create pod sandbox: rpc error', node: 'n1', first: 70 }],
  ['7 disk pressure', 'certain DiskPressure Node n1',
    { reason: 'NodeHasDiskPressure', object: 'Node n1', note: 'Node n1 status is now: NodeHasDiskPressure' },
    { reason: 'Evicted', note: 'The node was low on resource: ephemeral-storage. Threshold quantity: 1Gi, available: 10Mi.', node: 'n1', first: 10 },
    { reason: 'FailedScheduling', object: pod('web', 'bbbbb'), note: nodes('1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }'), first: 12 }],
  ['9 preemption', 'certain InsufficientCpu Deployment shop/big',
    { reason: 'FailedScheduling', object: pod('big'), uid: 'u-big', note: nodes('3 Insufficient cpu') },
    { reason: 'Preempted', note: 'Preempted by pod u-big on node n1', first: 1 },
    { reason: 'FailedScheduling', object: pod('web', 'bbbbb'), note: nodes('3 Insufficient cpu'), first: 3 }],
  ['10 preemption by the kubelet', 'likely Preempted Deployment shop/web',
    { reason: 'Preempting', note: 'Preempted in order to admit critical pod' },
    { reason: 'FailedScheduling', object: pod('web', 'bbbbb'), note: nodes('3 node(s) said nothing'), first: 3 }],
  ['11 the kubelet refuses', 'certain NodeFull Node n1',
    { reason: 'OutOfcpu', note: 'Node didn\'t have enough resource: cpu, requested: 500, used: 3800, capacity: 4000', node: 'n1' },
    { reason: 'OutOfcpu', object: pod('web', 'zzzzz'), note: 'Node didn\'t have enough resource: cpu, requested: 500, used: 3800, capacity: 4000', node: 'n1', first: 2 }],
  ['12 no new nodes', 'certain NodeLimitReached ConfigMap kube-system/cluster-autoscaler-status',
    { reason: 'FailedScheduling', note: nodes('3 Insufficient cpu') },
    { reason: 'MaxNodesTotalReached', object: 'ConfigMap kube-system/cluster-autoscaler-status', note: 'Max total nodes in cluster reached: 3', first: 20 }],
  ['13 no machine', 'certain NodesNotMade NodeClaim default-x7k2p',
    { reason: 'FailedScheduling', note: nodes('3 Insufficient cpu') },
    { reason: 'InsufficientCapacityError', object: 'NodeClaim default-x7k2p', note: 'NodeClaim default-x7k2p event: no instance types available', first: 20 }],
  ['14 a taint', 'certain UntoleratedTaint Deployment shop/web',
    { reason: 'FailedScheduling', note: nodes('3 node(s) had untolerated taint {dedicated: gpu}') }],
  ['15 metrics', 'certain MetricsMissing HorizontalPodAutoscaler shop/web',
    { reason: 'FailedGetPodsMetric', object: 'HorizontalPodAutoscaler shop/web', note: 'unable to get metric requests_per_second: unable to fetch metrics from custom metrics API: no custom metrics API registered' }],
  ['17 a claim without volume', 'likely ProvisioningFailed StorageClass fast',
    { reason: 'ProvisioningFailed', object: CLAIM, note: 'failed to provision volume with StorageClass "fast": rpc error: no capacity' },
    { ...WAITS, first: 1 }],
  ['18 a claim that nothing fits', `certain ClaimUnbound ${CLAIM}`,
    { reason: 'FailedBinding', object: CLAIM, note: 'no persistent volumes available for this claim and no storage class is set' },
    { ...WAITS, first: 1 }],
  ['19 attach, then mount', 'likely VolumeFailing Pod shop/db-1',
    { reason: 'FailedAttachVolume', object: DB, note: 'AttachVolume.Attach failed for volume "pvc-1" : rpc error' },
    { reason: 'FailedMount', object: DB, note: 'Unable to attach or mount volumes: unmounted volumes=[data]: timed out waiting for the condition', first: 123 }],
  ['20 and 26 a missing secret', 'certain SecretMissing Deployment shop/web',
    { reason: 'FailedMount', note: 'MountVolume.SetUp failed for volume "s" : secret "login" not found' },
    { reason: 'Failed', object: pod('web', 'zzzzz'), note: 'Error: secret "login" not found', first: 4 }],
  ['21 a sick volume', 'possible VolumeConditionAbnormal Pod shop/db-1',
    { reason: 'VolumeConditionAbnormal', object: DB, note: 'The volume is not healthy' }],
  ['22 an image', 'certain PullSecretMissing Deployment shop/web',
    { reason: 'FailedToRetrieveImagePullSecret', note: 'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.' },
    { reason: 'Failed', note: 'Failed to pull image "a.example.org/web:2": unauthorized', first: 1 }],
  ['24 a probe', 'likely LivenessProbeFailed Deployment shop/web',
    probe('Liveness', 'connection refused'), { ...CRASH, first: 40, last: 110 }],
  ['25 a start hook', 'certain StartHookFailed Deployment shop/web',
    { reason: 'FailedPostStartHook', note: 'PostStartHook failed' }, { ...CRASH, first: 30, last: 110 }],
  ['25 a stop hook', 'certain StopHookFailed Deployment shop/web',
    { reason: 'FailedPreStopHook', note: 'PreStopHook failed' },
    { reason: 'ExceededGracePeriod', note: 'Container runtime did not kill the pod within specified grace period.', first: 30 }],
  ['27 a network plug-in', 'certain NetworkPluginFailed Node n1',
    { reason: 'FailedCreatePodSandBox', note: 'Failed to create pod sandbox: plugin type="calico" failed (add): no calico node', node: 'n1' }],
  ['27 the plug-in’s own pod', 'certain SecretMissing Deployment kube-system/kindnet',
    { reason: 'FailedMount', object: 'Pod kube-system/kindnet-x2k9p', workload: 'kindnet', note: 'MountVolume.SetUp failed for volume "s" : secret "cni" not found', node: 'n1' },
    { reason: 'FailedCreatePodSandBox', note: 'Failed to create pod sandbox: rpc error: network is not ready', node: 'n1', first: 20 }],
  ['30 no load balancer', 'certain LoadBalancerFailed Service shop/web',
    { reason: 'SyncLoadBalancerFailed', object: 'Service shop/web', note: 'Error syncing load balancer: quota' }],
  ['31 a certificate', 'certain DomainNotProven Challenge shop/web-tls-1-302-77',
    { reason: 'PresentError', object: 'Challenge shop/web-tls-1-302-77', note: 'Error presenting challenge: no such zone' },
    { reason: 'OrderFailed', object: 'CertificateRequest shop/web-tls-1', note: 'The order failed', first: 60 },
    { reason: 'Failed', object: 'Certificate shop/web-tls', note: 'The certificate request has failed to complete', first: 61 },
    { reason: 'FailedMount', note: 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found', first: 90 }],
  ['31 its issuer', 'certain IssuerNotReady ClusterIssuer letters',
    { reason: 'ErrInitIssuer', object: 'ClusterIssuer letters', note: 'Error initializing issuer: 403' },
    { reason: 'IssuerNotReady', object: 'CertificateRequest shop/web-tls-1', note: 'Referenced issuer "letters" does not have a Ready status condition', first: 60 }],
  ['32 a quota', 'certain QuotaExceeded Namespace shop',
    { reason: 'FailedCreate', object: 'ReplicaSet shop/web-7c9d8f6b5d', note: QUOTA }],
  ['32 a webhook without pods', 'certain SecretMissing Deployment tools/guard',
    { reason: 'FailedMount', object: 'Pod tools/guard-7c9d8f6b5d-x2k9p', note: 'MountVolume.SetUp failed for volume "s" : secret "guard" not found' },
    { ...WEBHOOK, first: 30 }],
  ['33 a job', 'certain ImageNotFound Deployment shop/report',
    { reason: 'Failed', object: 'Pod shop/report-x2k9p', workload: 'report', note: 'Failed to pull image "a.example.org/web:2": manifest unknown: not found' },
    { reason: 'DeadlineExceeded', object: 'Job shop/report', note: 'Job was active longer than specified deadline', workload: 'report', first: 600 }],
  ['34 a claim that may not be made', 'certain QuotaExceeded Namespace shop',
    { reason: 'FailedCreate', object: 'StatefulSet shop/db', note: `create Claim data-db-1 Pod db-1 in StatefulSet db failed error: ${QUOTA}` },
    { ...WAITS, note: nodes('persistentvolumeclaim "data-db-1" not found'), first: 5 }],
  ['35 a drain that is blocked', 'certain DisruptionBudgetInvalid PodDisruptionBudget shop/db',
    { reason: 'CalculateExpectedPodCountFailed', object: 'PodDisruptionBudget shop/db', note: 'Failed to calculate the number of expected pods' },
    { reason: 'FailedDraining', object: 'Node n1', note: 'Failed to drain node, PDB "shop/db" prevents pod evictions', first: 30 }],
  ['a dependency that does not answer', 'likely ReadinessProbeFailed Pod shop/db-1',
    { ...probe('Readiness', 'context deadline exceeded'), object: DB },
    { ...probe('Readiness', 'HTTP probe failed with statuscode: 503'), object: pod('web'), first: 8 }],
]

async function told(...troubles: readonly Troubled[]): Promise<readonly string[]> {
  const found = await incidentsOf(troubles.map((each) => aProblem(each)), () => NOON + 120 * SECOND) // prettier-ignore
  return found.map(({ causes: [first], problems }) => {
    const { kind = '', namespace = '', name = '' } = first?.object ?? {}
    const place = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
    return `${first?.confidence ?? 'unknown'} ${first?.class ?? ''} ${place}: ${String(problems.length)}`
  })
}

const KNOWN = new Set([
  ...catalogueEntries().map(({ problem, reason }) => problem ?? reason),
  ...BLAME_RULES.map(({ cause }) => cause),
])

describe('the names in rules', () => {
  it('are kinds of problems that the catalogue tells apart, or causes that a rule names', () => {
    const ends = LEAD_RULES.flatMap(({ from, to }) => [...from.problems, ...to.problems])
    const named = [...ends, ...BLAME_RULES.flatMap(({ problems }) => problems)]
    expect([...new Set(named)].filter((name) => !KNOWN.has(name))).toEqual([])
  })
})

describe('chains that are known of Kubernetes', () => {
  it.each(CHAINS.map(([chain, cause, ...troubles]) => ({ chain, cause, troubles })))(
    '$chain: $cause',
    async ({ cause, troubles }) => {
      expect(await told(...troubles)).toEqual([`${cause}: ${String(troubles.length)}`])
    },
  )

  it('are no chain where two in the namespace could be what a third one waits for', async () => {
    const hangs = probe('Readiness', 'context deadline exceeded')
    const web = { ...probe('Readiness', 'HTTP probe failed with statuscode: 503'), object: pod('web'), first: 8 }
    expect(await told({ ...hangs, object: DB }, { ...hangs, object: pod('cache') }, web)).toHaveLength(3)
  })
})
