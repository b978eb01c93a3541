import { HOUR, MILLISECOND, SECOND, type EpochMicros } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import type { Category, Severity } from '../../collector/src/event/words.ts'

/** What the generated stream looks like. Same options, same rows. */
export interface StreamOptions {
  readonly rows: number
  /** Times of the first and the last row, µs. */
  readonly from: EpochMicros
  readonly to: EpochMicros
  readonly seed?: number
  readonly cluster?: string
}

/** One kind of event of an ordinary cluster; `note` is a template over the pod. */
interface Shape {
  readonly weight: number
  readonly reason: string
  readonly type: 'Normal' | 'Warning'
  readonly kind: string
  readonly controller: string
  readonly category: Category
  readonly severity: Severity
  /** Chance that the next row of this shape repeats an earlier event with a higher count. */
  readonly repeats: number
  readonly note: (pod: Workload, random: Random) => string
}

interface Workload {
  readonly namespace: string
  readonly name: string
  readonly pod: string
  readonly uid: string
  readonly node: string
  readonly image: string
}

type Random = () => number

const IMAGE = (pod: Workload) => `registry.example/${pod.namespace}/${pod.image}`

// prettier-ignore
const SHAPES: readonly Shape[] = [
  shape(16, 'Scheduled', 'Normal', 'Pod', 'default-scheduler', 'scheduling', 'info', 0, (p) => `Successfully assigned ${p.namespace}/${p.pod} to ${p.node}`),
  shape(14, 'Pulled', 'Normal', 'Pod', 'kubelet', 'image', 'info', 0.2, (p, r) => r() < 0.5 ? `Container image "${IMAGE(p)}" already present on machine` : `Successfully pulled image "${IMAGE(p)}" in ${String(Math.floor(r() * 9000))}ms (${String(Math.floor(r() * 9000))}ms including waiting). Image size: ${String(Math.floor(r() * 900_000_000))} bytes.`),
  shape(14, 'Created', 'Normal', 'Pod', 'kubelet', 'container', 'info', 0.2, (p) => `Created container: ${p.name}`),
  shape(14, 'Started', 'Normal', 'Pod', 'kubelet', 'container', 'info', 0.2, (p) => `Started container ${p.name}`),
  shape(6, 'Pulling', 'Normal', 'Pod', 'kubelet', 'image', 'info', 0.1, (p) => `Pulling image "${IMAGE(p)}"`),
  shape(6, 'Killing', 'Normal', 'Pod', 'kubelet', 'container', 'info', 0.1, (p) => `Stopping container ${p.name}`),
  shape(7, 'SuccessfulCreate', 'Normal', 'ReplicaSet', 'replicaset-controller', 'workload', 'info', 0, (p) => `Created pod: ${p.pod}`),
  shape(4, 'SuccessfulDelete', 'Normal', 'ReplicaSet', 'replicaset-controller', 'workload', 'info', 0, (p) => `Deleted pod: ${p.pod}`),
  shape(2, 'ScalingReplicaSet', 'Normal', 'Deployment', 'deployment-controller', 'scaling', 'info', 0.1, (p, r) => `Scaled up replica set ${p.name}-${hex(r, 9)} from ${String(Math.floor(r() * 5))} to ${String(Math.floor(r() * 9))}`),
  shape(6, 'Unhealthy', 'Warning', 'Pod', 'kubelet', 'probe', 'medium', 0.7, (_, r) => `Readiness probe failed: Get "http://10.${octet(r)}.${octet(r)}.${octet(r)}:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`),
  shape(6, 'BackOff', 'Warning', 'Pod', 'kubelet', 'container', 'high', 0.8, (p) => `Back-off restarting failed container ${p.name} in pod ${p.pod}_${p.namespace}(${p.uid})`),
  shape(2, 'FailedScheduling', 'Warning', 'Pod', 'default-scheduler', 'scheduling', 'medium', 0.5, (_, r) => `0/${String(3 + Math.floor(r() * 60))} nodes are available: ${String(1 + Math.floor(r() * 3))} Insufficient cpu, ${String(1 + Math.floor(r() * 3))} node(s) had untolerated taint {node.kubernetes.io/not-ready: }. preemption: 0/3 nodes are available: No preemption victims found for incoming pod.`),
  shape(1, 'FailedMount', 'Warning', 'Pod', 'kubelet', 'storage', 'high', 0.6, (p, r) => `MountVolume.SetUp failed for volume "data-${hex(r, 5)}" : rpc error: code = DeadlineExceeded desc = timeout waiting for volume of ${p.pod}`),
  shape(1, 'NodeNotReady', 'Normal', 'Node', 'node-controller', 'node', 'high', 0.1, (p) => `Node ${p.node} status is now: NodeNotReady`),
  shape(1, 'Completed', 'Normal', 'Job', 'job-controller', 'job', 'info', 0, () => 'Job completed'),
]

