import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { Correlating } from '../../../test/support/correlating.ts'
import { readPlacedCase, type ClassifiedEvent } from '../../../test/support/read-case.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../clock.ts'
import type { Membership, Observation, PlacedEvent, Placement } from '../event/observation.ts'
import { compareObservations } from '../event/observation.ts'
import { stateOfBody } from '../event/problem.ts'
import type { StoreRecord } from '../event/record.ts'
import type { CorrelationBody } from '../event/correlation.ts'
import type { TopologyLinks } from './correlate.ts'

/** A topology that knows nothing; tests add what they need. */
function aTopology(known: Partial<TopologyLinks> = {}): TopologyLinks {
  return {
    nodeOf: () => '',
    claimsOf: () => [],
    podOfClaim: () => '',
    claimOfVolume: () => null,
    storageClassOf: () => '',
    scaleTargetOf: () => null,
    ...known,
  }
}

/** What topology makes of the names used here. */
function placed(event: ClassifiedEvent): PlacedEvent {
  const { kind, name } = event.regarding
  const [, deployment] = /^(.+)-[4-9bcdf]{6,10}(?:-\w{5})?$/.exec(name) ?? []
  const [, set] = /^(.+)-\d$/.exec(name) ?? []
  const none: Placement = { owner: { kind, name }, topologyEvidence: 'self', objectLabels: {}, node: event.node }
  if (kind === 'Node') return { ...event, ...none }
  if (deployment !== undefined) return { ...event, ...none, owner: { kind: 'Deployment', name: deployment } }
  if (set !== undefined) return { ...event, ...none, owner: { kind: 'StatefulSet', name: set } }
  return { ...event, ...none }
}

let serial = 0

/** `at` in seconds after noon; kind and name of the object in one. */
function happens(at: number, reason: string, object: string, overrides: Partial<Observation> = {}): Observation {
  serial += 1
  const [kind = '', name = ''] = object.split(' ')
  const namespace = kind === 'Node' ? '' : 'shop'
  const time = NOON + at * SECOND
  const isNormal = overrides.type === 'Normal'
  const event = anObservation({
    uid: `event-${String(serial)}`,
    resourceVersion: serial,
    reason,
    note: reason,
    container: '',
    namespace,
    node: '',
    regarding: { kind, namespace, name, uid: `uid of ${name}`, apiVersion: '', fieldPath: '' },
    category: 'other',
    severity: isNormal ? 'info' : 'high',
    firstObserved: time,
    lastObserved: time,
    deltaSince: time,
    received: time,
    ...overrides,
  })
  return { ...event, ...placed(event), ...(overrides.owner === undefined ? {} : { owner: overrides.owner }) }
}

const calm = (at: number, reason: string, object: string, overrides: Partial<Observation> = {}): Observation =>
  happens(at, reason, object, { type: 'Normal', ...overrides })

interface Story {
  readonly memberships: readonly Membership[]
  readonly records: ReadonlyMap<string, StoreRecord>
  /** Id of the group that stands for each event in the end. */
  readonly groups: readonly string[]
}

function tell(events: readonly PlacedEvent[], topology = aTopology(), correlator?: Correlating): Story {
  const correlations = correlator ?? new Correlating({ topology })
  const memberships = events.map((event) => correlations.correlate(event))
  const records = new Map(correlations.changedRecords().map((record) => [record.id, record]))
  const rootOf = (id: string): string => {
    const into = records.get(id) === undefined ? null : bodyOf(records.get(id)).mergedInto
    return into === null ? id : rootOf(into)
  }
  return { memberships, records, groups: memberships.map(({ correlationId }) => rootOf(correlationId)) }
}

function bodyOf(record: StoreRecord | undefined): CorrelationBody {
  if (record === undefined) throw new Error('there is no such record')
  return record.body as unknown as CorrelationBody
}

function edgesOf(story: Story): readonly string[] {
  const roots = [...story.records.values()].filter((record) => bodyOf(record).mergedInto === null)
  return roots.flatMap((record) =>
    bodyOf(record).causes.map(
      ({ cause, effect, causation }) => `${cause.reason} → ${effect.reason} (${String(causation)})`,
    ),
  )
}

function tellCase(name: string): Story {
  const { events, topology } = readPlacedCase(name)
  return tell(events, topology)
}

function distinct<Value>(values: readonly Value[]): number {
  return new Set(values).size
}

