import { describe, expect, it } from 'vitest'
import { identityOf, type ObjectReference } from './object-reference.ts'

function anObject(overrides: Partial<ObjectReference> = {}): ObjectReference {
  const none = { namespace: 'shop', name: 'report', uid: '', fieldPath: '' }
  return { kind: 'Job', apiVersion: 'batch/v1', ...none, ...overrides }
}

const identity = (overrides: Partial<ObjectReference> = {}, cluster = 'lab') => identityOf(cluster, anObject(overrides))

describe('the identity of an object', () => {
  it('tells two kinds of one name in two API groups apart, but not two versions of one group', () => {
    expect(identity({ apiVersion: 'jobs.example.com/v1' })).not.toBe(identity())
    expect(identity({ apiVersion: 'batch/v1beta1' })).toBe(identity())
    expect(identity({ apiVersion: 'v1' })).toBe(identity({ apiVersion: '' }))
  })

  it('is another one for an object made again under its name', () => {
    expect(identity({ uid: 'a' })).not.toBe(identity({ uid: 'b' }))
    expect(identity({ uid: 'a', fieldPath: 'spec.containers{x}', apiVersion: '' })).toBe(identity({ uid: 'a' }))
  })

  it('is one for a node under both of its uids, whatever the reporter says besides', () => {
    const node = { kind: 'Node', name: 'worker-1' }
    const names = [
      { uid: 'worker-1' },
      { uid: '0f3c' },
      { uid: '', apiVersion: 'v1' },
      { namespace: '', apiVersion: '' },
    ]
    expect(new Set(names.map((each) => identity({ ...node, ...each }))).size).toBe(1)
  })

  it('tells clusters, namespaces and names apart, however they run into one another', () => {
    const all = [
      identity(),
      identity({}, 'prod'),
      identity({ namespace: 'shopr', name: 'eport' }),
      identity({ uid: 'a' }),
      identity({ uid: 'a' }, 'prod'),
    ]
    expect(new Set(all).size).toBe(all.length)
  })
})