/** Besides the shapes above, this many rare reasons occur, as operators of add-ons emit them. */
const RARE_REASONS = 60
const NAMESPACES = 24
const WORKLOADS = 200
const NODES = 40
/** Pods alive at once; each row may replace one. */
const PODS = 2_000
/** Events that may still be repeated, the newest ones. */
const OPEN_EVENTS = 4_000

/**
 * A stream of observations as a middling cluster makes them: in order of lastObserved up to a few seconds of disorder,
 * times of repeats by whole seconds, about one row in five a repetition. Pure: no clock, no randomness but the seed.
 */
export function* generateObservations(options: StreamOptions): Generator<Observation> {
  const random = seeded(options.seed ?? 1)
  const workloads = Array.from({ length: WORKLOADS }, (_, index) => aWorkload(index, random))
  const pods = Array.from({ length: PODS }, (_, index) => aPod(workloads[index % WORKLOADS] as Workload, random))
  const open = new Map<Shape, Observation[]>()
  const total = SHAPES.reduce((sum, { weight }) => sum + weight, 0)
  const step = (options.to - options.from) / Math.max(options.rows - 1, 1)

  for (let row = 0; row < options.rows; row++) {
    const time = Math.round(options.from + row * step)
    const chosen = pick(random() * total)
    const candidates = open.get(chosen) ?? []
    const repeated = random() < chosen.repeats ? candidates[Math.floor(random() * candidates.length)] : undefined
    const podIndex = Math.floor(random() * PODS)
    if (chosen.reason === 'Scheduled') pods[podIndex] = aPod(pods[podIndex] as Workload, random)
    const next =
      repeated !== undefined && time - repeated.lastObserved < 6 * HOUR
        ? repetition(repeated, time, row, random)
        : firstSight(chosen, pods[podIndex] as Workload, time, row, options.cluster ?? 'bench', random)
    if (repeated === undefined) candidates.push(next)
    else candidates[candidates.indexOf(repeated)] = next
    if (candidates.length > OPEN_EVENTS / SHAPES.length) candidates.shift()
    open.set(chosen, candidates)
    yield next
  }
}

