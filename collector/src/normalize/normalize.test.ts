import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aLegacyEvent,
  aNewEvent,
  inCoreSpelling,
  nastyEvents,
  wellTypedEvents,
} from '../../../test/support/raw-events.ts'
import { readEvents, recordingOf, RECORDINGS, SHOP } from '../../../test/support/recorded-events.ts'
import type { NormalizedEvent } from '../event/observation.ts'
import type { RawEvent } from '../event/raw-event.ts'
import { FLAGS } from '../event/words.ts'
import { canonicalEvent } from './canonical.ts'
import { createNormalizer, type NormalizeOptions } from './normalize.ts'
import { rebuildRaw } from './rebuild.ts'
import { createRedactor } from './redact.ts'

const ORIGIN = { cluster: 'lab', clusterUid: null, source: 'live' }
/** Generating events takes most of the time, and other tests run beside. */
const PATIENT = { timeout: 120_000 }
const RECEIVED = Date.UTC(2026, 4, 11, 15) * 1_000
const at = (text: string): number => Date.parse(text) * 1_000

function normalizer(options: Partial<NormalizeOptions> = {}): (raw: RawEvent) => NormalizedEvent {
  const normalize = createNormalizer({ maxNoteBytes: 4_096, redact: { enabled: false, keys: [] }, ...options })
  return (raw) => {
    const event = normalize(raw, ORIGIN, RECEIVED)
    if ('refused' in event) throw new Error(event.detail)
    return event
  }
}
const normalize = normalizer()
const canonical = (raw: RawEvent): RawEvent => canonicalEvent(raw, createRedactor({ enabled: false, keys: [] })).event
/** Through JSON, as a store gives it back. */
const stored = (event: NormalizedEvent): NormalizedEvent => JSON.parse(JSON.stringify(event)) as NormalizedEvent

const noTimes = { deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null, eventTime: null }

describe('the variants of events', () => {
  const variants: readonly { name: string; raw: RawEvent; expected: Partial<NormalizedEvent> }[] = [
    {
      name: 'A: a legacy single is exact',
      raw: aLegacyEvent({ deprecatedLastTimestamp: '2026-05-11T12:00:00Z', deprecatedCount: 1 }),
      expected: {
        firstObserved: at('2026-05-11T12:00:00Z'),
        lastObserved: at('2026-05-11T12:00:00Z'),
        count: 1,
        flags: [],
        rest: null,
      },
    },
    {
      name: 'B: a legacy repeated one counts from first to last',
      raw: aLegacyEvent(),
      expected: { lastObserved: at('2026-05-11T12:05:00Z'), count: 7, countIsLowerBound: false, flags: [], rest: null },
    },
    {
      name: 'C: a combined one keeps its sample note and says so',
      raw: aLegacyEvent({ note: '(combined from similar events): Failed to pull image "a:1"' }),
      expected: { note: '(combined from similar events): Failed to pull image "a:1"', flags: ['combined'] },
    },
    {
      name: 'D: a new singleton without a count is one occurrence',
      raw: aNewEvent(),
      expected: {
        firstObserved: at('2026-05-11T12:30:00Z') + 408_032,
        lastObserved: at('2026-05-11T12:30:00Z') + 408_032,
        count: 1,
        action: 'Binding',
        flags: [],
        rest: null,
      },
    },
    {
      name: 'E: a series is a lower bound up to its last heartbeat',
      raw: aNewEvent({ series: { count: 6, lastObservedTime: '2026-05-11T13:10:00.750000Z' } }),
      expected: {
        lastObserved: at('2026-05-11T13:10:00Z') + 750_000,
        count: 6,
        countIsLowerBound: true,
        flags: [],
        rest: null,
      },
    },
    {
      name: 'F: a hybrid takes the highest count',
      raw: aLegacyEvent({
        eventTime: '2026-05-11T12:00:00.500000Z',
        series: { count: 3, lastObservedTime: '2026-05-11T12:04:00.000000Z' },
      }),
      expected: { count: 7, countIsLowerBound: true, flags: ['hybrid'] },
    },
    {
      name: 'G: a bare one is one occurrence at its creation',
      raw: aLegacyEvent({ ...noTimes, deprecatedCount: 0 }),
      expected: { lastObserved: at('2026-05-11T12:00:00Z'), count: 1, flags: ['countAbsent', 'timeFromServer'] },
    },
    {
      name: 'G: several at the creation have no times of their own',
      raw: aLegacyEvent({ ...noTimes, deprecatedCount: 40 }),
      expected: { lastObserved: at('2026-05-11T12:00:00Z'), count: 40, flags: ['timeFromServer', 'timesUnknown'] },
    },
    {
      name: 'E: a series without its last time says of one occurrence when it was',
      raw: aNewEvent({ series: { count: 6 } }),
      expected: { count: 6, countIsLowerBound: true, flags: ['timesUnknown'] },
    },
    {
      name: 'H: a re-created one goes on in its chain',
      raw: aLegacyEvent({ deprecatedFirstTimestamp: '2026-05-11T11:54:59Z' }),
      expected: { firstObserved: at('2026-05-11T11:54:59Z'), count: 7, flags: ['recreated'] },
    },
    {
      name: 'I: the zero time is none',
      raw: aNewEvent({
        deprecatedFirstTimestamp: '0001-01-01T00:00:00Z',
        deprecatedLastTimestamp: '0001-01-01T00:00:00Z',
      }),
      expected: { firstObserved: at('2026-05-11T12:30:00Z') + 408_032, flags: ['oldTime'] },
    },
  ]
  it.each(variants)('$name', ({ raw, expected }) => {
    expect(normalize(raw)).toMatchObject(expected)
  })

  it.each(variants)('$name, in core/v1 too', ({ raw, expected }) => {
    const event = normalize(inCoreSpelling(raw))
    expect(event).toMatchObject({ ...expected, rest: event.rest })
    expect(event.rest?.['~spelling']).toBe('core')
    if (expected.rest === null) expect(event.rest).toEqual({ '~spelling': 'core' })
  })
})