describe('the same object', () => {
  it('keeps its events together within the window', () => {
    const { groups, memberships } = tell([happens(0, 'BackOff', 'Pod a'), happens(500, 'Failed', 'Pod a')])
    expect(distinct(groups)).toBe(1)
    expect(memberships.map(({ correlationRule }) => correlationRule)).toEqual(['first of its group', 'same pod'])
  })

  it('opens another group when calm events are further apart than the window', () => {
    expect(distinct(tell([calm(0, 'Started', 'Pod a'), calm(601, 'Started', 'Pod a')]).groups)).toBe(2)
  })

  it('is one problem through the silence of its reporter, and another one after that', () => {
    const repeated = [happens(0, 'BackOff', 'Pod a'), happens(34 * 60, 'BackOff', 'Pod a')]
    expect(distinct(tell(repeated).groups)).toBe(1)
    expect(distinct(tell([happens(0, 'BackOff', 'Pod a'), happens(36 * 60, 'BackOff', 'Pod a')]).groups)).toBe(2)
  })

  it('of an old trouble does not bring it into the fault of its node', () => {
    const chronic = Array.from({ length: 30 }, (_, index) => happens(index * 60, 'BackOff', 'Pod a', { node: 'n' }))
    const marked = happens(1_805, 'NodeNotReady', 'Pod a', { node: 'n', note: 'Node is not ready' })
    const lost = happens(1_800, 'NodeNotReady', 'Node n')
    const { groups } = tell([...chronic, lost, marked])
    expect([groups.at(-1) === groups.at(-2), groups.at(-1) === groups[0]]).toEqual([true, false])
    const seenFirst = tell([...chronic, { ...marked, firstObserved: lost.firstObserved }, lost])
    expect(seenFirst.groups.at(-1)).not.toBe(seenFirst.groups[0])
  })

  it('keeps its trouble through what is calm', () => {
    const { groups } = tell([
      happens(0, 'BackOff', 'Pod a'),
      calm(20 * 60, 'Pulled', 'Pod a'),
      happens(21 * 60, 'FailedMount', 'Pod a'),
    ])
    expect(groups[2]).toBe(groups[0])
  })

  it('is a node by its name, whatever uid an event gives it', () => {
    const node = happens(1, 'Rebooted', 'Node n')
    const { groups } = tell([
      happens(0, 'KernelOops', 'Node n'),
      { ...node, regarding: { ...node.regarding, uid: 'n' } },
    ])
    expect(distinct(groups)).toBe(1)
  })

  it('under another uid is another pod', () => {
    const old = happens(0, 'BackOff', 'Pod lone')
    const renewed = calm(60, 'Started', 'Pod lone')
    const { groups } = tell([old, { ...renewed, regarding: { ...renewed.regarding, uid: 'renewed' } }])
    expect(distinct(groups)).toBe(2)
  })

  it('of another cluster is another object', () => {
    const there = { ...happens(1, 'BackOff', 'Pod a'), cluster: 'there' }
    expect(distinct(tell([happens(0, 'BackOff', 'Pod a'), there]).groups)).toBe(2)
  })

  it('of no name at all is held together by its problem alone', () => {
    const nameless = (at: number, reason: string): Observation => {
      const event = happens(at, reason, ' ', { name: `event ${String(at)}`, owner: { kind: '', name: '' } })
      return { ...event, regarding: { ...event.regarding, uid: '' } }
    }
    expect(distinct(tell([nameless(0, 'Odd'), nameless(1, 'Odder')]).groups)).toBe(2)
    expect(distinct(tell([nameless(0, 'Odd'), nameless(1, 'Odd')]).groups)).toBe(1)
  })
})

