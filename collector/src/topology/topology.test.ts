import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import { readCase } from '../../../test/support/read-case.ts'
import type { ObjectFact } from '../event/object-fact.ts'
import type { Observation } from '../event/observation.ts'
import { createTopology, type Topology } from './topology.ts'

const CLUSTER = 'lab'

function about(kind: string, name: string, overrides: Partial<Observation> = {}): Observation {
  const regarding = { kind, namespace: 'shop', name, uid: `uid of ${name}`, apiVersion: '', fieldPath: '' }
  return anObservation({ regarding, node: '', reason: 'Anything', note: '', ...overrides })
}

function aFact(kind: string, name: string, overrides: Partial<ObjectFact> = {}): ObjectFact {
  return { kind, namespace: 'shop', name, uid: `uid of ${name}`, apiVersion: '', owners: [], ...overrides }
}

function owner(topology: Topology, event: Observation): string {
  const placed = topology.place(event)
  return `${placed.owner.kind}/${placed.owner.name} by ${placed.topologyEvidence}`
}

describe('a name alone', () => {
  const names = [
    ['Pod', 'api-gateway-5f6d7c8b94-q8w6z', 'Deployment/api-gateway by name'],
    ['ReplicaSet', 'api-7c9d8f6b5d', 'Deployment/api by name'],
    ['Pod', 'payments-0', 'Pod/payments-0 by self'],
    ['Pod', 'fluentd-x2k9p', 'Pod/fluentd-x2k9p by self'],
    ['Pod', 'backup-29012345-tz4nn', 'CronJob/backup by name'],
    ['Job', 'backup-29012345', 'CronJob/backup by name'],
    ['PersistentVolumeClaim', 'data-payments-0', 'PersistentVolumeClaim/data-payments-0 by self'],
    ['EndpointSlice', 'api-q8w6z', 'Service/api by name'],
    ['Pod', 'api', 'Pod/api by self'],
    ['Pod', 'my-static-proxy', 'Pod/my-static-proxy by self'],
    ['ReplicaSet', 'api-gateway', 'ReplicaSet/api-gateway by self'],
    ['Deployment', 'api-7c9d8f6b5d', 'Deployment/api-7c9d8f6b5d by self'],
    ['PersistentVolumeClaim', 'redis-data-redis-master-0', 'PersistentVolumeClaim/redis-data-redis-master-0 by self'],
  ] as const
  for (const [kind, name, expected] of names) {
    it(`of ${kind} ${name} tells ${expected}`, () => {
      expect(owner(createTopology(), about(kind, name))).toBe(expected)
    })
  }

  it('of a static pod is not that of a StatefulSet', () => {
    const topology = createTopology()
    topology.place(about('StatefulSet', 'etcd-worker'))
    const pod = about('Pod', 'etcd-worker-1', { node: 'worker-1' })
    expect(owner(topology, pod)).toBe('Pod/etcd-worker-1 by self')
  })

  const kinds = ['DaemonSet', 'Job', 'ReplicaSet', 'ReplicationController']
  it.each(kinds)('with five random letters means a %s once there is evidence of it', (kind) => {
    const topology = createTopology()
    const pod = about('Pod', 'migrate-x2k9p')
    expect(owner(topology, pod)).toBe('Pod/migrate-x2k9p by self')
    topology.place(about(kind, 'migrate'))
    expect(owner(topology, pod)).toBe(`${kind}/migrate by name`)
  })

  it('with a number means a StatefulSet once there is evidence of it, and so do its claims', () => {
    const topology = createTopology()
    const events = [about('PersistentVolumeClaim', 'data-db-0'), about('Pod', 'db-0')]
    expect(events.map((event) => owner(topology, event))).toEqual([
      'PersistentVolumeClaim/data-db-0 by self',
      'Pod/db-0 by self',
    ])
    topology.place(about('StatefulSet', 'db'))
    expect(events.map((event) => owner(topology, event))).toEqual(['StatefulSet/db by name', 'StatefulSet/db by name'])
  })

  it('means what a reference or a note names for a sibling', () => {
    const topology = createTopology()
    const owners = [{ kind: 'DaemonSet', name: 'agent', uid: '', controller: true }]
    topology.learn(CLUSTER, aFact('Pod', 'agent-bcdfg', { owners }))
    expect(owner(topology, about('Pod', 'agent-x2k9p'))).toBe('DaemonSet/agent by name')
  })

  it('of another namespace is no evidence', () => {
    const topology = createTopology()
    const regarding = {
      kind: 'StatefulSet',
      namespace: 'elsewhere',
      name: 'db',
      uid: '',
      apiVersion: '',
      fieldPath: '',
    }
    topology.place(about('StatefulSet', 'db', { regarding }))
    expect(owner(topology, about('Pod', 'db-0'))).toBe('Pod/db-0 by self')
  })
})

