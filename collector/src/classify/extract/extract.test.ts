import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EXTRACTIONS, extractMetadata, MAX_VALUE_CHARACTERS, METADATA_KEYS } from './extract.ts'

const UID = '4c1f0f5e-8f0d-4b7c-9d55-3d6a2a5e7b10'

const notes: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  [
    'Pulling',
    'Pulling image "registry.example.net:5000/a/b:1.2"',
    { image: 'registry.example.net:5000/a/b:1.2', registry: 'registry.example.net:5000', tag: '1.2' },
  ],
  ['Pulling', 'Pulling image "busybox"', { image: 'busybox', registry: 'docker.io', tag: 'latest' }],
  ['Pulling', 'Pulling image "a/b@sha256:00ff"', { image: 'a/b@sha256:00ff', registry: 'docker.io' }],
  [
    'Pulled',
    'Successfully pulled image "busybox:1" in 1m2.5s (1m3s including waiting). Image size: 4261550 bytes.',
    { image: 'busybox:1', registry: 'docker.io', tag: '1', pullSeconds: '62.5', imageBytes: '4261550' },
  ],
  [
    'Pulled',
    'Successfully pulled image "busybox:1" in 850ms',
    { image: 'busybox:1', registry: 'docker.io', tag: '1', pullSeconds: '0.85' },
  ],
  [
    'Pulled',
    'Container image "busybox:1" already present on machine',
    { image: 'busybox:1', registry: 'docker.io', tag: '1' },
  ],
  ...(
    [
      ['x: not found', 'not found'],
      ['manifest unknown', 'not found'],
      ['unexpected status code 429 Too Many Requests', 'rate limit'],
      ['pull access denied, insufficient_scope: authorization failed: unauthorized', 'unauthorized'],
      ['dial tcp: lookup r.example.net: no such host', 'no such host'],
      ['net/http: TLS handshake timeout', 'timeout'],
      ['x509: certificate signed by unknown authority', 'certificate'],
      ['no matching manifest for linux/arm64', 'no image for this platform'],
      [
        'unexpected status from HEAD request to https://r.example.net/v2/a/manifests/1: 401 Unauthorized',
        'unauthorized',
      ],
      ['denied: requested access to the resource is denied', 'unauthorized'],
      ['Get "https://r.example.net/v2/": EOF', 'reset'],
      ['no match for platform in manifest', 'no image for this platform'],
      ['unexpected status code 500 Internal Server Error: id 4290000', 'server error'],
      ['something else', 'other'],
    ] as const
  ).map(
    ([answer, registryError]) =>
      [
        'Failed',
        `Failed to pull image "r.example.net/a:1": ${answer}`,
        {
          image: 'r.example.net/a:1',
          registry: 'r.example.net',
          tag: '1',
          registryError,
          ...(registryError === 'no such host' ? { host: 'r.example.net', failure: 'no such host' } : {}),
        },
      ] as const,
  ),
  [
    'InspectFailed',
    'Failed to apply default image tag "Shop/Api:1": couldn\'t parse image name "Shop/Api:1": invalid reference format: repository name must be lowercase',
    { image: 'Shop/Api:1', registry: 'docker.io', tag: '1', registryError: 'invalid name' },
  ],
  ['Failed', 'Error: InvalidImageName', { registryError: 'invalid name' }],
  [
    'ErrImageNeverPull',
    'Container image "shop/api:1" is not present with pull policy of Never',
    { image: 'shop/api:1', registry: 'docker.io', tag: '1', registryError: 'never pulled' },
  ],
  ['Failed', 'Error: failed to start container "web": exec: "servre": not found', { container: 'web' }],
  ['Failed', 'Error: secret "checkout-db" not found', { secret: 'checkout-db' }],
  ['Failed', 'Error: configmap "settings" not found', { configMap: 'settings' }],
  ['Failed', "Error: couldn't find key url in Secret shop/db", { configKey: 'url', secret: 'db' }],
  ['Failed', "Error: couldn't find key url in ConfigMap shop/db", { configKey: 'url', configMap: 'db' }],
  [
    'FailedMount',
    'MountVolume.SetUp failed for volume "conf" : references non-existent secret key: tls.key',
    { volume: 'conf', configKey: 'tls.key' },
  ],
  [
    'FailedToRetrieveImagePullSecret',
    'Unable to retrieve some image pull secrets (regcred, other); attempting …',
    { secret: 'regcred' },
  ],
  ['BackOff', 'Back-off 5m0s restarting failed container=a pod=b', { backoffSeconds: '300' }],
  ['BackOff', 'Back-off restarting failed container web in pod web-0_shop(u)', { container: 'web', pod: 'web-0' }],
  ['Killing', 'Container web failed liveness probe, will be restarted', { container: 'web', probe: 'liveness' }],
  ['Created', 'Created container: web', { container: 'web' }],
  [
    'PodFailurePolicy',
    'Container main for pod a/b failed with exit code 42 matching FailJob rule at index 0',
    { container: 'main', exitCode: '42' },
  ],
  [
    'FailedPostStartHook',
    'Exec lifecycle hook failed - error: command \'/x\' exited with 137: , message: ""',
    { exitCode: '137' },
  ],
  [
    'Unhealthy',
    'Liveness probe failed: Get "http://10.42.0.9:9200/": dial tcp 10.42.0.9:9200: connect: connection refused',
    { probe: 'liveness', probeFailure: 'refused', probePath: '/', ip: '10.42.0.9', port: '9200', failure: 'refused' },
  ],
  ['WorkflowNodeFailed', 'Failed node report: Error (exit code 64)', { exitCode: '64' }],
  [
    'Unhealthy',
    'Readiness probe failed: Get "https://[2001:db8::9]:8443/ready?full=1": context deadline exceeded (Client.Timeout exceeded)',
    { probe: 'readiness', probeFailure: 'timeout', probePath: '/ready?full=1', port: '8443' },
  ],
  [
    'Unhealthy',
    'Liveness probe failed: Get http://10.42.0.9:9200/live: dial tcp 10.42.0.9:9200: getsockopt: connection refused',
    {
      probe: 'liveness',
      probeFailure: 'refused',
      probePath: '/live',
      ip: '10.42.0.9',
      port: '9200',
      failure: 'refused',
    },
  ],
  [
    'Unhealthy',
    'Startup probe failed: timeout: failed to connect service "10.42.0.9:5051" within 2s: context deadline exceeded',
    { probe: 'startup', probeFailure: 'timeout', ip: '10.42.0.9', port: '5051' },
  ],
  [
    'Unhealthy',
    'Readiness probe failed: timeout: health rpc did not complete within 2s',
    { probe: 'readiness', probeFailure: 'timeout' },
  ],
  [
    'Unhealthy',
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
    { probe: 'readiness', probeFailure: 'status code', httpStatus: '503' },
  ],
  ['Unhealthy', 'Startup probe errored: command timed out', { probe: 'startup', probeFailure: 'timeout' }],
  [
    'FailedMount',
    'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[ca-cert token data]: timed out waiting for the condition',
    { volume: 'data', unmountedVolumes: 'data' },
  ],
  [
    'FailedMount',
    'Unable to attach or mount volumes: unmounted volumes=[data logs], unattached volumes=[]: x',
    { volume: 'data', unmountedVolumes: 'data,logs' },
  ],
  [
    'FailedAttachVolume',
    `AttachVolume.Attach failed for volume "pvc-${UID}" : rpc error`,
    { volume: `pvc-${UID}`, persistentVolume: `pvc-${UID}`, claimUid: UID },
  ],
  [
    'FailedAttachVolume',
    'Multi-Attach error for volume "disk" Volume is already used by pod(s) a-0, a-1',
    { volume: 'disk', usedByPods: 'a-0, a-1' },
  ],
  ['ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found', { storageClass: 'fast' }],
  ['ProvisioningFailed', 'failed to provision volume with StorageClass "fast": rpc error', { storageClass: 'fast' }],
  [
    'ProvisioningSucceeded',
    `Successfully provisioned volume pvc-${UID}`,
    { persistentVolume: `pvc-${UID}`, claimUid: UID },
  ],
  ['Provisioning', 'External provisioner is provisioning volume for claim "shop/data"', { claim: 'data' }],
  [
    'ExternalProvisioning',
    "Waiting for a volume to be created either by the external provisioner 'disk.example.net' or manually",
    { driver: 'disk.example.net' },
  ],
  [
    'FailedMount',
    'MountVolume.MountDevice failed: driver name disk.example.net not found in the list of registered CSI drivers',
    { driver: 'disk.example.net' },
  ],
  [
    'FailedScheduling',
    '0/5 nodes are available: 3 Insufficient memory, 2 node(s) had untolerated taint {dedicated: gpu}. preemption: 0/5 nodes are available: 5 No preemption victims found for incoming pod.',
    {
      nodesAvailable: '0',
      nodesTotal: '5',
      schedulingReasons: 'Insufficient memory; node(s) had untolerated taint {dedicated: gpu}',
      nodesShortOfMemory: '3',
      nodesTainted: '2',
      resource: 'memory',
      taint: 'dedicated: gpu',
    },
  ],
  [
    'FailedScheduling',
    '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.',
    {
      nodesAvailable: '0',
      nodesTotal: '1',
      schedulingReasons: 'Insufficient nvidia.com/gpu',
      nodesShortOfOther: '1',
      resource: 'nvidia.com/gpu',
    },
  ],
  ['FailedScheduling', 'persistentvolumeclaim "data" not found', { claim: 'data' }],
  [
    'FailedScheduling',
    "0/19 nodes are available: 1 node(s) were unschedulable, 2 node(s) had untolerated taint {tier: db}, 1 node(s) had untolerated taint {gpu: }, 3 node(s) didn't match Pod's node affinity/selector, 2 Insufficient cpu, 1 Too many pods, 2 node(s) didn't match pod anti-affinity rules, 1 node(s) didn't match pod affinity rules, 1 node(s) didn't match pod topology spread constraints, 2 node(s) had volume node affinity conflict, 1 node(s) didn't have free ports for the requested pod ports, 1 node(s) grew tired, 1 node(s) grew old. no new claims to deallocate, preemption: 0/19 nodes are available: 19 Preemption is not helpful for scheduling.",
    {
      nodesAvailable: '0',
      nodesTotal: '19',
      nodesUnschedulable: '1',
      nodesTainted: '3',
      nodesUnselected: '3',
      nodesShortOfCpu: '2',
      nodesFullOfPods: '1',
      nodesPodAntiAffinity: '2',
      nodesPodAffinity: '1',
      nodesTopologySpread: '1',
      nodesVolume: '2',
      nodesPortTaken: '1',
      nodesOther: '2',
      taint: 'gpu: ; tier: db',
      resource: 'cpu',
      schedulingReasons:
        "Insufficient cpu; Too many pods; node(s) didn't have free ports for the requested pod ports; node(s) didn't match Pod's node affinity/selector; node(s) didn't match pod affinity rules; node(s) didn't match pod anti-affinity rules; node(s) didn't match pod topology spread constraints; node(s) grew old; node(s) grew tired; node(s) had untolerated taint {gpu: }; node(s) had untolerated taint {tier: db}; node(s) had volume node affinity conflict; node(s) were unschedulable",
    },
  ],
  [
    'FailedScheduling',
    '0/3 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    {
      nodesAvailable: '0',
      nodesTotal: '3',
      schedulingReasons: 'persistentvolumeclaim "data" not found',
      claim: 'data',
    },
  ],
  [
    'FailedScheduling',
    'No nodes are available that match all of the predicates: Insufficient memory (3), PodFitsHostPorts (1), Insufficient cpu (2).',
    {
      nodesAvailable: '0',
      nodesShortOfMemory: '3',
      nodesShortOfCpu: '2',
      nodesOther: '1',
      resource: 'memory',
      schedulingReasons: 'Insufficient cpu; Insufficient memory; PodFitsHostPorts',
    },
  ],
  ['Scheduled', 'Successfully assigned shop/api-1 to worker-3', { pod: 'api-1', node: 'worker-3' }],
  ['Preempted', 'Preempted by pod 1f2e on node worker-3', { preemptor: '1f2e', node: 'worker-3' }],
  [
    'OutOfcpu',
    "Node didn't have enough resource: cpu, requested: 500, used: 1800, capacity: 2000",
    { resource: 'cpu', requested: '500', used: '1800', capacity: '2000' },
  ],
  [
    'Evicted',
    'The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 0. Container web was using 5Gi, …',
    { resource: 'ephemeral-storage', container: 'web', used: '5Gi', threshold: '1', available: '0' },
  ],
  [
    'Evicted',
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 62Mi. Container proxy was using 90Mi, request is 64Mi, has larger consumption of memory. Container cache was using 3Gi, request is 512Mi, has larger consumption of memory. ',
    {
      resource: 'memory',
      threshold: '100Mi',
      available: '62Mi',
      container: 'cache',
      used: '3Gi',
      requested: '512Mi',
    },
  ],
  [
    'Evicted',
    'The node was low on resource: memory. Container db was using 2Gi, which exceeds its request of 0. ',
    { resource: 'memory', container: 'db', used: '2Gi', requested: '0' },
  ],
  [
    'Evicted',
    'Container web exceeded its local ephemeral storage limit "2Gi". ',
    { container: 'web', limit: '2Gi', resource: 'ephemeral-storage' },
  ],
  [
    'Evicted',
    'Usage of EmptyDir volume "scratch" exceeds the limit "500Mi". ',
    { volume: 'scratch', limit: '500Mi', resource: 'ephemeral-storage' },
  ],
  [
    'Evicted',
    'Pod ephemeral local storage usage exceeds the total limit of containers 3Gi. ',
    { limit: '3Gi', resource: 'ephemeral-storage' },
  ],
  ['Evicted', 'The node had condition: [DiskPressure]. ', { condition: 'DiskPressure' }],
  ['EvictionThresholdMet', 'Attempting to reclaim memory', { resource: 'memory' }],
  [
    'FailedCreate',
    'Error creating: pods "a-1" is forbidden: exceeded quota: team-shop, requested: limits.cpu=2,pods=1, used: limits.cpu=9,pods=30, limited: limits.cpu=10,pods=30',
    { quota: 'team-shop', resource: 'limits.cpu,pods', requested: '2,1', used: '9,30', limit: '10,30' },
  ],
  [
    'FailedCreate',
    'Error creating: pods "a-1" is forbidden: exceeded quota: cap, requested: requests.memory=256Mi, used: requests.memory=7936Mi, limited: requests.memory=8Gi',
    { quota: 'cap', resource: 'requests.memory', requested: '256Mi', used: '7936Mi', limit: '8Gi' },
  ],
  [
    'FailedCreate',
    'Error creating: pods "a-1" is forbidden: failed quota: cap: must specify limits.cpu for: web',
    { quota: 'cap', resource: 'limits.cpu' },
  ],
  [
    'FailedCreate',
    'Error creating: pods "a-1" is forbidden: maximum memory usage per Container is 1Gi, but limit is 1536Mi.',
    { resource: 'memory', limit: '1Gi', requested: '1536Mi' },
  ],
  [
    'FailedCreate',
    "Error creating: pods \"a-1\" is forbidden: ValidatingAdmissionPolicy 'only-signed' with binding 'all' denied request: no",
    { policy: 'only-signed' },
  ],
  [
    'FailedCreate',
    'Error creating: Internal error occurred: failed calling webhook "sign.example.net": failed to call webhook: Post "https://sign.ops.svc:443/check?timeout=5s": no endpoints available for service "sign"',
    { webhook: 'sign.example.net', failure: 'no endpoints' },
  ],
  [
    'FailedCreate',
    'Error creating: Internal error occurred: failed calling webhook "sign.example.net": failed to call webhook: Post "https://sign.ops.svc:443/check?timeout=5s": context deadline exceeded',
    { webhook: 'sign.example.net', failure: 'timeout' },
  ],
  [
    'FailedCreate',
    'Error creating: Internal error occurred: failed calling webhook "check.example.net": failed to call webhook: Post "https://x": dial tcp 10.0.0.1:443: connect: connection refused',
    { webhook: 'check.example.net', ip: '10.0.0.1', port: '443', failure: 'refused' },
  ],
  [
    'FailedCreate',
    'Error creating: admission webhook "policy.example.net" denied the request: no',
    { webhook: 'policy.example.net' },
  ],
  [
    'FailedCreate',
    'Error creating: pods "a" is forbidden: violates PodSecurity "restricted:latest": x',
    { podSecurity: 'restricted:latest' },
  ],
  [
    'FailedCreate',
    'Error creating: pods "a-" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found',
    { serviceAccount: 'robot' },
  ],
  [
    'FailedCreate',
    'Error creating: pods "a-" is forbidden: service account kube-system/robot was not found, retry',
    { serviceAccount: 'robot' },
  ],
  [
    'FailedCreate',
    'Error creating: pods "a-" is forbidden: no PriorityClass with name gold was found',
    { priorityClass: 'gold' },
  ],
  [
    'SuccessfulCreate',
    'create Claim data-db-0 Pod db-0 in StatefulSet db success',
    { claim: 'data-db-0', pod: 'db-0' },
  ],
  ['SuccessfulCreate', 'create Pod db-0 in StatefulSet db successful', { pod: 'db-0' }],
  ['SuccessfulCreate', 'Created pod: api-1-x', { pod: 'api-1-x' }],
  ['SuccessfulCreate', 'Created job report-28', { job: 'report-28' }],
  ['SawCompletedJob', 'Saw completed job: report-28, condition: Failed', { job: 'report-28', condition: 'Failed' }],
  [
    'ScalingReplicaSet',
    'Scaled up replica set api-7c9 from 1 to 3',
    { replicaSet: 'api-7c9', replicasFrom: '1', replicasTo: '3' },
  ],
  ['ScalingReplicaSet', 'Scaled down replica set api-7c9 to 0', { replicaSet: 'api-7c9', replicasTo: '0' }],
  [
    'SuccessfulRescale',
    'New size: 5; reason: cpu resource utilization (percentage of request) above target',
    { replicasTo: '5', metric: 'cpu resource utilization (percentage of request)' },
  ],
  ['FailedGetPodsMetric', 'unable to get metric latency: no metrics returned', { metric: 'latency' }],
  [
    'OOMKilling',
    'Kill process 40112 (a) score 1\nKilled process 39871 (logshipd) total-vm:1kB',
    { pid: '39871', process: 'logshipd' },
  ],
  ['SystemOOM', 'System OOM encountered, victim process: java, pid: 77', { process: 'java', pid: '77' }],
  ['TaskHung', 'task jbd2/sda1:412 blocked for more than 120 seconds.', { process: 'jbd2/sda1', pid: '412' }],
  ['NodeNotReady', 'Node worker-1 status is now: NodeNotReady', { node: 'worker-1', condition: 'NodeNotReady' }],
  [
    'TriggeredScaleUp',
    'pod triggered scale-up: [{pool-a 1->2 (max: 5)}]',
    { nodeGroup: 'pool-a', nodesFrom: '1', nodesTo: '2' },
  ],
  ['ScaleUpTimedOut', 'Nodes added to group pool-a failed to register within 15m0s', { nodeGroup: 'pool-a' }],
  [
    'FailedCreatePodSandBox',
    'Failed to create pod sandbox: plugin type="calico" failed (add): x',
    { cniPlugin: 'calico' },
  ],
  [
    'FailedCreatePodSandBox',
    'Failed to create pod sandbox: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/crio/crio.sock: connect: connection refused"',
    { socket: '/run/crio/crio.sock', failure: 'refused' },
  ],
  [
    'ImageGCFailed',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    { socket: '/var/run/docker.sock' },
  ],
  [
    'ProvisioningFailed',
    'failed to provision volume with StorageClass "fast": no capacity in zone \'eu-north-2b\'',
    { storageClass: 'fast', zone: 'eu-north-2b' },
  ],
  ['ScaleUpFailed', 'no machine in zones/mars-north1-c left', { zone: 'mars-north1-c' }],
  ['FailedScheduling', 'pod needs topology.kubernetes.io/zone In [eu-1a eu-1b]', { zone: 'eu-1a' }],
  ['TopologyAwareHintsDisabled', 'Too few endpoints for each zone without-overload (5 endpoints, 3 zones)', {}],
  ['IPAllocated', 'Assigned IP ["192.0.2.7"]', { ip: '192.0.2.7' }],
  ['LeaderElection', 'controller-1_9f became leader', { leader: 'controller-1_9f' }],
  ['LeaderElection', '(combined from similar events): a_9f became leader', { leader: 'a_9f' }],
  [
    'ReconcileFailed',
    'Post "http://[2001:db8::1]:80": dial tcp [2001:db8::1]:80: i/o timeout',
    { ip: '2001:db8::1', port: '80', failure: 'timeout' },
  ],
  ['Anything', 'no value here', {}],
  ['Anything', '', {}],
]

