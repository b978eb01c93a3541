import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../../test/support/an-observation.ts'
import { createTopology } from '../../topology/topology.ts'
import { Facts } from './facts.ts'
import { readObject, trimmed } from './read-object.ts'

const POD = { kind: 'Pod', apiVersion: 'v1' }

/** A pod that was read whole. */
const WHOLE = {
  metadata: {
    name: 'cart-0',
    namespace: 'shop',
    uid: 'u-1',
    resourceVersion: '7',
    labels: { app: 'cart' },
    annotations: { note: 'x'.repeat(1_000) },
    ownerReferences: [{ kind: 'StatefulSet', name: 'cart', uid: 'u-2', controller: true }],
  },
  spec: {
    nodeName: 'worker-1',
    containers: [{ name: 'app', env: [{ name: 'PASSWORD', value: 'hidden' }] }],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'data-cart-0' } },
      { name: 'tmp', emptyDir: {} },
    ],
  },
  status: { podIP: '10.0.0.7' },
}

describe('an object that is read', () => {
  it('says where it belongs, by its spec where that is there', () => {
    const object = readObject(WHOLE, POD)
    expect(object?.place).toEqual({ node: 'worker-1', claims: ['data-cart-0'] })
    const topology = createTopology()
    if (object !== null) topology.learn('lab', new Facts().of(object))
    expect(topology.nodeOf('lab', 'shop', 'cart-0')).toBe('worker-1')
    expect(topology.podOfClaim('lab', 'shop', 'data-cart-0')).toBe('cart-0')
  })

  it('is kept until the end of its list without what nobody reads', () => {
    const kept = JSON.stringify(trimmed(WHOLE))
    for (const thrownAway of ['hidden', 'xxx', 'podIP', 'emptyDir']) expect(kept).not.toContain(thrownAway)
  })

  it('is the same whether it was kept in between or not, whatever it holds', () => {
    const entry = fc.record({ manager: fc.constantFrom('kubelet', 'helm'), time: fc.constantFrom('2026-11-17T09:00:00Z', 7), fieldsV1: fc.anything(), subresource: fc.constantFrom('status', 'scale', undefined) }, { requiredKeys: [] }) // prettier-ignore
    const metadata = fc.record({ name: fc.constantFrom('a', ''), labels: fc.object(), generation: fc.anything(), managedFields: fc.oneof(fc.array(entry), fc.anything()), ownerReferences: fc.anything(), annotations: fc.object() }, { requiredKeys: ['name'] }) // prettier-ignore
    fc.assert(
      fc.property(metadata, fc.object(), (given, spec) => {
        const raw = JSON.parse(JSON.stringify({ metadata: given, spec })) as Record<string, unknown>
        const kept = JSON.parse(JSON.stringify(trimmed(raw))) as Record<string, unknown>
        expect(readObject(kept, POD)).toEqual(readObject(raw, POD))
      }),
    )
  })

  it('may have owners in a circle: one of them is the top owner, and nobody waits for ever', () => {
    const topology = createTopology()
    const facts = new Facts()
    for (const [name, owner] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const owners = [{ kind: 'Deployment', name: owner, uid: 'u', controller: true }]
      const object = readObject({ metadata: { name, namespace: 'shop', uid: name, ownerReferences: owners } }, { kind: 'Deployment', apiVersion: 'apps/v1' }) // prettier-ignore
      if (object !== null) topology.learn('lab', facts.of(object))
    }
    const regarding = {
      kind: 'Deployment',
      namespace: 'shop',
      name: 'a',
      uid: 'a',
      apiVersion: 'apps/v1',
      fieldPath: '',
    }
    expect(topology.place(anObservation({ cluster: 'lab', regarding })).owner.kind).toBe('Deployment')
  })
})