describe('the same workload', () => {
  it('brings problems of its pods together', () => {
    const { groups, memberships } = tell([
      happens(0, 'Unhealthy', 'Pod api-7c9d8f6b5d-k2m4x'),
      happens(30, 'BackOff', 'Pod api-7c9d8f6b5d-zzzzz'),
    ])
    expect(distinct(groups)).toBe(1)
    expect(memberships[1]?.correlationRule).toBe('same workload: Deployment shop/api')
  })

  it('is not another one whose name begins alike', () => {
    const { groups } = tell([
      happens(0, 'BackOff', 'Pod api-7c9d8f6b5d-k2m4x'),
      happens(1, 'BackOff', 'Pod api-gateway-5f6d7c8b94-q8w6z'),
    ])
    expect(distinct(groups)).toBe(2)
  })

  it('keeps a rollout in which nothing goes wrong together, without a record', () => {
    const { groups, records } = tell([
      calm(0, 'ScalingReplicaSet', 'Deployment api'),
      calm(1, 'SuccessfulCreate', 'ReplicaSet api-7c9d8f6b5d'),
      calm(2, 'Scheduled', 'Pod api-7c9d8f6b5d-k2m4x'),
      calm(3, 'Started', 'Pod api-7c9d8f6b5d-k2m4x'),
    ])
    expect(distinct(groups)).toBe(1)
    // The causation of the rollout is worth a record, the life of a pod is not.
    expect([...records.values()].every((record) => bodyOf(record).severity === 'info')).toBe(true)
    expect(tell([calm(0, 'Started', 'Pod lone')]).records.size).toBe(0)
  })

  it('shows the rollout before the trouble', () => {
    const story = tell([
      calm(0, 'ScalingReplicaSet', 'Deployment api', { note: 'Scaled up replica set api-7c9d8f6b5d from 0 to 1' }),
      happens(20, 'BackOff', 'Pod api-7c9d8f6b5d-k2m4x'),
    ])
    expect(edgesOf(story)).toEqual(['ScalingReplicaSet → BackOff (23)'])
    expect([...story.records.values()].map((record) => bodyOf(record).changes.map(({ reason }) => reason))).toEqual([
      ['ScalingReplicaSet'],
    ])
  })

  it('that was rolled out and ran well has no trouble from that', () => {
    const pod = 'Pod api-7c9d8f6b5d-k2m4x'
    const rollout = calm(0, 'ScalingReplicaSet', 'Deployment api', { note: 'Scaled up replica set api-7c9d8f6b5d' })
    const started = calm(10, 'Started', pod)
    expect(edgesOf(tell([rollout, started, happens(60, 'BackOff', pod)]))).toEqual(['ScalingReplicaSet → BackOff (23)'])
    expect(edgesOf(tell([rollout, started, happens(400, 'BackOff', pod)]))).toEqual([])
  })

  it('that scales again and again is no trigger of what began before it last did', () => {
    const scaled = (at: number, since: number) =>
      calm(at, 'ScalingReplicaSet', 'Deployment api', { uid: 'scaling', firstObserved: NOON + since * SECOND })
    const story = tell([scaled(0, -86_400), happens(100, 'BackOff', 'Pod api-7c9d8f6b5d-k2m4x'), scaled(200, -86_400)])
    const edges = [...story.records.values()].flatMap((record) => bodyOf(record).causes)
    expect(edges.map(({ trust, lagSeconds }) => [trust, lagSeconds])).toEqual([['trigger', 100]])
  })

  it('is another one when its controller was made again under its name', () => {
    const failed = happens(0, 'BackoffLimitExceeded', 'Job worker')
    const again = calm(60, 'SuccessfulCreate', 'Job worker')
    const renewed = { ...again, regarding: { ...again.regarding, uid: 'renewed' } }
    const completed = { ...calm(90, 'Completed', 'Job worker'), regarding: renewed.regarding }
    const { groups } = tell([failed, renewed, completed])
    expect([distinct(groups), groups[1] === groups[2]]).toEqual([2, true])
  })

  it('that suffers two faults does not make them one', () => {
    const owner = { kind: 'Deployment', name: 'api' }
    const note = 'Error creating: Internal error occurred: failed calling webhook "policy.example.com": no endpoints'
    const { groups } = tell([
      happens(0, 'NodeNotReady', 'Node n'),
      happens(10, 'NodeNotReady', 'Pod a', { node: 'n', owner, note: 'Node is not ready' }),
      happens(20, 'FailedCreate', 'ReplicaSet b', { note, owner: { kind: 'Deployment', name: 'b' } }),
      happens(30, 'FailedCreate', 'ReplicaSet api-5', { note, owner }),
    ])
    expect([groups[0] === groups[1], groups[2] === groups[3], groups[1] === groups[3]]).toEqual([true, true, false])
  })

  it('does not glue two problems together through the ordinary life of a third pod', () => {
    const owner = { kind: 'Deployment', name: 'api' }
    const { groups } = tell([
      happens(0, 'BackOff', 'Pod a', { owner: { kind: 'Pod', name: 'a' } }),
      happens(1, 'BackOff', 'Pod b', { owner }),
      calm(2, 'Started', 'Pod c', { owner }),
      calm(3, 'Started', 'Pod a', { owner }),
    ])
    expect(groups[0]).not.toBe(groups[1])
    expect(groups[3]).toBe(groups[0])
  })

  it('leads to its trouble even when a calm pod of it was seen in between', () => {
    const owner = { kind: 'Deployment', name: 'api' }
    const { groups } = tell([
      happens(0, 'BackOff', 'Pod a', { owner }),
      calm(10, 'Started', 'Pod b', { owner }),
      happens(20, 'BackOff', 'Pod c', { owner }),
    ])
    expect(groups[1]).not.toBe(groups[0])
    expect(groups[2]).toBe(groups[0])
  })

  it('that is scheduled every minute does not stay one group for ever', () => {
    const runs = Array.from({ length: 200 }, (_, index) => calm(index * 60, 'SuccessfulCreate', 'CronJob tidy'))
    expect(distinct(tell(runs).groups)).toBeGreaterThan(2)
  })
})

describe('claims', () => {
  const topology = aTopology({
    claimsOf: (_, __, pod) => (pod.startsWith('web') ? ['uploads'] : []),
    storageClassOf: () => 'fast',
  })

  it('bring the trouble of a claim and of the pod that mounts it together', () => {
    const claim = happens(0, 'Anything', 'PersistentVolumeClaim uploads', { category: 'storage' })
    const pod = happens(30, 'FailedMount', 'Pod web', { note: 'rpc error' })
    for (const events of [
      [claim, pod],
      [
        { ...pod, lastObserved: NOON },
        { ...claim, lastObserved: NOON + 30 * SECOND },
      ],
    ]) {
      const { groups, memberships } = tell(events, topology)
      expect(distinct(groups)).toBe(1)
      expect(memberships[1]?.correlationRule).toBe('claim uploads of the same pod')
    }
  })

  it('that two workloads share do not bring their crashes together', () => {
    expect(
      distinct(tell([happens(0, 'BackOff', 'Pod web-a'), happens(1, 'BackOff', 'Pod web-b')], topology).groups),
    ).toBe(2)
  })

  it('of one class that fail together are one problem', () => {
    const claims = (pod: string): readonly string[] => [`data-${pod}`]
    const fast = aTopology({ claimsOf: (_, __, pod) => claims(pod), storageClassOf: () => 'fast' })
    const fails = (at: number, pod: string): Observation =>
      happens(at, 'FailedAttachVolume', `Pod ${pod}`, { note: `attach ${pod}`, owner: { kind: 'Pod', name: pod } })
    const { groups, memberships } = tell([fails(0, 'x'), fails(10, 'y')], fast)
    expect(distinct(groups)).toBe(1)
    expect(memberships[1]?.correlationRule).toBe('shared: storage class fast')
  })
})