describe('who reports, and where it happened', () => {
  const regarding = { kind: 'Pod', namespace: 'shop', name: 'payments-0', uid: 'u', apiVersion: 'v1' }
  const node = { kind: 'Node', name: 'worker-9', uid: 'worker-9' }
  const places: readonly { name: string; raw: RawEvent; expected: Partial<NormalizedEvent> }[] = [
    {
      name: 'a kubelet speaks for its own node',
      raw: aLegacyEvent(),
      expected: {
        reportingController: 'kubelet',
        reportingInstance: 'worker-1',
        node: 'worker-1',
        container: 'payments',
      },
    },
    {
      name: 'an older recorder fills only its source',
      raw: aLegacyEvent({ reportingController: undefined, reportingInstance: undefined }),
      expected: { reportingController: 'kubelet', reportingInstance: 'worker-1', node: 'worker-1' },
    },
    {
      name: 'the text "null" names no reporter',
      raw: aLegacyEvent({
        reportingController: 'null',
        reportingInstance: 'null',
        deprecatedSource: { component: 'multus' },
      }),
      expected: { reportingController: 'multus', reportingInstance: '', node: '', flags: [] },
    },
    {
      name: 'a kubelet of the newer API says its node in its instance',
      raw: aNewEvent({ reportingController: 'kube-proxy', reportingInstance: 'kube-proxy-worker-7' }),
      expected: { node: 'worker-7' },
    },
    {
      name: 'the scheduler tells the node in its note, never as its own host',
      raw: aNewEvent(),
      expected: { node: 'worker-4' },
    },
    {
      name: 'the scheduler that could not place a pod tells no node',
      raw: aNewEvent({ reason: 'FailedScheduling', note: '0/4 nodes are available' }),
      expected: { node: '' },
    },
    {
      name: 'a controller on a host is not on the node of the event',
      raw: aLegacyEvent({ reportingController: 'deploy', deprecatedSource: { component: 'deploy', host: 'server-1' } }),
      expected: { node: '', reportingInstance: 'worker-1' },
    },
    {
      name: 'an event about a node is there, and in no namespace, although it is kept in default',
      raw: aLegacyEvent({ regarding: node, reportingController: 'node-controller' }),
      expected: {
        node: 'worker-9',
        namespace: '',
        regarding: { ...node, namespace: '', apiVersion: '', fieldPath: '' },
      },
    },
    {
      name: 'the namespace is that of the object',
      raw: aLegacyEvent({
        regarding: { ...regarding, namespace: 'other' },
        metadata: { namespace: 'default', creationTimestamp: '2026-05-11T12:00:00Z' },
      }),
      expected: { namespace: 'other', eventNamespace: 'default' },
    },
    {
      name: 'an init container is a container',
      raw: aLegacyEvent({ regarding: { ...regarding, fieldPath: 'spec.initContainers{setup}' } }),
      expected: { container: 'setup' },
    },
    {
      name: 'a field path without braces names none',
      raw: aLegacyEvent({ regarding: { ...regarding, fieldPath: 'spec.containers[2]' } }),
      expected: { container: '' },
    },
  ]
  it.each(places)('$name', ({ raw, expected }) => {
    expect(normalize(raw)).toMatchObject(expected)
  })
})

