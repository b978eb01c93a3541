import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogueEntries } from '../../classify/catalogue/catalogue.ts'
import { Pseudonymizer } from './pseudonymize.ts'

const event = {
  metadata: {
    name: 'payments-7d9f8b6c5d-x2x4z.18ae773b82737275',
    namespace: 'shop',
    uid: '11111111-1111-4111-8111-111111111111',
    resourceVersion: '4711',
    creationTimestamp: '2026-11-30T10:00:00Z',
    annotations: { owner: 'ada@corp.example' },
    managedFields: [{ manager: 'kubelet' }],
    ownerReferences: [{ kind: 'Deployment', name: 'payments' }],
    generateName: 'payments-',
    selfLink: '/api/v1/namespaces/shop/events/payments',
  },
  regarding: {
    kind: 'Pod',
    apiVersion: 'v1',
    namespace: 'shop',
    name: 'payments-7d9f8b6c5d-x2x4z',
    uid: '22222222-2222-4222-8222-222222222222',
    fieldPath: 'spec.containers{payments}',
  },
  reason: 'Failed',
  type: 'Warning',
  reportingController: 'kubelet',
  reportingInstance: 'worker-1.corp.example',
  deprecatedSource: { component: 'kubelet', host: 'worker-1.corp.example' },
  deprecatedCount: 3,
  note: 'Failed to pull image "registry.corp.example/shop/payments:1.4.2": dial tcp 10.20.30.40:443: i/o timeout after 5m0s (payments-7d9f8b6c5d-x2x4z)',
}

interface Renamed {
  readonly metadata: Readonly<Record<string, string>>
  readonly regarding: Readonly<Record<string, string>>
  readonly note: string
}

const pseudonymizer = new Pseudonymizer('key')
const renamedEvent = (raw: object) => pseudonymizer.event(raw as never) as unknown as Renamed
const noteOf = (note: string) => renamedEvent({ note }).note