describe('shared things', () => {
  const refused = (at: number, replicaSet: string, more: Partial<Observation> = {}): Observation =>
    happens(at, 'FailedCreate', `ReplicaSet ${replicaSet}`, {
      ...more,
      note: `Error creating: Internal error occurred: failed calling webhook "policy.example.com": no endpoints available`,
    })

  it('that have a name make one problem of two workloads within a minute', () => {
    const { groups, memberships } = tell([refused(0, 'a'), refused(20, 'b'), refused(40, 'c'), refused(90, 'd')])
    expect(distinct(groups)).toBe(1)
    const shared = 'shared: webhook policy.example.com'
    expect(memberships.slice(1).map(({ correlationRule }) => correlationRule)).toEqual([shared, shared, shared])
    expect(distinct(tell([refused(0, 'a'), refused(70, 'b')]).groups)).toBe(2)
  })

  it('are told of a group of seven workloads, although each pod came in by its workload as well', () => {
    const events = Array.from({ length: 28 }, (_, index) =>
      refused(index, `w${String(index % 7)}`, { owner: { kind: 'Deployment', name: `d${String(index % 7)}` } }),
    )
    const { records, groups } = tell(events)
    expect(distinct(groups)).toBe(1)
    const body = bodyOf(records.get(groups[0] ?? ''))
    expect(body.workloads).toHaveLength(7)
    expect(body.evidence[0]).toEqual({ words: 'shared: webhook policy.example.com', members: 27 })
  })

  it('are not the equal words of what is of low severity', () => {
    const unplaced = (at: number, pod: string): Observation =>
      happens(at, 'FailedScheduling', `Pod ${pod}`, {
        category: 'scheduling',
        severity: 'low',
        note: `0/3 nodes are available: 3 Insufficient memory`,
      })
    expect(distinct(tell([unplaced(0, 'a1'), unplaced(1, 'b2'), unplaced(2, 'c3')]).groups)).toBe(3)
  })

  it('are texts that say something once names and numbers are gone, from the third on', () => {
    const unplaced = (at: number, pod: string): Observation =>
      happens(at, 'FailedScheduling', `Pod ${pod}`, {
        category: 'scheduling',
        note: `0/${String(at + 3)} nodes are available: ${String(at)} Insufficient memory for ${pod}`,
      })
    expect(distinct(tell([unplaced(0, 'a1'), unplaced(1, 'b2'), unplaced(2, 'c3')]).groups)).toBe(1)
  })

  it('are not the words of any crash, however many crash at once', () => {
    const crashes = ['north', 'south', 'east', 'west', 'middle'].map((pod, index) =>
      happens(index, 'BackOff', `Pod ${pod}`, {
        category: 'container',
        note: 'Back-off restarting failed container app in pod',
      }),
    )
    expect(distinct(tell(crashes).groups)).toBe(5)
  })
})

describe('known causations', () => {
  it('lead from attach to mount after two minutes, and only then', () => {
    const attach = happens(0, 'FailedAttachVolume', 'Pod a')
    const mount = (at: number): Observation =>
      happens(at, 'FailedMount', 'Pod a', { note: 'Unable to attach or mount volumes: unmounted volumes=[data]' })
    const story = tell([attach, mount(123)])
    expect(story.memberships[1]?.correlationRule).toBe(
      'FailedAttachVolume → FailedMount: attach then mount timeout, 123 s (causation 19)',
    )
    expect(edgesOf(tell([attach, mount(20)]))).toEqual([])
  })

  it('hold when the effect is reported before its cause', () => {
    const topology = aTopology({ claimsOf: () => ['data'] })
    const waits = happens(0, 'FailedScheduling', 'Pod a', { note: 'pod has unbound immediate PersistentVolumeClaims' })
    const fails = happens(5, 'ProvisioningFailed', 'PersistentVolumeClaim data')
    const story = tell([waits, fails], topology)
    expect(distinct(story.groups)).toBe(1)
    expect(edgesOf(story)).toEqual(['ProvisioningFailed → FailedScheduling (17)'])
  })

  it('reach the pods of a lost node, and no pod of another', () => {
    const story = tell([
      calm(0, 'NodeNotReady', 'Node n', { severity: 'high' }),
      happens(1, 'NodeNotReady', 'Pod a', { node: 'n' }),
      happens(1, 'NodeNotReady', 'Pod b', { node: 'other' }),
    ])
    expect(story.groups[1]).toBe(story.groups[0])
    expect(story.groups[2]).not.toBe(story.groups[0])
  })

  it('that are only possible are recorded and bring nothing together', () => {
    const story = tell([
      happens(0, 'SystemOOM', 'Node n'),
      happens(5, 'BackOff', 'Pod a', { node: 'n', note: 'Back-off restarting failed container' }),
    ])
    expect(edgesOf(story)).toEqual(['SystemOOM → BackOff (8)'])
    expect(distinct(story.groups)).toBe(2)
  })

  it('do not lead from one container of a pod to another', () => {
    const probe = happens(0, 'Unhealthy', 'Pod a', { note: 'Liveness probe failed: x', container: 'app' })
    const killed = (container: string): Observation =>
      calm(5, 'Killing', 'Pod a', {
        note: `Container ${container} failed liveness probe, will be restarted`,
        container,
      })
    expect(edgesOf(tell([probe, killed('app')]))).toEqual(['Unhealthy → Killing (24)'])
    expect(edgesOf(tell([probe, killed('sidecar')]))).toEqual([])
  })

  it('lead from the autoscaler to what it scales', () => {
    const topology = aTopology({ scaleTargetOf: () => ({ kind: 'Deployment', name: 'api' }) })
    const { groups, memberships } = tell(
      [calm(0, 'SuccessfulRescale', 'HorizontalPodAutoscaler h'), calm(0.2, 'ScalingReplicaSet', 'Deployment api')],
      topology,
    )
    expect(distinct(groups)).toBe(1)
    expect(memberships[1]?.correlationRule).toContain('(causation 16)')
  })

  it('lead from the preemptor to its victim', () => {
    const related = { kind: 'Pod', namespace: 'shop', name: 'urgent', uid: 'u', apiVersion: '', fieldPath: '' }
    const story = tell([
      happens(0, 'FailedScheduling', 'Pod urgent'),
      happens(1, 'Preempted', 'Pod victim', { related }),
    ])
    expect(edgesOf(story)).toEqual(['FailedScheduling → Preempted (9)'])
  })

  it('lead from the preemptor to its victim by the uid in the note', () => {
    const uid = '3dc5d814-6938-4801-8917-61610ad39906'
    const urgent = happens(0, 'FailedScheduling', 'Pod urgent')
    const story = tell([
      { ...urgent, regarding: { ...urgent.regarding, uid } },
      happens(1, 'Preempted', 'Pod victim', { note: `Preempted by pod ${uid} on node n` }),
    ])
    expect(edgesOf(story)).toEqual(['FailedScheduling → Preempted (9)'])
    expect(distinct(story.groups)).toBe(1)
  })

  it('lead from the pods of a webhook to what it refuses', () => {
    const note = 'failed calling webhook "x.example": Post "https://policy.shop.svc:443/validate": connection refused'
    const story = tell([
      happens(0, 'BackOff', 'Pod policy-7c9d8f6b5d-k2m4x'),
      happens(10, 'FailedCreate', 'ReplicaSet api-7c9d8f6b5d', { note }),
    ])
    expect(edgesOf(story)).toEqual(['BackOff → FailedCreate (32)'])
    expect(distinct(story.groups)).toBe(1)
  })
})