/** The rows in arrays of `size`, as the buffer hands them over. */
export function* inBatches<T>(rows: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = []
  for (const row of rows) {
    batch.push(row)
    if (batch.length === size) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

function firstSight(
  shape: Shape,
  pod: Workload,
  time: EpochMicros,
  row: number,
  cluster: string,
  random: Random,
): Observation {
  const rare = random() < 0.02
  const reason = rare ? `Rare${String(Math.floor(random() * RARE_REASONS))}` : shape.reason
  const isPod = shape.kind === 'Pod'
  const name = isPod ? pod.pod : shape.kind === 'Node' ? pod.node : pod.name
  const namespace = shape.kind === 'Node' ? '' : pod.namespace
  // Legacy reporters give whole seconds; the scheduler gives µs.
  const last = shape.controller === 'default-scheduler' ? time : Math.floor(time / SECOND) * SECOND
  return {
    id: base64(random),
    cluster,
    clusterUid: '0a0a0a0a-1111-4222-8333-444444444444',
    source: 'live',
    uid: uuid(random),
    name: `${name}.${(BigInt(time) * 1000n + BigInt(Math.floor(random() * 1000))).toString(16)}`,
    eventNamespace: namespace === '' ? 'default' : namespace,
    resourceVersion: 1_000_000 + row * 3 + Math.floor(random() * 3),
    namespace,
    firstObserved: last,
    lastObserved: last,
    received: time + Math.floor(random() * 900) * MILLISECOND,
    count: 1,
    countIsLowerBound: false,
    type: shape.type,
    reason,
    action: shape.controller === 'default-scheduler' ? 'Binding' : '',
    note: shape.note(pod, random),
    reportingController: shape.controller,
    reportingInstance: shape.controller === 'kubelet' ? pod.node : '',
    regarding: {
      kind: shape.kind,
      namespace,
      name,
      uid: shape.kind === 'Node' ? pod.node : pod.uid,
      apiVersion: isPod ? 'v1' : 'apps/v1',
      fieldPath: isPod && shape.controller === 'kubelet' ? `spec.containers{${pod.name}}` : '',
    },
    related: { kind: '', namespace: '', name: '', uid: '', apiVersion: '', fieldPath: '' },
    container: isPod && shape.controller === 'kubelet' ? pod.name : '',
    node: shape.controller === 'kubelet' || shape.kind === 'Node' ? pod.node : '',
    labels: {},
    annotations: {},
    rest: null,
    flags: [],
    countDelta: 1,
    deltaSince: last,
    countUnplaced: 0,
    countEstimated: false,
    category: shape.category,
    severity: shape.severity,
    rule: 'catalogue',
    metadata: metadataOf(shape, pod),
    owner: { kind: 'Deployment', name: pod.name },
    topologyEvidence: 'name',
    objectLabels: {},
    correlationId: `c-${pod.uid.replaceAll('-', '').slice(0, 16)}`,
    correlationRule: 'same object',
    templateId: `t-${shape.reason.toLowerCase().padEnd(16, '0').slice(0, 16)}`,
    patternIds: [`${reason}:${shape.kind}:${namespace}`],
  }
}

function metadataOf(shape: Shape, pod: Workload): Record<string, string> {
  if (shape.category === 'image') return { image: IMAGE(pod) }
  return {}
}

function repetition(event: Observation, time: EpochMicros, row: number, random: Random): Observation {
  const last = Math.max(event.lastObserved, Math.floor(time / SECOND) * SECOND)
  const added = 1 + Math.floor(random() * 3)
  const placed = last - event.lastObserved <= HOUR
  return {
    ...event,
    id: base64(random),
    resourceVersion: 1_000_000 + row * 3 + Math.floor(random() * 3),
    lastObserved: last,
    received: time + Math.floor(random() * 900) * MILLISECOND,
    count: event.count + added,
    countDelta: placed ? added : 1,
    countUnplaced: placed ? 0 : added - 1,
    deltaSince: event.lastObserved,
  }
}

function shape(
  ...[weight, reason, type, kind, controller, category, severity, repeats, note]: [
    number, string, Shape['type'], string, string, Category, Severity, number, Shape['note'],
  ] // prettier-ignore
): Shape {
  return { weight, reason, type, kind, controller, category, severity, repeats, note }
}

function pick(point: number): Shape {
  let left = point
  for (const shape of SHAPES) {
    left -= shape.weight
    if (left < 0) return shape
  }
  return SHAPES[0] as Shape
}

function aWorkload(index: number, random: Random): Workload {
  const name = `service-${String(index)}`
  const image = `${name}:1.${String(index % 30)}.${String(index % 7)}`
  return aPod({ namespace: `team-${String(index % NAMESPACES)}`, name, pod: '', uid: '', node: '', image }, random)
}

function aPod(workload: Workload, random: Random): Workload {
  const pod = `${workload.name}-${hex(random, 9)}-${hex(random, 5)}`
  return { ...workload, pod, uid: uuid(random), node: `worker-${String(Math.floor(random() * NODES))}` }
}

/** mulberry32 (Tommy Ettinger, public domain): small, fast, and good enough for test data. */
function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function hex(random: Random, length: number): string {
  let text = ''
  while (text.length < length) text += Math.floor(random() * 16).toString(16)
  return text
}

function octet(random: Random): string {
  return String(Math.floor(random() * 256))
}

function uuid(random: Random): string {
  const digits = hex(random, 32)
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`, digits.slice(20)].join('-') // prettier-ignore
}

function base64(random: Random): string {
  const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256))
  return Buffer.from(bytes).toString('base64url')
}