describe('counts', () => {
  const counts = [
    { reported: 34_075, count: 34_075, flags: [] },
    { reported: '5', count: 5, flags: ['repaired'] },
    { reported: 2.9, count: 2, flags: ['repaired'] },
    { reported: -4, count: 1, flags: ['countAbsent', 'repaired'] },
    { reported: 'many', count: 1, flags: ['countAbsent', 'repaired'] },
    { reported: NaN, count: 1, flags: ['countAbsent', 'repaired'] },
    { reported: 1e300, count: 2_147_483_647, flags: ['repaired'] },
    { reported: Infinity, count: 2_147_483_647, flags: ['repaired'] },
    { reported: 2_147_483_647, count: 2_147_483_647, flags: [] },
    { reported: {}, count: 1, flags: ['countAbsent', 'repaired'] },
    { reported: 'null', count: 1, flags: ['countAbsent'] },
    { reported: undefined, count: 1, flags: ['countAbsent'] },
  ]
  it.each(counts)('a count of $reported is $count', ({ reported, count, flags }) => {
    expect(normalize(aLegacyEvent({ deprecatedCount: reported }))).toMatchObject({ count, flags })
  })
})

it('a series with a time and no count is a series: there was at least one, and no count is missing', () => {
  const last = { deprecatedCount: undefined, series: { lastObservedTime: '2026-05-11T12:00:00.000000Z' } }
  const event = normalize(aLegacyEvent(last))
  expect(event).toMatchObject({ count: 1, countIsLowerBound: true })
  expect(event.flags).not.toContain('countAbsent')
  expect(normalize(aLegacyEvent({ ...last, series: {} }))).toMatchObject({ countIsLowerBound: false })
})

it('an event that was made long after its first time goes on after its TTL only when it counts more than one', () => {
  const made = { deprecatedFirstTimestamp: '2026-05-11T11:00:00Z', deprecatedLastTimestamp: '2026-05-11T12:05:00Z' }
  expect(normalize(aLegacyEvent({ ...made, deprecatedCount: 2 })).flags).toContain('recreated')
  expect(normalize(aLegacyEvent({ ...made, deprecatedCount: 1 })).flags).not.toContain('recreated')
})