describe('lateness', () => {
  const now = calm(0, 'Started', 'Pod other')

  it('of more than an hour opens no window', () => {
    const late = happens(-3_601, 'BackOff', 'Pod a')
    const { groups, memberships } = tell([now, late, happens(1, 'BackOff', 'Pod a')])
    expect(memberships[1]?.correlationRule).toBe('late: reopens no window')
    expect(groups[1]).not.toBe(groups[2])
  })

  it('still finds the group of the problem', () => {
    const { groups, memberships } = tell([happens(0, 'BackOff', 'Pod a'), happens(-4_000, 'BackOff', 'Pod a')])
    expect(groups[1]).toBe(groups[0])
    expect(memberships[1]?.correlationRule).toBe('late, but same pod')
  })

  it('is none in the first list of another stream, or in a later page', () => {
    const page = [happens(-3_000, 'BackOff', 'Pod a'), happens(-2_900, 'Unhealthy', 'Pod a')]
    const { groups, memberships } = tell([now, ...page])
    expect(memberships.map(({ correlationRule }) => correlationRule)).toEqual([
      'first of its group',
      'first of its group',
      'same pod',
    ])
    expect(groups[2]).toBe(groups[1])
  })

  it('of less than an hour is none', () => {
    expect(tell([now, happens(-3_599, 'BackOff', 'Pod a')]).memberships[1]?.correlationRule).toBe('first of its group')
  })

  it('is not brought about by a time that has not come yet', () => {
    const future = { ...calm(86_400, 'Started', 'Pod odd'), received: NOON }
    expect(tell([future, happens(0, 'BackOff', 'Pod a')]).memberships[1]?.correlationRule).toBe('first of its group')
  })
})

