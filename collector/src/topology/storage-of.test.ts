import { expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import { storageOf, type KnownClaims } from './storage-of.ts'

/** A pod `web-1` with one claim, and one `two` with two; `data` is of class fast and has the volume pvc-1. */
const known: KnownClaims = {
  claimsOf: (_cluster, _namespace, pod) => (pod === 'web-1' ? ['data'] : pod === 'two' ? ['data', 'logs'] : []),
  claimOfVolume: (_cluster, volume) => (volume === 'pvc-1' ? { name: 'data' } : null),
  storageClassOf: (_cluster, _namespace, claim) => (claim === 'data' ? 'fast' : ''),
}

const of = (kind: string, name: string, metadata: Readonly<Record<string, string>>, category = 'storage' as const) =>
  storageOf(known, anObservation({ category, metadata, regarding: { ...anObservation().regarding, kind, name } }))

it.each([
  ['the claim of a volume that the note names', 'Pod', 'other', { volume: 'pvc-1', persistentVolume: 'pvc-1' }, { claim: 'data', storageClass: 'fast' }],
  ['the only claim of a pod whose note names none', 'Pod', 'web-1', {}, { claim: 'data', storageClass: 'fast' }],
  ['the only claim where volumes are not mounted in time', 'Pod', 'web-1', { volume: 'disk', unmountedVolumes: 'disk' }, { claim: 'data', storageClass: 'fast' }],
  ['nothing of a pod with two claims', 'Pod', 'two', {}, null],
  ['nothing of a volume that is no claim’s', 'Pod', 'web-1', { volume: 'config', configMap: 'flags' }, null],
  ['the class of a claim', 'PersistentVolumeClaim', 'data', {}, { storageClass: 'fast' }],
  ['what the note says, before what is known', 'Pod', 'web-1', { claim: 'named', storageClass: 'slow' }, { claim: 'named', storageClass: 'slow' }],
  ['nothing of a claim of which nothing is known', 'PersistentVolumeClaim', 'new', {}, null],
] as const)('knows %s', (_what, kind, name, metadata, expected) => {
  expect(of(kind, name, metadata)).toEqual(expected)
}) // prettier-ignore

it('speaks of storage only where the event does', () => {
  const event = {
    category: 'scheduling',
    regarding: { ...anObservation().regarding, kind: 'Pod', name: 'web-1' },
  } as const
  expect(storageOf(known, anObservation({ ...event, metadata: { schedulingReasons: 'Insufficient cpu' } }))).toBeNull()
  const waits = { schedulingReasons: 'pod has unbound immediate PersistentVolumeClaims' }
  expect(storageOf(known, anObservation({ ...event, metadata: waits }))).toEqual({
    claim: 'data',
    storageClass: 'fast',
  })
})