describe('extraction', () => {
  it.each(notes)('%s: %s', (reason, note, expected) => {
    expect(extractMetadata({ reason, note })).toEqual(expected)
  })

  it('sets only keys that are described', () => {
    const described = new Set(Object.keys(METADATA_KEYS))
    const found = notes.flatMap(([reason, note]) => Object.keys(extractMetadata({ reason, note })))
    expect(found.filter((key) => !described.has(key))).toEqual([])
  })

  it('has a note here for each described key', () => {
    const found = new Set(notes.flatMap(([reason, note]) => Object.keys(extractMetadata({ reason, note }))))
    const UNTESTED = new Set(['certificateDomain', 'revision', 'signal', 'secret'])
    expect(Object.keys(METADATA_KEYS).filter((key) => !found.has(key) && !UNTESTED.has(key))).toEqual([])
  })

  it('sorts the nodes of any list of causes into kinds that sum up to it', () => {
    const cause = fc.constantFrom(
      'node(s) were unschedulable',
      'node(s) had untolerated taint {a: b}',
      'Insufficient cpu',
      'Insufficient example.net/card',
      "node(s) didn't match pod anti-affinity rules",
      'something new, and more of it',
    )
    const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 99_999 }), cause), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(parts, (list) => {
        const note = `0/9 nodes are available: ${list.map(([nodes, text]) => `${nodes} ${text}`).join(', ')}.`
        const { nodesAvailable, nodesTotal, ...rest } = extractMetadata({ reason: 'FailedScheduling', note })
        expect([nodesAvailable, nodesTotal]).toEqual(['0', '9'])
        const counted = Object.entries(rest).filter(([key]) => key.startsWith('nodes'))
        const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
        expect(sum(counted.map(([, nodes]) => Number(nodes)))).toBe(sum(list.map(([nodes]) => nodes)))
      }),
    )
  })

  it('keeps values short', () => {
    const note = `0/9 nodes are available: ${'9 reason, '.repeat(140)}`
    for (const value of Object.values(extractMetadata({ reason: 'FailedScheduling', note }))) {
      expect(value.length).toBeLessThanOrEqual(MAX_VALUE_CHARACTERS)
    }
  })

  it('uses bounded quantifiers only, so that no note can make it slow', () => {
    const unbounded = EXTRACTIONS.filter(({ pattern }) =>
      /(?<!\\)[*+]|\{\d+,\}/.test(pattern.source.replaceAll(/\[[^\]]*\]/g, '[]')),
    )
    expect(unbounded.map(({ pattern }) => pattern.source)).toEqual([])
  })

  it('takes linear time on notes of 64 kB that begin to match again and again', () => {
    const openings = notes.flatMap(([, note]) => [note.slice(0, 12), note.slice(0, 30), note.slice(10, 40), note])
    const fillers = [
      'a',
      '1',
      'a/',
      'a.',
      ' ',
      '"',
      'a ',
      '0/0 nodes are available: ',
      'service account a/',
      'dial tcp 1.1.1.1:1: ',
    ]
    const reasons = [...new Set(notes.map(([reason]) => reason))]
    const hostile = [...new Set([...openings, ...fillers])].map((text) =>
      text.repeat(Math.ceil(65_536 / Math.max(1, text.length))),
    )
    const slowest = reasons
      .flatMap((reason) =>
        hostile.map((note) => {
          const started = performance.now()
          extractMetadata({ reason, note })
          return { milliseconds: performance.now() - started, reason, note: note.slice(0, 40) }
        }),
      )
      .toSorted((a, b) => b.milliseconds - a.milliseconds)[0]
    expect(slowest?.milliseconds, JSON.stringify(slowest)).toBeLessThan(500)
  }, 120_000)

  it('never throws', () => {
    const reason = fc.constantFrom(...new Set(notes.map(([name]) => name)))
    const piece = fc.oneof(fc.constantFrom(...notes.map(([, note]) => note)), fc.string())
    fc.assert(
      fc.property(reason, fc.array(piece, { maxLength: 4 }), (name, pieces) => {
        const metadata = extractMetadata({ reason: name, note: pieces.join(' ') })
        expect(Object.values(metadata).every((value) => typeof value === 'string' && value !== '')).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  }, 60_000)
})