describe('records', () => {
  it('say where a merged group went, and count the whole once', () => {
    const story = tell([
      happens(0, 'BackOff', 'Pod a', { countDelta: 3 }),
      happens(1, 'UpdateFailed', 'ExternalSecret token', { countDelta: 4, countUnplaced: 10 }),
      happens(2, 'Failed', 'Pod a', { note: 'Error: secret "token" not found' }),
    ])
    expect(story.records.size).toBe(2)
    const [root, merged] = story.memberships.map(({ correlationId }) => correlationId)
    expect(bodyOf(story.records.get(merged ?? '')).mergedInto).toBe(root)
    const body = bodyOf(story.records.get(root ?? ''))
    expect(body).toMatchObject({ members: 3, occurrences: 18, absorbed: [merged], isOpen: true, severity: 'high' })
    expect(body.title).toBe('CreateContainerConfigError, UpdateFailed, CrashLoopBackOff: Pod shop/a and 1 more')
  })

  it('come only when something changed, with a higher revision each time', () => {
    const correlator = new Correlating({ topology: aTopology() })
    correlator.correlate(happens(0, 'BackOff', 'Pod a'))
    const [first] = correlator.changedRecords()
    expect(correlator.changedRecords()).toEqual([])
    correlator.correlate(happens(0, 'BackOff', 'Pod a'))
    const [second] = correlator.changedRecords()
    expect(second?.id).toBe(first?.id)
    expect(second?.revision).toBeGreaterThan(first?.revision ?? Infinity)
  })

  it('wait for a minute while only counts go on, and come at once when something is new', () => {
    const correlator = new Correlating({ topology: aTopology() })
    const take = () => correlator.correlator.changedRecords(false).map(bodyOf)
    const again = (at: number) => correlator.correlate(happens(at, 'BackOff', 'Pod a', { category: 'container' }))
    again(0)
    expect(take()).toMatchObject([{ members: 1 }])
    again(10)
    expect(take()).toEqual([])
    again(70)
    expect(take()).toMatchObject([{ members: 3 }])
    correlator.correlate(happens(71, 'Unhealthy', 'Pod a', { severity: 'medium', category: 'probe' }))
    expect(take()).toMatchObject([{ members: 4, openProblems: 2 }])
    again(80)
    correlator.correlate(calm(81, 'Killing', 'Pod a'))
    expect(take()).toMatchObject([
      { reasons: [{ reason: 'BackOff', members: 4 }, { reason: 'Killing' }, { reason: 'Unhealthy' }] },
    ])
    again(82)
    expect(take()).toEqual([])
    expect(correlator.changedRecords().map(bodyOf)).toMatchObject([{ members: 7 }])
  })

  it('close a group with its last problem, and name it still', () => {
    const correlator = new Correlating({ topology: aTopology() })
    correlator.correlate(happens(0, 'BackOff', 'Pod a', { category: 'container' }))
    correlator.correlate(happens(60, 'Unhealthy', 'Pod a', { severity: 'medium', category: 'probe' }))
    expect(correlator.changedRecords().map(bodyOf)).toMatchObject([{ isOpen: true, severity: 'high', openProblems: 2 }])
    const started = calm(120, 'Started', 'Pod a')
    for (let index = 0; index < 5; index += 1) correlator.correlate({ ...started, id: `s${String(index)}` })
    correlator.advance({ cluster: 'lab', until: NOON + DAY, isWatched: true })
    const [closed] = correlator.changedRecords()
    expect(closed).toMatchObject({ to: NOON + 120 * SECOND })
    expect(bodyOf(closed)).toMatchObject({ isOpen: false, severity: 'high', worstSeverity: 'high', problems: [] })
    expect(bodyOf(closed).title).toBe('CrashLoopBackOff, Unhealthy: Pod shop/a')
    expect(correlator.open()).toEqual([])
  })

  it('show the severity of what is wrong now beside the worst that was', () => {
    const correlator = new Correlating({ topology: aTopology() })
    const owner = { kind: 'Deployment', name: 'api' }
    correlator.correlate(happens(0, 'FailedScheduling', 'Pod a', { owner, category: 'scheduling' }))
    correlator.correlate(happens(1, 'BackOff', 'Pod b', { owner, severity: 'medium' }))
    expect(correlator.changedRecords().map(bodyOf)).toMatchObject([{ severity: 'high', worstSeverity: 'high' }])
    correlator.correlate(calm(5, 'Scheduled', 'Pod a', { owner }))
    const bodies = correlator.changedRecords().map(bodyOf)
    expect(bodies).toMatchObject([{ severity: 'medium', worstSeverity: 'high', isOpen: true, openProblems: 1 }])
    expect(bodies[0]?.title).toBe('CrashLoopBackOff: Deployment shop/api')
  })

  it('keep a group open for as long as its problem is, however long that is silent', () => {
    const correlator = new Correlating({ topology: aTopology() })
    const lost = (hour: number): Observation => happens(hour * 3_600, 'NodeNotReady', 'Node n', { category: 'node' })
    const first = correlator.correlate(lost(0))
    for (let minute = 1; minute < 300; minute += 1) correlator.correlate(calm(minute * 60, 'Started', 'Pod b'))
    expect(correlator.open().map(({ id }) => id)).toContain(first.correlationId)
    expect(correlator.correlate(lost(5))).toEqual({ ...first, correlationRule: 'same node' })
    correlator.correlate(calm(5 * 3_600 + 60, 'NodeReady', 'Node n'))
    expect(correlator.open().map(({ id }) => id)).not.toContain(first.correlationId)
  })

  it('close what is over in one cluster, whatever happens in another one', () => {
    const correlator = new Correlating({ topology: aTopology() })
    correlator.correlate({ ...happens(0, 'BackOff', 'Pod a'), cluster: 'gone' })
    correlator.correlate(happens(0, 'BackOff', 'Pod b'))
    for (let hour = 1; hour <= 30; hour += 1) {
      correlator.advance({ cluster: 'lab', until: NOON + hour * HOUR, isWatched: true })
      correlator.advance({ cluster: 'gone', until: NOON, isWatched: false })
    }
    expect(correlator.open().map((record) => bodyOf(record).cluster)).toEqual(['gone'])
  })

  it('close one in which nothing is wrong, but something led to something', () => {
    const topology = aTopology({ scaleTargetOf: () => ({ kind: 'Deployment', name: 'api' }) })
    const correlator = new Correlating({ topology })
    correlator.correlate(calm(0, 'SuccessfulRescale', 'HorizontalPodAutoscaler h'))
    correlator.correlate(calm(0.2, 'ScalingReplicaSet', 'Deployment api'))
    expect(correlator.changedRecords().map((record) => bodyOf(record).isOpen)).toEqual([true])
    correlator.advance({ cluster: 'lab', until: NOON + 11 * MINUTE, isWatched: true })
    expect(correlator.changedRecords().map((record) => bodyOf(record).isOpen)).toEqual([false])
  })

  it('leave nothing open and nothing in memory after two days of a new pod without a place each minute', () => {
    const correlator = new Correlating({ topology: aTopology() })
    let [largest, early] = [0, 0]
    for (let minute = 0; minute < 48 * 60; minute += 1) {
      const pod = `Pod p${String(minute)}`
      const name = pod.slice(4)
      correlator.correlate(
        happens(minute * 60, 'FailedScheduling', pod, { category: 'scheduling', owner: { kind: 'Pod', name } }),
      )
      largest = Math.max(largest, correlator.correlator.size)
      if (minute === 12 * 60) early = largest
    }
    const open = correlator.open().map(bodyOf)
    expect(open.every(({ problems, openProblems }) => openProblems > 0 && problems.length > 0)).toBe(true)
    const { problems = [] } = correlator.problems.of('lab') ?? {}
    expect(open.length).toBe(problems.filter(({ body }) => stateOfBody(body) !== 'over').length)
    expect(largest).toBeLessThan(1.1 * early)
    correlator.advance({ cluster: 'lab', until: NOON + 10 * DAY, isWatched: true })
    expect(correlator.open()).toEqual([])
    expect(correlator.correlator.size).toBe(0)
  })

  it('know after a restart what ends later, even of groups without a row in reach', () => {
    const before = new Correlating({ topology: aTopology() })
    before.correlate(happens(0, 'FailedScheduling', 'Pod a', { category: 'scheduling' }))
    const records = before.allRecords()
    const after = new Correlating({ topology: aTopology() })
    after.remember([], records)
    expect(after.open().map(({ id }) => id)).toEqual(
      records.filter(({ kind }) => kind === 'correlation').map(({ id }) => id),
    )
    after.advance({ cluster: 'lab', until: NOON + 10 * DAY, isWatched: true })
    after.advance({ cluster: 'lab', until: NOON + 20 * DAY, isWatched: true })
    expect(after.changedRecords().map(bodyOf)).toMatchObject([{ isOpen: false, title: 'FailedScheduling: Pod shop/a' }])
  })

  it('begin with the trouble that founded them, not with the first time of what repeats for days', () => {
    const since = (days: number) => ({ firstObserved: NOON - days * DAY, deltaSince: NOON - days * DAY })
    const { records, groups } = tell([
      calm(0, 'ScalingReplicaSet', 'Deployment api', { ...since(4), count: 2 }), // the first time was another one
      happens(1, 'FailedScheduling', 'Pod api-7c9d8f6b5d-k2m4x', { category: 'scheduling' }),
      calm(2, 'SuccessfulCreate', 'Pod api-7c9d8f6b5d-k2m4x', { ...since(3), count: 9, countUnplaced: 8 }),
      happens(3, 'BackOff', 'Pod api-7c9d8f6b5d-k2m4x', { ...since(2), count: 300, countUnplaced: 299 }), // it came to it
    ])
    expect(new Set(groups).size).toBe(1)
    expect([...records.values()].map(({ from }) => from)).toEqual([NOON])
  })

  it('begin with the onset of a problem that is seen for the first time', () => {
    const since = { firstObserved: NOON - 2 * DAY, deltaSince: NOON - 2 * DAY }
    const { records } = tell([happens(0, 'BackOff', 'Pod a', { ...since, count: 300, countUnplaced: 299 })])
    expect([...records.values()].map(({ from }) => from)).toEqual([NOON - 2 * DAY])
  })

  it('are plain JSON', () => {
    const { records } = tell([happens(0, 'BackOff', 'Pod a'), happens(1, 'Failed', 'Pod a')])
    for (const record of records.values()) expect(JSON.parse(JSON.stringify(record))).toEqual(record)
  })
})