describe('the note of a controller', () => {
  const notes = [
    ['ReplicaSet', 'web', 'SuccessfulCreate', 'Created pod: anything', 'Pod', 'anything', 'ReplicaSet/web by note'],
    [
      'Deployment',
      'web',
      'ScalingReplicaSet',
      'Scaled up replica set blue from 0 to 1',
      'ReplicaSet',
      'blue',
      'Deployment/web by note',
    ],
    [
      'Deployment',
      'web',
      'ScalingReplicaSet',
      'Scaled down replica set blue to 0',
      'ReplicaSet',
      'blue',
      'Deployment/web by note',
    ],
    [
      'StatefulSet',
      'db',
      'SuccessfulCreate',
      'create Pod odd in StatefulSet db successful',
      'Pod',
      'odd',
      'StatefulSet/db by note',
    ],
    ['CronJob', 'tidy', 'SuccessfulCreate', 'Created job tidy-by-hand', 'Job', 'tidy-by-hand', 'CronJob/tidy by note'],
    [
      'CronJob',
      'tidy',
      'SawCompletedJob',
      'Saw completed job: tidy-x, condition: Complete',
      'Job',
      'tidy-x',
      'CronJob/tidy by note',
    ],
  ] as const
  for (const [kind, name, reason, note, childKind, child, expected] of notes) {
    it(`"${note}" tells the owner of ${child}`, () => {
      const topology = createTopology()
      topology.place(about(kind, name, { reason, note }))
      expect(owner(topology, about(childKind, child))).toBe(expected)
    })
  }

  it('is believed when it stands for several', () => {
    const topology = createTopology()
    const note = '(combined from similar events): Created pod: anything'
    topology.place(about('ReplicaSet', 'web', { reason: 'SuccessfulCreate', note }))
    expect(owner(topology, about('Pod', 'anything'))).toBe('ReplicaSet/web by note')
  })

  it('is not believed when a pod says so', () => {
    const topology = createTopology()
    topology.place(about('Pod', 'liar', { reason: 'SuccessfulCreate', note: 'Created pod: victim' }))
    expect(owner(topology, about('Pod', 'victim'))).toBe('Pod/victim by self')
  })

  it('names the claim of a StatefulSet pod', () => {
    const topology = createTopology()
    const note = 'create Claim redis-data-redis-master-0 Pod redis-master-0 in StatefulSet redis-master success'
    topology.place(about('StatefulSet', 'redis-master', { reason: 'SuccessfulCreate', note }))
    expect(topology.claimsOf(CLUSTER, 'shop', 'redis-master-0')).toEqual(['redis-data-redis-master-0'])
    expect(owner(topology, about('PersistentVolumeClaim', 'redis-data-redis-master-0'))).toBe(
      'StatefulSet/redis-master by name',
    )
  })
})