describe('the id', () => {
  it('is the hash of cluster, uid, resourceVersion, count and last time, each ended by NUL', () => {
    const last = at('2026-05-11T12:05:00Z')
    for (let count = 1; count <= 50; count++) {
      const text = `lab\0${'11111111-1111-4111-8111-111111111111'}\0${4101}\0${count}\0${last}\0`
      const expected = createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
      const raw = aLegacyEvent({ deprecatedCount: count })
      expect(normalize(raw).id).toBe(expected)
      expect(normalize(inCoreSpelling(raw)).id).toBe(expected)
    }
  })

  it('without a uid or a resourceVersion is the hash of the event, in any order of its keys', () => {
    const without = (metadata: Record<string, unknown>) => aLegacyEvent({ metadata })
    const time = { creationTimestamp: '2026-05-11T12:00:00Z' }
    const noVersion = normalize(without({ uid: 'a', name: 'n', ...time }))
    const reordered = normalize(without({ ...time, name: 'n', uid: 'a', managedFields: [] }))
    expect(noVersion).toMatchObject({ resourceVersion: null, flags: ['idFromContent'] })
    expect(reordered.id).toBe(noVersion.id)
    const ids = [
      { uid: 'b' },
      { resourceVersion: '1' },
      { uid: 'a', resourceVersion: 'x1' },
      { uid: 'a', resourceVersion: '9007199254740993' },
    ]
    const events = ids.map((metadata) => normalize(without({ ...metadata, name: 'n', ...time })))
    expect(events.every(({ flags }) => flags.includes('idFromContent'))).toBe(true)
    expect(new Set([noVersion.id, ...events.map(({ id }) => id)]).size).toBe(5)
  })

  it('differs for a grown count and another cluster', () => {
    const normalizeAny = createNormalizer({ maxNoteBytes: 4_096, redact: { enabled: false, keys: [] } })
    const other = normalizeAny(aLegacyEvent(), { ...ORIGIN, cluster: 'other' }, RECEIVED)
    const ids = [normalize(aLegacyEvent()), normalize(aLegacyEvent({ deprecatedCount: 8 })), other].map(
      (event) => 'id' in event && event.id,
    )
    expect(new Set(ids).size).toBe(3)
  })
})

describe('what is refused', () => {
  const normalizeAny = createNormalizer({ maxNoteBytes: 4_096, redact: { enabled: false, keys: [] } })
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })
  it.each([
    ['a list', [] as unknown, 'not a JSON object'],
    ['null', null, 'not a JSON object'],
    ['a Status', { kind: 'Status', metadata: { creationTimestamp: '2026-05-11T12:00:00Z' } }, 'its kind is not Event'],
    ['an event without any time', aLegacyEvent({ ...noTimes, metadata: {} }), 'it holds no time'],
    ['an event nested 10,000 deep', aLegacyEvent({ extra: nested(5_000) }), 'nested deeper than'],
  ])('%s', (_name, raw, detail) => {
    const refusal = normalizeAny(raw as RawEvent, ORIGIN, RECEIVED)
    expect(refusal).toMatchObject({ refused: 'not normalizable' })
    expect('detail' in refusal && refusal.detail).toContain(detail)
  })

  it('but not what is nested as deep as allowed', () => {
    expect(normalize(aLegacyEvent({ extra: nested(60) })).rest).not.toBeNull()
  })
})

describe('hostile values', () => {
  it('labels called __proto__ and constructor are labels', () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b"}') as unknown
    const event = normalize(aLegacyEvent({ metadata: { creationTimestamp: '2026-05-11T12:00:00Z', labels } }))
    expect(Object.entries(event.labels)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(Object.getPrototypeOf(event.labels)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  it('a field called __proto__ is kept in rest', () => {
    const raw = JSON.parse(
      '{"kind":"Event","regarding":{"__proto__":{"x":1}},"eventTime":"2026-05-11T12:00:00Z"}',
    ) as RawEvent
    expect(JSON.stringify(rebuildRaw(stored(normalize(raw))))).toContain('"__proto__":{"x":1}')
  })

  it('values of the wrong type are repaired, and are kept as received', () => {
    const raw = aLegacyEvent({
      reason: 42,
      note: { a: 1 },
      type: true,
      metadata: { creationTimestamp: '2026-05-11T12:00:00Z', labels: { n: 1, o: { p: [] } } },
    })
    const event = normalize(raw)
    expect(event).toMatchObject({ reason: '42', note: '{"a":1}', type: 'true', labels: { n: '1', o: '{"p":[]}' } })
    expect(event.flags).toEqual(['idFromContent', 'repaired', 'unknownType'])
    expect(event.rest).toMatchObject({
      reason: 42,
      note: { a: 1 },
      type: true,
      metadata: { labels: { n: 1, o: { p: [] } } },
    })
  })

  it('NUL and half a surrogate pair become U+FFFD, everywhere', () => {
    const event = normalize(aLegacyEvent({ note: 'a\0b\ud800', 'x\0': ['\udc00'] }))
    expect(event).toMatchObject({ note: 'a\ufffdb\ufffd', rest: { 'x\ufffd': ['\ufffd'] }, flags: ['textRepaired'] })
    expect(normalize(aLegacyEvent({ note: 'whole pairs 😀\u2028 stay' })).flags).toEqual([])
  })

  it('10,000 labels and a reason of a megabyte take their place', () => {
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, `v${index}`]))
    const event = normalize(
      aLegacyEvent({ reason: 'R'.repeat(1_000_000), metadata: { creationTimestamp: '2026-05-11T12:00:00Z', labels } }),
    )
    expect(Object.keys(event.labels)).toHaveLength(10_000)
    expect(event.reason).toHaveLength(1_024)
    expect(event.rest).toMatchObject({ reason: 'R'.repeat(1_000_000) })
  })
})