const OBJECTS = [
  'Pod a',
  'Pod b',
  'Pod api-7c9d8f6b5d-k2m4x',
  'Pod api-7c9d8f6b5d-zzzzz',
  'Pod db-0',
  'Deployment api',
  'Node n',
  'PersistentVolumeClaim data',
  'ExternalSecret token',
]
const REASONS = [
  'BackOff',
  'Started',
  'FailedMount',
  'FailedAttachVolume',
  'Unhealthy',
  'Killing',
  'NodeNotReady',
  'ProvisioningFailed',
  'FailedScheduling',
  'UpdateFailed',
  'Failed',
  'ScalingReplicaSet',
]

/** A stream in the order of the frame, up to two hours long. */
const streams = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 7_200 }),
      reason: fc.constantFrom(...REASONS),
      object: fc.constantFrom(...OBJECTS),
      isNormal: fc.boolean(),
      since: fc.integer({ min: 0, max: 600 }),
    }),
    { maxLength: 60 },
  )
  .map((happenings) =>
    happenings
      .map(({ at, reason, object, isNormal, since }) =>
        happens(at, reason, object, {
          type: isNormal ? 'Normal' : 'Warning',
          firstObserved: NOON + (at - since) * SECOND,
          deltaSince: NOON + (at - since) * SECOND,
          node: object.startsWith('Pod') ? 'n' : '',
          note: reason === 'Failed' ? 'Error: secret "token" not found' : `${reason} volume timed out`,
        }),
      )
      .sort(compareObservations),
  )