describe('a reference', () => {
  it('is followed to the top controller', () => {
    const topology = createTopology()
    const owners = (kind: string, name: string): ObjectFact['owners'] => [{ kind, name, uid: '', controller: true }]
    topology.learn(CLUSTER, aFact('Pod', 'p', { owners: owners('ReplicaSet', 'r') }))
    topology.learn(CLUSTER, aFact('ReplicaSet', 'r', { owners: owners('Deployment', 'd') }))
    expect(owner(topology, about('Pod', 'p'))).toBe('Deployment/d by reference')
  })

  it('outweighs what the name says, and its absence too', () => {
    const topology = createTopology()
    const pod = about('Pod', 'payments-7c9d8f6b5d-x2k9p')
    expect(owner(topology, pod)).toBe('Deployment/payments by name')
    topology.learn(CLUSTER, aFact('Pod', 'payments-7c9d8f6b5d-x2k9p'))
    expect(owner(topology, pod)).toBe('Pod/payments-7c9d8f6b5d-x2k9p by self')
  })

  it('to a Node is none: a static pod is its own', () => {
    const topology = createTopology()
    topology.learn(
      CLUSTER,
      aFact('Pod', 'etcd-a', { owners: [{ kind: 'Node', name: 'a', uid: '', controller: true }] }),
    )
    expect(owner(topology, about('Pod', 'etcd-a'))).toBe('Pod/etcd-a by self')
  })

  it('in a circle ends', () => {
    const topology = createTopology()
    topology.learn(CLUSTER, aFact('A', 'a', { owners: [{ kind: 'B', name: 'b', uid: '', controller: true }] }))
    topology.learn(CLUSTER, aFact('B', 'b', { owners: [{ kind: 'A', name: 'a', uid: '', controller: true }] }))
    expect(owner(topology, about('A', 'a'))).toBe('A/a by self')
  })

  it('is weakened by the weakest link above it', () => {
    const topology = createTopology()
    const owners = [{ kind: 'ReplicaSet', name: 'web-7c9d8f6b5d', uid: '', controller: true }]
    topology.learn(CLUSTER, aFact('Pod', 'p', { owners }))
    expect(owner(topology, about('Pod', 'p'))).toBe('Deployment/web by name')
  })
})