describe('long notes', () => {
  it('are cut between characters, with length and hash of the whole note', () => {
    const note = `${'x'.repeat(4_093)}😀${'y'.repeat(60_000)}`
    const event = normalize(aLegacyEvent({ note }))
    expect(event.note).toBe('x'.repeat(4_093))
    expect(event.flags).toEqual(['noteTruncated'])
    expect(event.rest).toEqual({ '~noteLength': 64_097, '~noteHash': createHash('sha256').update(note).digest('hex') })
    expect(rebuildRaw(stored(event))['note']).toBe(event.note)
  })

  it('of exactly the allowed bytes are whole', () => {
    const note = `${'é'.repeat(2_047)}xy`
    expect(normalize(aLegacyEvent({ note }))).toMatchObject({ note, flags: [], rest: null })
    expect(normalize(aLegacyEvent({ note: `${note}z` }))).toMatchObject({ note, flags: ['noteTruncated'] })
  })
})

describe('credentials', () => {
  const redacting = normalizer({ redact: { enabled: true, keys: [] } })
  const canary = 'S3cr3t-canary'
  const raw = aLegacyEvent({
    note: `Post "http://10.0.0.9/role?password=${canary}&user=rep": refused`,
    metadata: {
      creationTimestamp: '2026-05-11T12:00:00Z',
      annotations: { remote: `https://bot:${canary}@git.example.net/a`, 'example.com/token': canary },
      labels: { x: `password=${canary}` },
    },
    status: [{ url: `https://bot:${canary}@host`, password: canary }],
  })

  it('leave no trace in any field, and the id does not depend on them', () => {
    const event = redacting(raw)
    expect(JSON.stringify(event)).not.toContain(canary)
    expect(event.flags).toContain('redacted')
    expect(event.note).toBe('Post "http://10.0.0.9/role?password=[redacted]&user=rep": refused')
    expect(event.annotations['remote']).toBe('https://bot:[redacted]@git.example.net/a')
    expect(redacting(JSON.parse(JSON.stringify(raw).replaceAll(canary, 'other')) as RawEvent).id).toBe(event.id)
  })

  it('are gone before a long note is cut through one', () => {
    const note = `${'x'.repeat(4_070)} https://bot:${canary}@git.example.net`
    expect(redacting(aLegacyEvent({ note })).note).not.toContain('S3')
  })

  it.each(['hunter2-canary', 12_345_678])(
    'are replaced under a secret key of any field, as text or number: %s',
    (secret) => {
      const event = normalizer({ redact: { enabled: true, keys: [] } })(aLegacyEvent({ extra: { password: secret } }))
      expect(JSON.stringify(event)).not.toContain(String(secret))
      expect(event.flags).toContain('redacted')
    },
  )

  it('stay when redaction is off', () => {
    expect(normalize(raw).note).toContain(canary)
    expect(normalize(raw).flags).not.toContain('redacted')
  })
})