describe('whatever happens', () => {
  const topology = aTopology({ claimsOf: () => ['data'] })

  it('the same stream gives the same groups', () => {
    fc.assert(
      fc.property(streams, (events) => {
        expect(tell(events, topology).memberships).toEqual(tell(events, topology).memberships)
      }),
    )
  })

  it('a restart after any event changes no group', () => {
    fc.assert(
      fc.property(streams, fc.nat(60), (events, cut) => {
        const whole = tell(events, topology)
        const before = new Correlating({ topology })
        const stored = events.slice(0, cut).map((event) => ({ ...event, ...before.correlate(event) }))
        const records = before.allRecords()
        const after = new Correlating({ topology })
        after.remember(stored, records)
        expect(after.changedRecords()).toEqual([])
        const rest = events.slice(cut).map((event) => after.correlate(event))
        expect(rest).toEqual(whole.memberships.slice(cut))
        const known = new Map(records.map(({ id, revision }) => [id, revision]))
        for (const { id, revision } of after.changedRecords()) expect(revision).toBeGreaterThan(known.get(id) ?? 0)
      }),
    )
  })

  it('each group has every member counted once', () => {
    fc.assert(
      fc.property(streams, (events) => {
        const story = tell(events, topology)
        const roots = [...story.records.values()].filter((record) => bodyOf(record).mergedInto === null)
        for (const root of roots) {
          expect(bodyOf(root).members).toBe(story.groups.filter((group) => group === root.id).length)
        }
      }),
    )
  })

  it('no more groups are remembered than allowed, and those in use stay', () => {
    const correlator = new Correlating({ topology, maxOpenGroups: 100 })
    const first = correlator.correlate(happens(0, 'BackOff', 'Pod hot')).correlationId
    for (let index = 0; index < 2_000; index += 1) {
      correlator.correlate(happens(index / 10, 'Unhealthy', `Pod p${String(index)}x`))
      const { correlationId } = correlator.correlate(happens(index / 10, 'BackOff', 'Pod hot'))
      expect(correlationId).toBe(first)
    }
    expect(correlator.open().length).toBeLessThanOrEqual(100)
  })
})

describe('one failing pull is four events', () => {
  it('makes one group of each pod', () => {
    const { events, topology } = readPlacedCase('failing-pulls')
    const { groups } = tell(events, topology)
    expect(distinct(groups)).toBe(3)
    expect(distinct(events.map(({ owner }, index) => `${owner.name} ${groups[index] ?? ''}`))).toBe(3)
  })

  it('knows which of the four is the cause', () => {
    expect(new Set(edgesOf(tellCase('failing-pulls')))).toEqual(
      new Set(['Failed → Failed (22)', 'Failed → BackOff (22)']),
    )
  })
})

describe('the volume that really hangs', () => {
  it('is one group with the attach as cause of the mount', () => {
    const story = tellCase('hanging-volume')
    expect(distinct(story.groups)).toBe(1)
    expect(edgesOf(story)).toEqual(['FailedAttachVolume → FailedMount (19)'])
  })
})

describe('`api` is not `api-gateway`', () => {
  it('shows the rollout before the one problem and nothing about api', () => {
    const story = tellCase('similar-names')
    const problems = [...story.records.values()].filter((record) => bodyOf(record).severity === 'high')
    expect(problems).toHaveLength(1)
    expect(bodyOf(problems[0]).title).toBe('CrashLoopBackOff: Deployment shop/api-gateway')
    expect(JSON.stringify(problems)).not.toMatch(/\/api"|\/api-7c9d8f6b5d/)
    expect(bodyOf(problems[0]).changes.map(({ reason }) => reason)).toEqual(['ScalingReplicaSet'])
    expect(edgesOf(story)).toContain('ScalingReplicaSet → BackOff (23)')
  })
})

describe('db-0 comes back', () => {
  it('does not give the old trouble to the new uid', () => {
    const { events, topology } = readPlacedCase('pod-comes-back')
    const { groups } = tell(events, topology)
    const groupsOf = (type: string): ReadonlySet<string | undefined> =>
      new Set(
        groups.filter((_, index) => (events[index]?.regarding.uid.startsWith('c003f10d') ? 'new' : 'old') === type),
      )
    expect(groupsOf('old').size).toBe(1)
    expect(groupsOf('new').size).toBe(1)
    expect(groupsOf('new')).not.toEqual(groupsOf('old'))
  })
})

describe('the cause is last in the list', () => {
  it('leads from the probe to the kills and from nothing else', () => {
    const story = tellCase('cause-seen-last')
    expect(distinct(story.groups)).toBe(1)
    expect(edgesOf(story)).toEqual(['Unhealthy → Killing (24)'])
  })
})

describe('the secret, not the capacity', () => {
  it('makes one group of the pod and the ExternalSecret, which is the cause', () => {
    const story = tellCase('missing-secret')
    expect(distinct(story.groups)).toBe(1)
    expect(edgesOf(story)).toEqual(['UpdateFailed → Failed (26)'])
  })
})

describe('equal words, two problems', () => {
  it('makes two groups', () => {
    const { events, topology } = readPlacedCase('equal-words')
    const { groups } = tell(events, topology)
    expect(distinct(groups)).toBe(2)
    expect(distinct(events.map(({ namespace }, index) => `${namespace} ${groups[index] ?? ''}`))).toBe(2)
  })
})

describe('no Started event is not proof', () => {
  it('makes nothing of what the reporter left out', () => {
    const { events, topology } = readPlacedCase('reporter-limit')
    expect(tell([...events, calm(0, 'Started', 'Pod later')], topology).records.size).toBe(0)
  })
})

describe('a group that goes on', () => {
  it('keeps counts from its record after a restart that remembers only the end of it', () => {
    const before = new Correlating({ topology: aTopology() })
    const events = Array.from({ length: 30 }, (_, index) => happens(index * 60, 'BackOff', 'Pod a'))
    const stored = events.map((event) => ({ ...event, ...before.correlate(event) }))
    const [record] = before.changedRecords()
    const after = new Correlating({ topology: aTopology() })
    after.remember(stored.slice(-5), record === undefined ? [] : [record])
    after.correlate(happens(30 * 60, 'BackOff', 'Pod a'))
    const [renewed] = after.changedRecords()
    expect(renewed).toMatchObject({ id: record?.id, from: NOON })
    expect(bodyOf(renewed)).toMatchObject({ members: 31, occurrences: 31 })
    expect(renewed?.revision).toBeGreaterThan(record?.revision ?? Infinity)
  })
})