describe('where things are', () => {
  it('a pod is where the scheduler put it, then where its kubelet reports from', () => {
    const topology = createTopology()
    const note = 'Successfully assigned shop/p to worker-2'
    topology.place(about('Pod', 'p', { reason: 'Scheduled', note }))
    expect(topology.nodeOf(CLUSTER, 'shop', 'p')).toBe('worker-2')
    topology.place(about('Pod', 'p', { node: 'worker-3' }))
    expect(topology.nodeOf(CLUSTER, 'shop', 'p')).toBe('worker-3')
  })

  it('a pod that returns under its name is nowhere until it is placed', () => {
    const topology = createTopology()
    const pod = about('Pod', 'db-0', { node: 'worker-1' })
    topology.place(pod)
    topology.place({ ...pod, node: '', regarding: { ...pod.regarding, uid: 'another' } })
    expect(topology.nodeOf(CLUSTER, 'shop', 'db-0')).toBe('')
  })

  it('a claim goes to the longest pod name that fits, whichever was seen first', () => {
    for (const claimFirst of [true, false]) {
      const topology = createTopology()
      const claim = about('PersistentVolumeClaim', 'redis-data-redis-master-0')
      const pod = about('Pod', 'redis-master-0')
      for (const event of claimFirst ? [claim, pod] : [pod, claim]) topology.place(event)
      expect(topology.claimsOf(CLUSTER, 'shop', 'redis-master-0')).toEqual([claim.regarding.name])
      expect(topology.podOfClaim(CLUSTER, 'shop', claim.regarding.name)).toBe('redis-master-0')
      expect(owner(topology, claim)).toBe('Pod/redis-master-0 by name')
    }
  })

  it('a provisioned volume leads back to its claim by the uid in its name', () => {
    const topology = createTopology()
    topology.place(about('PersistentVolumeClaim', 'data-db-0'))
    expect(topology.volumeOfClaim(CLUSTER, 'shop', 'data-db-0')).toBe('pvc-uid of data-db-0')
    expect(topology.claimOfVolume(CLUSTER, 'pvc-uid of data-db-0')).toMatchObject({
      namespace: 'shop',
      name: 'data-db-0',
    })
  })

  it('facts tell volume, class, claims, labels and what is scaled', () => {
    const topology = createTopology()
    topology.learn(CLUSTER, aFact('PersistentVolumeClaim', 'c', { volume: 'static-1', storageClass: 'fast' }))
    topology.learn(CLUSTER, aFact('Pod', 'p', { node: 'n', claims: ['c'], labels: { app: 'x' } }))
    topology.learn(CLUSTER, aFact('HorizontalPodAutoscaler', 'h', { scaleTarget: { kind: 'Deployment', name: 'd' } }))
    expect(topology.volumeOfClaim(CLUSTER, 'shop', 'c')).toBe('static-1')
    expect(topology.storageClassOf(CLUSTER, 'shop', 'c')).toBe('fast')
    expect(topology.podOfClaim(CLUSTER, 'shop', 'c')).toBe('p')
    expect(topology.place(about('Pod', 'p')).objectLabels).toEqual({ app: 'x' })
    expect(topology.scaleTargetOf(CLUSTER, 'shop', 'h')).toMatchObject({ kind: 'Deployment', name: 'd' })
    expect(owner(topology, about('PersistentVolumeClaim', 'c'))).toBe('PersistentVolumeClaim/c by self')
  })

  it('the class that a claim asked for is read from its failure', () => {
    const topology = createTopology()
    const note = 'storageclass.storage.k8s.io "fast" not found'
    topology.place(about('PersistentVolumeClaim', 'c', { reason: 'ProvisioningFailed', note }))
    expect(topology.storageClassOf(CLUSTER, 'shop', 'c')).toBe('fast')
  })

  it('clusters are kept apart', () => {
    const topology = createTopology()
    topology.place(about('Pod', 'p', { node: 'n' }))
    expect(topology.nodeOf('another', 'shop', 'p')).toBe('')
  })
})

describe('memory', () => {
  it('stays within its bound and keeps what was used last', () => {
    const topology = createTopology({ maxObjects: 100 })
    for (let index = 0; index < 1_000; index += 1) {
      topology.place(about('Pod', 'hot', { node: 'n' }))
      topology.place(about('Pod', `cold${String(index)}`, { node: 'n' }))
    }
    const remembered = Array.from({ length: 1_000 }, (_, index) =>
      topology.nodeOf(CLUSTER, 'shop', `cold${String(index)}`),
    )
    expect(remembered.filter((node) => node !== '').length).toBeLessThan(100)
    expect(remembered.at(-1)).toBe('n')
    expect(topology.nodeOf(CLUSTER, 'shop', 'hot')).toBe('n')
  })

  it('places whatever names there are', () => {
    const topology = createTopology({ maxObjects: 50 })
    const kinds = fc.constantFrom('Pod', 'ReplicaSet', 'Job', 'PersistentVolumeClaim', 'StatefulSet', '__proto__', '')
    const names = fc.oneof(fc.string(), fc.stringMatching(/^[a-f4-9-]{0,70}$/))
    fc.assert(
      fc.property(kinds, names, fc.string(), (kind, name, note) => {
        const placed = topology.place(about(kind, name, { reason: 'SuccessfulCreate', note }))
        expect(placed.owner.kind === '').toBe(kind === '')
      }),
    )
  })
})

describe('`api` is not `api-gateway`', () => {
  it('three rows belong to Deployment api and four to api-gateway', () => {
    const topology = createTopology()
    const owners = readCase('similar-names').map((event) => topology.place(event).owner)
    expect(owners.every(({ kind }) => kind === 'Deployment')).toBe(true)
    expect(owners.filter(({ name }) => name === 'api')).toHaveLength(3)
    expect(owners.filter(({ name }) => name === 'api-gateway')).toHaveLength(4)
  })
})
