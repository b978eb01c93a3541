import { describe, expect, it } from 'vitest'
import { aProblem, type Troubled } from '../../../../test/support/a-problem.ts'
import { blameOf } from './blame.ts'

/** `certain QuotaExceeded Namespace shop, ResourceQuota small` */
function blamed(troubled: Troubled): string {
  const { confidence, cause, object, thing } = blameOf(aProblem(troubled).body)
  const place = `${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`
  return `${confidence} ${cause} ${place}${thing === null ? '' : `, ${thing.kind} ${thing.name}`}`
}

const CREATE = { reason: 'FailedCreate', object: 'ReplicaSet shop/web-7c9d8f6b5d' }
const NODES = '0/4 nodes are available:'

describe('what a problem says of its cause', () => {
  it.each([
    [{ ...CREATE, note: 'Error creating: pods "web-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3' }, 'certain QuotaExceeded Namespace shop, ResourceQuota small'],
    [{ ...CREATE, note: 'Error creating: pods "web-" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found' }, 'certain ServiceAccountMissing Deployment shop/web, ServiceAccount robot'],
    [{ ...CREATE, note: 'Error creating: Internal error occurred: failed calling webhook "guard.example.org": failed to call webhook: Post "https://guard.tools.svc:443/check": dial tcp 10.0.0.9:443: connect: connection refused' }, 'certain WebhookFailed Webhook guard.example.org, Webhook guard.example.org'],
    [{ reason: 'Failed', note: 'Failed to pull image "images.example.org/web:2": rpc error: dial tcp: lookup images.example.org: no such host' }, 'certain RegistryNameUnresolved Deployment shop/web, Registry images.example.org'],
    [{ reason: 'Failed', note: 'Failed to pull image "images.example.org/web:2": rpc error: code = NotFound desc = manifest unknown: not found' }, 'certain ImageNotFound Deployment shop/web, Image images.example.org/web:2'],
    [{ reason: 'Failed', note: 'Failed to pull image "images.example.org/web:2": failed to authorize: 401 Unauthorized' }, 'certain ImagePullUnauthorized Deployment shop/web, Image images.example.org/web:2'],
    [{ reason: 'Failed', note: 'Error: secret "login" not found' }, 'certain SecretMissing Deployment shop/web, Secret login'],
    [{ reason: 'Failed', note: "Error: couldn't find key password in Secret shop/login" }, 'certain SecretKeyMissing Deployment shop/web, Secret login'],
    [{ reason: 'FailedMount', note: 'MountVolume.SetUp failed for volume "secret" : secret "card-keys" not found' }, 'certain SecretMissing Deployment shop/web, Secret card-keys'],
    [{ reason: 'FailedMount', note: 'MountVolume.SetUp failed for volume "cfg" : configmap "flags" not found' }, 'certain ConfigMapMissing Deployment shop/web, ConfigMap flags'],
    [{ reason: 'BackOff', note: 'Back-off restarting failed container web in pod web-7c9d8f6b5d-x2k9p_shop(1)' }, 'likely ProcessEnds Deployment shop/web, Container web'],
    [{ reason: 'Unhealthy', note: 'Readiness probe failed: HTTP probe failed with statuscode: 503' }, 'possible ReadinessProbeFailed Deployment shop/web, Probe readiness'],
    [{ reason: 'Unhealthy', note: 'Readiness probe failed: HTTP probe failed with statuscode: 404' }, 'likely ReadinessProbeFailed Deployment shop/web, Probe readiness'],
    [{ reason: 'NodeNotReady', object: 'Node worker-1', note: 'Node worker-1 status is now: NodeNotReady' }, 'certain NodeNotReady Node worker-1, Node worker-1'],
    [{ reason: 'ContainerGCFailed', object: 'Node worker-1', note: 'rpc error: dial unix /run/containerd/containerd.sock: connect: no such file or directory' }, 'certain ContainerRuntimeDown Node worker-1, ContainerRuntime /run/containerd/containerd.sock'],
    [{ reason: 'FailedBinding', object: 'PersistentVolumeClaim shop/data', note: 'no persistent volumes available for this claim and no storage class is set' }, 'certain ClaimUnbound PersistentVolumeClaim shop/data, PersistentVolumeClaim data'],
    [{ reason: 'ProvisioningFailed', object: 'PersistentVolumeClaim shop/data', note: 'storageclass.storage.k8s.io "gold" not found' }, 'certain StorageClassMissing StorageClass gold, StorageClass gold'],
    [{ reason: 'FailedMount', note: 'MountVolume.SetUp failed for volume "pvc-1" : rpc error', metadata: { claim: 'data', storageClass: 'fast' } }, 'likely StorageFailing StorageClass fast, StorageClass fast'],
    [{ reason: 'SomethingOdd', note: 'nobody knows this' }, 'possible SomethingOdd Pod shop/web-7c9d8f6b5d-x2k9p'],
  ] as const)('%j: %s', (troubled, expected) => {
    expect(blamed(troubled)).toBe(expected)
  }) // prettier-ignore

  it.each([
    ['3 node(s) had untolerated taint {dedicated: gpu}, 1 node(s) were unschedulable.', 'UntoleratedTaint'],
    ['4 node(s) had untolerated taint(s).', 'UntoleratedTaint'],
    // Three that were not asked for and one cordoned control plane: nothing is left to choose.
    ["3 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable.", 'NodeSelectorMismatch'],
    // Two that were asked for, and both are cordoned.
    ["2 node(s) didn't match Pod's node affinity/selector, 2 node(s) were unschedulable.", 'NodesCordoned'],
    ["3 node(s) didn't match Pod's node affinity/selector, 1 Insufficient cpu.", 'InsufficientCpu'],
    [
      '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient memory.',
      'InsufficientMemory',
    ],
    ["1 node(s) were unschedulable, 3 node(s) didn't match pod anti-affinity rules.", 'PodAntiAffinity'],
    ['4 node(s) had untolerated taint {node.kubernetes.io/unschedulable: }.', 'NodesCordoned'],
    ['persistentvolumeclaim "data" not found.', 'ClaimMissing'],
    ['pod has unbound immediate PersistentVolumeClaims.', 'ClaimUnbound'],
  ])('of the scheduler: %s is %s', (said, cause) => {
    const note = `${NODES} ${said} preemption: ${NODES} 4 Preemption is not helpful for scheduling.`
    expect(blameOf(aProblem({ reason: 'FailedScheduling', note }).body).cause).toBe(cause)
  })

  it('is surer where the scheduler names one thing than where it names two', () => {
    const of = (said: string) =>
      blameOf(aProblem({ reason: 'FailedScheduling', note: `${NODES} ${said}` }).body).confidence
    expect([of('4 Insufficient cpu.'), of('2 Insufficient cpu, 2 Insufficient memory.')]).toEqual(['certain', 'likely'])
  })

  it('is the same for all that name the same thing, and another one in another namespace', () => {
    const key = (object: string, name: string) =>
      blameOf(aProblem({ reason: 'Failed', object, note: `Error: secret "${name}" not found` }).body).key
    expect(key('Pod shop/a-7c9d8f6b5d-x2k9p', 'login')).toBe(key('Pod shop/b-7c9d8f6b5d-x2k9p', 'login'))
    expect(key('Pod shop/a-7c9d8f6b5d-x2k9p', 'login')).not.toBe(key('Pod bank/a-7c9d8f6b5d-x2k9p', 'login'))
    expect(key('Pod shop/a-7c9d8f6b5d-x2k9p', 'login')).not.toBe(key('Pod shop/a-7c9d8f6b5d-x2k9p', 'other'))
  })
})