describe('Pseudonymizer', () => {
  const renamed = renamedEvent(event)
  const text = JSON.stringify(renamed)

  it('leaves no name, address, owner or annotation anywhere', () => {
    for (const secret of ['payments', 'shop', 'corp', 'worker', '10.20.30.40', 'ada@', 'managedFields', '22222222'])
      expect(text).not.toContain(secret)
  })

  it('keeps what says what happened', () => {
    expect(renamed.note).toMatch(
      /^Failed to pull image "\S+:1\.4\.2": dial tcp 10\.\d+\.\d+\.\d+:443: i\/o timeout after 5m0s \(\S+\)$/,
    )
    expect(renamed).toMatchObject({
      reason: 'Failed',
      type: 'Warning',
      reportingController: 'kubelet',
      deprecatedCount: 3,
      deprecatedSource: { component: 'kubelet' },
      metadata: { resourceVersion: '4711', creationTimestamp: '2026-11-30T10:00:00Z' },
      regarding: {
        kind: 'Pod',
        apiVersion: 'v1',
        fieldPath: expect.stringMatching(/^spec\.containers\{n0.{8}\}$/) as string,
      },
    })
  })

  it('gives a name the same pseudonym in fields and notes, and keeps what tells its owners', () => {
    const { name = '' } = renamed.regarding
    expect(name).toMatch(/^n0[0-9a-f]{8}-[456789bcdf]{10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(renamed.note).toContain(`(${name})`)
    expect(renamed.metadata['name']).toMatch(new RegExp(`^${name}\\.[0-9a-f]{16}$`))
    const [claim, pod] = ['data-orders-db-0', 'orders-db-0'].map((each) => pseudonymizer.name(each))
    expect(claim?.endsWith(`-${pod}`)).toBe(true)
    expect(pseudonymizer.name('backup-28364120-x2x4z')).toMatch(/^n0.{8}-28364120-/)
  })

  it('adds no field', () => {
    expect(Object.keys(renamed).sort()).toEqual(Object.keys(event).sort())
  })

  it('gives other keys other pseudonyms', () => {
    expect(new Pseudonymizer('other').name('payments')).not.toBe(pseudonymizer.name('payments'))
  })

  it.each([
    'Successfully assigned shop/payments-0 to canaryhost',
    'Error: secret "canaryhost" not found',
    "configmap 'canaryhost' not found",
    'Created container canaryhost',
    'Pulled image docker.io/canaryhost/web@sha256:0011223344556677889900aabbccddeeff0011223344556677889900aabbccdd',
    'https://user:canaryhost@10.0.0.1/path?q=canaryhost#canaryhost',
    'mail canaryhost@corp.example, «canaryhost»',
    'canaryhost.',
    '-canaryhost-',
    '{"name":"canaryhost"}',
    'CANARYHOST=1 --flag=canaryhost \tcanaryhost\ncanaryhost',
    '12canaryhost 1.2canaryhost 5mcanaryhost',
  ])('finds a name in %j', (note) => {
    expect(noteOf(note).toLowerCase()).not.toContain('canaryhost')
  })

  it('replaces an ordinary word where it is a name', () => {
    expect(noteOf('secret "node" not found')).not.toContain('node')
    expect(renamedEvent({ regarding: { name: 'node' }, note: 'Stopping container node' }).note).toMatch(
      /^Stopping container n0/,
    )
    expect(noteOf('the node was low on resource: memory')).toBe('the node was low on resource: memory')
  })

  it('keeps every phrase by which the catalogue tells notes apart', () => {
    const phrases = catalogueEntries().flatMap(({ note = [], controllers = [] }) => [...note, ...controllers])
    expect(phrases.length).toBeGreaterThan(90)
    expect(phrases.map(noteOf)).toEqual(phrases)
  })

  it('lets no word out that is planted in any field', () => {
    const canary = fc.constantFrom(
      'canaryhost',
      'canary-host.canary',
      'Canäry',
      '金丝雀',
      '🐤canary',
      'canary_1',
      'x/canary:1',
    )
    const quoted = canary.chain((word) =>
      fc.constantFrom(
        word,
        `"${word}"`,
        `'${word}'`,
        `\`${word}\``,
        `“${word}”`,
        `(${word})`,
        `pod ${word} failed`,
        `a=${word},b`,
        `\\"${word}\\"`,
      ),
    )
    const leaf = fc.oneof(quoted, fc.integer(), fc.constant(null), fc.boolean())
    const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 2 }), fc.dictionary(canary, leaf, { maxKeys: 2 }))
    const part = fc.oneof(
      value,
      fc.record(Object.fromEntries([...INNER, 'unknown'].map((name) => [name, value])), { requiredKeys: [] }),
    )
    const raw = fc.record(Object.fromEntries(OUTER.map((name) => [name, part])), { requiredKeys: [] })
    fc.assert(
      fc.property(raw, (planted) => {
        expect(JSON.stringify(renamedEvent(planted))).not.toMatch(/canary|canäry|金丝雀|🐤/i)
      }),
      { numRuns: 500 },
    )
  })

  it('takes a crafted name in time that grows with its length', () => {
    const crafted = [
      '1a'.repeat(20_000),
      '-'.repeat(40_000),
      `${'1'.repeat(20_000)}!`,
      'bcdfg-'.repeat(20_000),
      '1.'.repeat(20_000),
    ]
    for (const name of crafted)
      expect(() => renamedEvent({ note: name, regarding: { name, fieldPath: name, apiVersion: name } })).not.toThrow()
  })

  it('survives values of any type', () => {
    for (const odd of [null, 7, 'x', [], {}])
      expect(() => renamedEvent({ metadata: odd, regarding: odd, note: odd, source: odd, series: odd })).not.toThrow()
  })
})

const INNER = [
  ...['kind', 'apiVersion', 'namespace', 'name', 'uid', 'resourceVersion', 'fieldPath', 'creationTimestamp', 'labels'],
  ...['annotations', 'managedFields', 'ownerReferences', 'generateName', 'selfLink', 'finalizers', 'count'],
  ...['lastObservedTime', 'state', 'component', 'host'],
]

const OUTER = [
  ...['kind', 'apiVersion', 'metadata', 'type', 'reason', 'action', 'note', 'message', 'regarding', 'involvedObject'],
  ...['related', 'reportingController', 'reportingComponent', 'reportingInstance', 'eventTime', 'firstTimestamp'],
  ...['lastTimestamp', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'count', 'deprecatedCount', 'series'],
  ...['source', 'deprecatedSource', 'status', 'unknown'],
]