describe('the event as received', () => {
  it('can be rebuilt from what is stored, in the spelling of its API group', PATIENT, () => {
    fc.assert(
      fc.property(wellTypedEvents, (raw) => {
        const event = normalize(raw)
        expect(rebuildRaw(stored(event))).toEqual(canonical(raw))
        expect(event.flags.filter((flag) => !(flag in FLAGS))).toEqual([])
        expect(event.flags).toEqual([...new Set(event.flags)].sort())
      }),
      { numRuns: 500 },
    )
  })

  it('can be rebuilt even when it is full of nasty values', PATIENT, () => {
    const normalizeAny = createNormalizer({ maxNoteBytes: 4_096, redact: { enabled: false, keys: [] } })
    fc.assert(
      fc.property(nastyEvents, (raw) => {
        const event = normalizeAny(raw, ORIGIN, RECEIVED)
        if ('refused' in event) return
        expect(rebuildRaw(stored(event))).toEqual(canonical(raw))
        expect(normalizeAny(raw, ORIGIN, RECEIVED)).toEqual(event)
      }),
      { numRuns: 1_000 },
    )
  })

  it('holds nothing of the fields twice', () => {
    expect(
      normalize(
        aLegacyEvent({ extra: 1, regarding: { ...(aLegacyEvent()['regarding'] as object), resourceVersion: '9' } }),
      ).rest,
    ).toEqual({
      extra: 1,
      regarding: { resourceVersion: '9' },
    })
  })

  it('has no managedFields', () => {
    expect(JSON.stringify(normalize(aLegacyEvent()))).not.toContain('managedFields')
  })
})

describe('a hundred thousand nasty events', () => {
  it('each become an observation or a refusal, never a throw', PATIENT, () => {
    const normalizeAny = createNormalizer({ maxNoteBytes: 64, redact: { enabled: true, keys: ['a'] } })
    const outcomes = { normalized: 0, refused: 0 }
    const samples = fc.sample(nastyEvents, { numRuns: 4_000, seed: 5 })
    for (let round = 0; round < 25; round++) {
      for (const [index, raw] of samples.entries()) {
        const other = samples[(index + round * 7_919) % samples.length]
        const event = normalizeAny(round === 0 ? raw : { ...raw, metadata: other?.['metadata'] }, ORIGIN, RECEIVED)
        outcomes['refused' in event ? 'refused' : 'normalized']++
        if ('refused' in event) continue
        if (event.lastObserved < event.firstObserved || event.count < 1 || event.id.length !== 22)
          expect(event).toBeNull()
      }
    }
    expect(outcomes.normalized + outcomes.refused).toBe(100_000)
    expect(outcomes.normalized).toBeGreaterThan(50_000)
  })
})

describe('recorded events', () => {
  const all = [...globSync(join(RECORDINGS, '*.jsonl')), SHOP].flatMap(readEvents)

  it('are all normalized and can all be rebuilt', PATIENT, () => {
    expect(all.length).toBeGreaterThan(3_000)
    const changed = all.filter((raw) => !isDeepStrictEqual(rebuildRaw(stored(normalize(raw))), canonical(raw)))
    expect(changed).toEqual([])
  })

  it('are the same whether read through one API group or the other', () => {
    const comparable = (raw: RawEvent) => ({ ...normalize(raw), rest: null })
    const newer = all.filter(({ apiVersion }) => apiVersion === 'events.k8s.io/v1')
    expect(newer.length).toBeGreaterThan(3_000)
    expect(newer.map((raw) => comparable(inCoreSpelling(raw)))).toEqual(newer.map(comparable))
  })

  it('have the times, counts and namespaces that their reporters meant', () => {
    const sorted = readEvents(recordingOf('times'))
      .map(normalize)
      .sort((a, b) => a.lastObserved - b.lastObserved)
    expect(sorted.map(({ reason }) => reason)).toEqual([
      'NodeReady',
      'Scheduled',
      'Restored',
      'Paused',
      'Noted',
      'Pulled',
      'FailedScheduling',
      'ApplyRoles',
    ])
    expect(sorted.reduce((sum, { count }) => sum + count, 0)).toBe(54)
    expect(sorted.at(-1)).toMatchObject({ firstObserved: at('2026-05-11T07:19:00Z'), count: 42, namespace: '' })
    expect(sorted.filter(({ flags }) => flags.includes('timeFromServer')).map(({ reason }) => reason)).toEqual([
      'Restored',
      'Noted',
    ])
  })

  it('keep their annotations of any length and name', () => {
    const [pending, kustomization] = readEvents(recordingOf('odd-fields')).map(normalize)
    expect(pending).toMatchObject({ count: 3, countIsLowerBound: true, rest: null })
    expect(kustomization?.annotations['example.com/last-applied']).toHaveLength(40_000)
  })
})
