import { describe, expect, it } from 'vitest'
import { MINUTE } from '../clock.ts'
import { troubleOf } from './trouble-of.ts'

function subject(kind: string, reason: string, note: string, type: 'Normal' | 'Warning' = 'Warning') {
  const regarding = { apiVersion: 'v1', kind, namespace: 'shop', name: 'x', uid: null, fieldPath: null }
  return { reason, type, note, reportingController: '', regarding } as unknown as Parameters<typeof troubleOf>[0]
}

function classOf(kind: string, reason: string, note: string, type: 'Normal' | 'Warning' = 'Warning') {
  return troubleOf(subject(kind, reason, note, type)).class
}

describe('what is wrong', () => {
  it.each([
    ['Pod', 'Failed', 'Failed to pull image "registry.example.com/a:1": not found', 'ImagePullBackOff'],
    ['Pod', 'Failed', 'Error: ErrImagePull', 'ImagePullBackOff'],
    ['Pod', 'Failed', 'Error: ImagePullBackOff', 'ImagePullBackOff'],
    ['Pod', 'Failed', 'Error: secret "db" not found', 'CreateContainerConfigError'],
    ['Pod', 'Failed', "Error: couldn't find key url in ConfigMap shop/app", 'CreateContainerConfigError'],
    ['Pod', 'Failed', 'Error: failed to create containerd task: exec: "run": not found in $PATH', 'RunContainerError'],
    ['Pod', 'BackOff', 'Back-off restarting failed container app in pod web_shop(u)', 'CrashLoopBackOff'],
    ['Pod', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 'ReadinessProbeFailed'],
    ['Pod', 'Unhealthy', 'Liveness probe errored: rpc error', 'LivenessProbeFailed'],
    ['Pod', 'ProbeError', 'Startup probe error: connection refused', 'StartupProbeFailed'],
    ['Pod', 'FailedMount', 'MountVolume.SetUp failed for volume "a" : secret "db" not found', 'MountSourceMissing'],
    [
      'Pod',
      'FailedMount',
      'MountVolume.SetUp failed for volume "a" : object "shop"/"db" not registered',
      'MountCacheNotReady',
    ],
    [
      'Pod',
      'FailedMount',
      'MountVolume.SetUp failed for volume "a" : failed to sync secret cache: timed out waiting for the condition',
      'MountCacheNotReady',
    ],
    ['Pod', 'FailedMount', 'Unable to attach or mount volumes: unmounted volumes=[data]', 'VolumesNotReady'],
    ['Pod', 'FailedMount', 'MountVolume.SetUp failed for volume "a" : rpc error', 'FailedMount'],
    ['Node', 'EvictionThresholdMet', 'Attempting to reclaim ephemeral-storage', 'DiskPressure'],
    ['Node', 'EvictionThresholdMet', 'Attempting to reclaim memory', 'MemoryPressure'],
    ['Job', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', 'JobFailed'],
    ['ReplicaSet', 'FailedCreate', 'Error creating: pods "w" is forbidden: exceeded quota: q', 'QuotaExceeded'],
    [
      'Job',
      'FailedCreate',
      '(combined from similar events): Error creating: pods "w" is forbidden: exceeded quota: q',
      'QuotaExceeded',
    ],
    ['DaemonSet', 'FailedCreate', 'Error creating: failed calling webhook "p.example.com": refused', 'WebhookFailed'],
    [
      'StatefulSet',
      'FailedCreate',
      'create Pod w-0 in StatefulSet w failed error: pods "w-0" is forbidden: error looking up service account a/b: not found',
      'ServiceAccountMissing',
    ],
    [
      'ReplicaSet',
      'FailedCreate',
      'Error creating: pods "w" is forbidden: violates PodSecurity "x"',
      'AdmissionDenied',
    ],
    ['ReplicaSet', 'FailedCreate', 'Error creating: admission webhook "w" denied the request: no', 'AdmissionDenied'],
    [
      'ReplicaSet',
      'FailedCreate',
      'Error creating: pods "w" is forbidden: maximum cpu usage per Container is 1',
      'LimitRangeViolated',
    ],
    ['ReplicaSet', 'FailedCreate', 'Error creating: Internal error occurred: etcd', 'FailedCreate'],
    [
      'DaemonSet',
      'FailedCreate',
      'Error creating: pods "w" is forbidden: service account a/b was not found, retry after the service account is created',
      'ServiceAccountMissing',
    ],
    ['Pod', 'FailedScheduling', 'skip schedule deleting pod: shop/web-1', 'DeletedBeforeScheduled'],
    ['Widget', 'SomethingNew', 'odd', 'SomethingNew'],
  ])('of %s %s "%s" is %s', (kind, reason, note, expected) => {
    expect(classOf(kind, reason, note)).toBe(expected)
  })

  it('is the same for every event of an image that cannot be pulled and of a probe that ends a container', () => {
    expect(classOf('Pod', 'BackOff', 'Back-off pulling image "a:1"', 'Normal')).toBe('ImagePullBackOff')
    const killing = 'Container app failed liveness probe, will be restarted'
    expect(classOf('Pod', 'Killing', killing, 'Normal')).toBe('LivenessProbeFailed')
  })
})

describe('trouble that mostly heals by itself', () => {
  it('is raised once it lasts', () => {
    const { persists, clearedBy } = troubleOf(
      subject(
        'ReplicaSet',
        'FailedCreate',
        'Error creating: pods "w" is forbidden: error looking up service account a/b',
      ),
    )
    expect(persists).toEqual({ after: 2 * MINUTE, severity: 'high' })
    expect(clearedBy.map(({ by, reasons }) => [by, reasons])).toEqual([
      ['object', ['SuccessfulCreate']],
      ['workload', ['SuccessfulCreate']],
    ])
  })

  it('holds for a usual time where nothing is known of it', () => {
    expect(troubleOf(subject('Widget', 'SomethingNew', 'odd'))).toMatchObject({
      end: 'unknown',
      clearedBy: [],
      holds: 35 * MINUTE,
      persists: null,
    })
  })
})
