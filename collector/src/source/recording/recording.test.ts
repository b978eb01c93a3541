import { globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { aLegacyEvent, aNewEvent, inCoreSpelling } from '../../../../test/support/raw-events.ts'
import { readEvents, RECORDINGS, SHOP } from '../../../../test/support/recorded-events.ts'
import { HOUR, MINUTE, SECOND } from '../../clock.ts'
import type { Delivery, DeliveryBatch } from '../../event/delivery.ts'
import type { ObjectFact } from '../../event/object-fact.ts'
import type { RawEvent } from '../../event/raw-event.ts'
import { formatSeconds } from '../../event/rfc3339.ts'
import { observedTimes } from '../../event/times.ts'
import { RecordingUnreadableError } from './input.ts'
import { openRecording, type RecordingOptions } from './recording.ts'

const NOON = Date.UTC(2026, 4, 11, 12) * 1_000
const NOW = Date.UTC(2026, 7, 1, 8) * 1_000

/** Event number `version`, last observed that many seconds after noon. */
function anEvent(version: number, seconds = version): RawEvent {
  const time = formatSeconds(NOON + seconds * SECOND)
  return aLegacyEvent({
    metadata: {
      name: `pod-${version}.18ae773b82737275`,
      namespace: 'shop',
      uid: `33333333-3333-4333-8333-${String(version).padStart(12, '0')}`,
      resourceVersion: `${99_990 + version}`,
      creationTimestamp: time,
    },
    deprecatedFirstTimestamp: time,
    deprecatedLastTimestamp: time,
    deprecatedCount: 1,
  })
}
const seven = [4, 2, 7, 1, 6, 3, 5].map((version) => anEvent(version, 1))
const inOrder = ['99991', '99992', '99993', '99994', '99995', '99996', '99997']
const lines = (events: readonly unknown[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('')
const pretty = (value: unknown): string => JSON.stringify(value, null, 4)
const versionOf = (raw: RawEvent): string => (raw['metadata'] as { resourceVersion: string }).resourceVersion

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-recording-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

function write(name: string, content: string | Uint8Array): string {
  const path = join(directory, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

function open(paths: readonly string[], options: Partial<RecordingOptions> = {}): AsyncGenerator<DeliveryBatch> {
  return openRecording({
    paths,
    name: 'tests',
    cluster: 'lab',
    spoolDirectory: join(directory, 'spool'),
    clock: () => NOW,
    signal: new AbortController().signal,
    ...options,
  })
}

interface Played {
  readonly deliveries: readonly Delivery[]
  readonly versions: readonly string[]
  /** `file:line cause` */
  readonly refusals: readonly string[]
  readonly raws: readonly RawEvent[]
  readonly facts: readonly ObjectFact[]
}

async function play(paths: readonly string[], options: Partial<RecordingOptions> = {}): Promise<Played> {
  const deliveries: Delivery[] = []
  for await (const batch of open(paths, options)) deliveries.push(...batch.deliveries)
  return summary(deliveries)
}

function summary(deliveries: readonly Delivery[]): Played {
  const raws = deliveries.flatMap((delivery) => (delivery.kind === 'event' ? [delivery.raw] : []))
  return {
    deliveries,
    raws,
    versions: raws.map(versionOf),
    facts: deliveries.flatMap((delivery) => (delivery.kind === 'fact' ? [delivery.fact] : [])),
    refusals: deliveries.flatMap((delivery) => {
      if (delivery.kind !== 'refused') return []
      const { stream, line } = delivery.place
      return [`${stream.split('/').at(-1)}:${line ?? '-'} ${delivery.cause}`]
    }),
  }
}

describe('the files people have', () => {
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    items: seven.map((event) => ({ ...event, kind: undefined, apiVersion: undefined })),
    metadata: { resourceVersion: '' },
  }
  const asPretty = seven.map(pretty).join('\n')
  const files: readonly { name: string; content: string | Uint8Array }[] = [
    { name: 'JSON Lines', content: lines(seven) },
    { name: 'JSON Lines of core/v1', content: lines(seven.map(inCoreSpelling)) },
    { name: 'a pretty List whose items have no kind', content: pretty(list) },
    { name: 'a List on one line', content: JSON.stringify(list) },
    { name: 'an EventList', content: pretty({ ...list, kind: 'EventList', apiVersion: 'events.k8s.io/v1' }) },
    { name: 'the YAML of kubectl', content: stringify(list) },
    { name: 'YAML documents', content: seven.map((event) => `---\n${stringify(event)}`).join('') },
    { name: 'an array', content: JSON.stringify(seven) },
    { name: 'pretty objects after one another', content: asPretty },
    {
      name: 'watch lines',
      content: lines(seven.map((object, index) => ({ type: index > 3 ? 'MODIFIED' : 'ADDED', object }))),
    },
    {
      name: 'byte order mark, CRLF, empty lines',
      content: `\ufeff${seven.map((event) => JSON.stringify(event)).join('\r\n')}\r\n\r\n`,
    },
    { name: 'UTF-16 of Windows', content: Buffer.from(`\ufeff${lines(seven)}`, 'utf16le') },
    { name: 'gzip', content: gzipSync(lines(seven)) },
    { name: 'gzip in several members', content: Buffer.concat(seven.map((event) => gzipSync(lines([event])))) },
    { name: 'zstd', content: zstdCompressSync(lines(seven)) },
  ]
  it.each(files)('$name: seven events in order, none refused', async ({ content }) => {
    const { versions, refusals } = await play([write('events.json', content)])
    expect({ versions, refusals }).toEqual({ versions: inOrder, refusals: [] })
  })

  it.each(files)('$name, from standard input', async ({ content }) => {
    const stdin = Readable.from([Buffer.from(content as string)])
    expect((await play(['-'], { stdin })).versions).toEqual(inOrder)
  })

  it('an empty List is nothing received', async () => {
    const paths = [
      write('a.json', '{"kind":"List","apiVersion":"v1","items":[]}'),
      write('b.json', '{"kind":"EventList","items":null}'),
      write('c.json', ''),
    ]
    expect((await play(paths)).deliveries).toEqual([])
  })

  it('a file cut in its seventh object is six events and one refusal with file and line', async () => {
    const { versions, refusals } = await play([write('e.json', asPretty.slice(0, -200))])
    const lastLine = asPretty.slice(0, asPretty.lastIndexOf('\n{') + 1).split('\n').length
    expect(versions).toHaveLength(6)
    expect(refusals).toEqual([`e.json:${lastLine} malformed`])
  })

  it('a gzip that was cut gives what it holds', async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => anEvent(index))
    const { versions, refusals } = await play([write('cut.jsonl.gz', gzipSync(lines(many)).subarray(0, -5_000))])
    expect(versions.length).toBeGreaterThan(100)
    expect(refusals.map((refusal) => refusal.split(' ')[1])).toEqual(['malformed'])
  })

  it('a gzip that is damaged is refused, and the next file is read', async () => {
    const damaged = gzipSync(lines(seven)).fill(0xff, 30, 60)
    const { versions, refusals } = await play([write('bad.gz', damaged), write('good.jsonl', lines(seven))])
    expect(versions).toEqual(inOrder)
    expect(refusals.at(-1)).toMatch(/^bad.gz:.* malformed$/)
  })
})

describe('what is no event', () => {
  it('bookmarks, deletions and errors of a watch end under their names', async () => {
    const notices = [
      { type: 'ADDED', object: anEvent(1) },
      {
        type: 'BOOKMARK',
        object: { kind: 'Event', apiVersion: 'events.k8s.io/v1', metadata: { resourceVersion: '5' }, regarding: {} },
      },
      { type: 'DELETED', object: anEvent(2) },
      { type: 'ERROR', object: { kind: 'Status', code: 410, message: 'password=S3cr3t' } },
      { type: 'MODIFIED', object: anEvent(3) },
    ]
    const { versions, refusals, deliveries } = await play([write('w.jsonl', lines(notices))])
    expect(versions).toEqual(['99991', '99993'])
    expect(refusals).toEqual(['w.jsonl:2 bookmark', 'w.jsonl:3 deletion', 'w.jsonl:4 error notice'])
    expect(JSON.stringify(deliveries)).not.toContain('S3cr3t')
  })

  it('bad lines are refused with file and line, without their text, and stop nothing', async () => {
    const content = `${lines([anEvent(1)])}password=S3cr3t\n{"note":"S3cr3t"\n{"a":01}\n${lines([{ kind: 'Pod', apiVersion: 'v1' }, { kind: 'Event', apiVersion: 'audit.k8s.io/v1' }, { x: 1 }, anEvent(2)])}`
    const { versions, refusals, deliveries } = await play([write('bad.jsonl', content)])
    expect(versions).toEqual(['99991', '99992'])
    expect(refusals).toEqual([
      'bad.jsonl:2 malformed',
      'bad.jsonl:3 malformed',
      'bad.jsonl:4 malformed',
      'bad.jsonl:5 not an event',
      'bad.jsonl:6 not an event',
      'bad.jsonl:7 not an event',
    ])
    expect(JSON.stringify(deliveries.filter(({ kind }) => kind === 'refused'))).not.toContain('S3cr3t')
  })

  it('an event that is too large is refused', async () => {
    const large = aLegacyEvent({ note: 'x'.repeat(5_000) })
    const { versions, refusals } = await play([write('large.jsonl', lines([anEvent(1), large, anEvent(2)]))], {
      maxEventBytes: 4_000,
    })
    expect(versions).toEqual(['99991', '99992'])
    expect(refusals).toEqual(['large.jsonl:2 too large'])
  })

  it('a path that does not exist is an error that names it, before anything is read', async () => {
    const missing = join(directory, 'missing.jsonl')
    await expect(play([write('a.jsonl', lines(seven)), missing])).rejects.toThrow(RecordingUnreadableError)
    await expect(play([missing])).rejects.toThrow(missing)
  })
})

describe('a directory', () => {
  it('is walked, and its other files are passed over and named, not counted', async () => {
    write('bundle/events/default.json', pretty({ kind: 'EventList', items: seven.slice(0, 4) }))
    write('bundle/events/shop.json.gz', gzipSync(lines(seven.slice(4))))
    write(
      'bundle/pods.json',
      pretty({ kind: 'PodList', items: Array.from({ length: 50 }, () => ({ kind: 'Pod', apiVersion: 'v1' })) }),
    )
    write('bundle/version.json', '{"gitVersion":"v1.33"}')
    write('bundle/pod.log', 'line\n'.repeat(1_000))
    write('bundle/readme.txt', 'not looked at')
    write('bundle/pods/api.yaml', 'apiVersion: v1\nkind: Pod\n')
    const told: unknown[] = []
    const onPassedOver = (files: number, text: string) => told.push(files, text.replaceAll(`${directory}/bundle/`, ''))
    const { versions, deliveries } = await play([join(directory, 'bundle')], { onPassedOver })
    expect(versions).toEqual(inOrder)
    expect(deliveries).toHaveLength(7)
    expect(told).toEqual([
      5,
      '5 files hold no events and were passed over: pod.log, pods.json, pods/api.yaml, version.json, readme.txt',
    ])
  })

  it('may be a must-gather', async () => {
    const list = {
      apiVersion: 'v1',
      items: seven.map(inCoreSpelling),
      kind: 'EventList',
      metadata: { resourceVersion: '' },
    }
    write('gather/namespaces/shop/core/events.yaml', `---\n${stringify(list)}`)
    expect((await play([join(directory, 'gather')])).versions).toEqual(inOrder)
  })

  it('without any file that is named as a recording is an error that says what it holds', async () => {
    write('bundle/events.txt', 'LAST SEEN')
    for (let number = 1; number <= 7; number++) write(`bundle/x/${number}.tar`, '')
    await expect(play([join(directory, 'bundle')])).rejects.toThrow(RecordingUnreadableError)
    await expect(play([join(directory, 'bundle')])).rejects.toThrow(
      /\.yaml.*there are .*events\.txt, .*4\.tar and 3 more/,
    )
  })

  it('a recording in it keeps its refusals with their lines', async () => {
    write('bundle/a.jsonl', `nonsense\n${lines([anEvent(1)])}`)
    expect((await play([join(directory, 'bundle')])).refusals).toEqual(['a.jsonl:1 malformed'])
  })
})

describe('facts beside a recording', () => {
  const pod: ObjectFact = {
    kind: 'Pod',
    namespace: 'shop',
    name: 'payments-0',
    uid: '22222222-2222-4222-8222-222222222222',
    apiVersion: 'v1',
    owners: [{ kind: 'StatefulSet', name: 'payments', uid: '44444444-4444-4444-8444-444444444444', controller: true }],
    node: 'worker-1',
    claims: ['data'],
    labels: { app: 'payments' },
  }

  it.each(['a.objects.jsonl', 'a.objects.jsonl.gz'])('%s come before the events', async (name) => {
    const text = lines([pod])
    write(name, name.endsWith('.gz') ? gzipSync(text) : text)
    const { deliveries, facts } = await play([write('a.jsonl.gz', gzipSync(lines(seven)))])
    expect(facts).toEqual([pod])
    expect(deliveries[0]?.kind).toBe('fact')
    expect(deliveries).toHaveLength(8)
  })

  it('bad facts are refused once, and facts without events are facts', async () => {
    const path = write('b.objects.jsonl', `{"kind":"Pod"}\n${lines([pod])}`)
    const { facts, refusals } = await play([path])
    expect(facts).toEqual([pod])
    expect(refusals).toEqual(['b.objects.jsonl:1 malformed'])
  })

  it('keep matching the events when both are shifted', async () => {
    write(
      'c.objects.jsonl',
      lines([pod, { ...pod, kind: 'StatefulSet', name: 'payments', uid: pod.owners[0]?.uid, owners: [] }]),
    )
    const { facts, raws } = await play([write('c.jsonl', lines([aLegacyEvent()]))], { rebase: true })
    const [shifted, owner] = facts
    expect(shifted?.uid).not.toBe(pod.uid)
    expect((raws[0]?.['regarding'] as { uid: string }).uid).toBe(shifted?.uid)
    expect(shifted?.owners[0]?.uid).toBe(owner?.uid)
  })
})

describe('the order', () => {
  it('is by last time, then by resourceVersion as a number, over all files', async () => {
    const event = fc.record({
      version: fc.integer({ min: 1, max: 20 }),
      seconds: fc.integer({ min: 0, max: 3 }),
      file: fc.integer({ min: 0, max: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(event, { selector: ({ version }) => version, maxLength: 20 }), async (events) => {
        const paths = [0, 1, 2].map((file) =>
          write(
            `${file}.jsonl`,
            lines(events.filter((one) => one.file === file).map(({ version, seconds }) => anEvent(version, seconds))),
          ),
        )
        const sorted = [...events].sort((a, b) => a.seconds - b.seconds || a.version - b.version)
        expect((await play(paths)).versions).toEqual(sorted.map(({ version }) => `${99_990 + version}`))
      }),
      { numRuns: 20 },
    )
  })

  it('leaves in bounded batches, and no sort file behind', async () => {
    const many = Array.from({ length: 1_201 }, (_, index) => anEvent(index))
    const sizes: number[] = []
    for await (const batch of open([write('many.jsonl', lines(many))])) {
      sizes.push(batch.deliveries.length)
      expect(batch).toMatchObject({
        origin: { cluster: 'lab', clusterUid: null, source: 'recording tests' },
        received: NOW,
        position: null,
      })
    }
    expect(sizes).toEqual([500, 500, 201])
    expect(readdirSync(join(directory, 'spool'))).toEqual([])
  })
})

describe('a rebased recording', () => {
  const events = [anEvent(1, 0), aNewEvent({ series: { count: 3, lastObservedTime: '2026-05-11T12:40:00.000001Z' } })]

  it('ends now, with every time moved alike and microseconds kept', async () => {
    const { raws } = await play([write('a.jsonl', lines(events))], { rebase: true })
    const [first, last] = raws.map((raw) => observedTimes(raw))
    expect(last?.last).toBe(NOW - SECOND + 1)
    expect((last?.last ?? 0) - (first?.last ?? 0)).toBe(40 * MINUTE + 1)
    expect(raws[1]).toMatchObject({
      eventTime: '2026-08-01T07:49:59.408032Z',
      series: { lastObservedTime: '2026-08-01T07:59:59.000001Z' },
      metadata: { creationTimestamp: '2026-08-01T07:49:59Z' },
      deprecatedFirstTimestamp: null,
    })
  })

  it('moves the times of the server too, so that none looks like the future', async () => {
    const { raws } = await play([write('a.jsonl', lines([aLegacyEvent()]))], { rebase: true })
    expect(raws[0]).toMatchObject({ metadata: { managedFields: [{ time: '2026-08-01T08:00:00Z' }] } })
    expect(observedTimes(raws[0] ?? {})?.flags).toEqual([])
  })

  it('is a new happening: other uids, versions and names, the same again from the same', async () => {
    const path = write('a.jsonl', lines([anEvent(1), anEvent(1), anEvent(2)]))
    const before = await play([path])
    const after = await play([path], { rebase: true })
    expect((await play([path], { rebase: true })).raws).toEqual(after.raws)
    const ids = (raws: readonly RawEvent[]) => raws.map((raw) => raw['metadata'] as { uid: string; name: string })
    expect(ids(after.raws)[0]?.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ids(after.raws)[0]).toEqual(ids(after.raws)[1])
    expect(ids(after.raws)[0]?.uid).not.toBe(ids(after.raws)[2]?.uid)
    expect(ids(after.raws)[0]?.name).toMatch(/^pod-1\.[0-9a-f]{16}$/)
    expect(new Set([...ids(before.raws), ...ids(after.raws)].map(({ uid }) => uid)).size).toBe(4)
    const versions = after.versions.map(Number)
    expect(versions.every(Number.isSafeInteger)).toBe(true)
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(after.versions).not.toEqual(before.versions)
  })

  it('leaves the names of nodes, which are their uids, and the notes', async () => {
    const node = aLegacyEvent({ regarding: { kind: 'Node', name: 'worker-1', uid: 'worker-1' } })
    const { raws } = await play([write('a.jsonl', lines([node]))], { rebase: true })
    expect(raws[0]).toMatchObject({ regarding: { uid: 'worker-1' }, note: node['note'] })
  })

  it('leaves zero times and unreadable ones as they are', async () => {
    const odd = aLegacyEvent({ eventTime: '0001-01-01T00:00:00Z', series: { lastObservedTime: 'null' } })
    const { raws } = await play([write('a.jsonl', lines([odd]))], { rebase: true })
    expect(raws[0]).toMatchObject({ eventTime: '0001-01-01T00:00:00Z', series: { lastObservedTime: 'null' } })
  })
})

describe('a paced recording', () => {
  /** A clock that moves only when somebody sleeps. */
  function pacedPlay(path: string, options: Partial<RecordingOptions>, until = Infinity) {
    let now = NOW
    const stop = new AbortController()
    const at: { seconds: number; lag: number }[] = []
    const run = async () => {
      const sleep = async (delayMs: number) => void (now += delayMs * 1_000)
      for await (const batch of open([path], { clock: () => now, sleep, signal: stop.signal, ...options })) {
        for (const delivery of batch.deliveries) {
          if (delivery.kind === 'event')
            at.push({ seconds: (now - NOW) / SECOND, lag: (now - (observedTimes(delivery.raw)?.last ?? 0)) / SECOND })
        }
        if (at.length >= until) stop.abort()
      }
      return at
    }
    return run()
  }
  const events = lines([anEvent(1, 0), anEvent(2, 0), anEvent(3, 10), anEvent(4, 100)])

  it('plays event time ten times as fast with speed 10', async () => {
    const played = await pacedPlay(write('a.jsonl', events), { speed: 10 })
    expect(played.map(({ seconds }) => seconds)).toEqual([0, 0, 1, 10])
  })

  it('rebased, its last event is now when it is played, and none comes from the future', async () => {
    const fast = await pacedPlay(write('a.jsonl', events), { speed: 10, rebase: true })
    expect(fast.at(-1)?.lag).toBe(0)
    const slow = await pacedPlay(write('a.jsonl', events), { speed: 0.5, rebase: true })
    expect(slow.map(({ seconds }) => seconds)).toEqual([0, 0, 20, 200])
    expect([...fast, ...slow].every(({ lag }) => lag >= 0)).toBe(true)
  })

  it('looped, follows on without an end, and stops quietly', async () => {
    const played = await pacedPlay(write('a.jsonl', events), { speed: 10, rebase: true, loop: true }, 10)
    expect(played.length).toBeGreaterThanOrEqual(10)
    expect(played[7]).toEqual({ seconds: 20, lag: 0 })
  })
})

describe('a looped recording', () => {
  it('shifts each pass behind the one before, as another happening with its facts', async () => {
    write(
      'a.objects.jsonl',
      `nonsense\n${lines([{ kind: 'Pod', name: 'payments-0', uid: '22222222-2222-4222-8222-222222222222' }])}`,
    )
    const path = write('a.jsonl', lines([anEvent(1, 0), anEvent(2, 3_600)]))
    const stop = new AbortController()
    const deliveries: Delivery[] = []
    for await (const batch of open([path], { loop: true, signal: stop.signal })) {
      deliveries.push(...batch.deliveries)
      if (deliveries.length >= 10) stop.abort()
    }
    const { raws, facts, refusals } = summary(deliveries)
    expect(refusals).toEqual(['a.objects.jsonl:1 malformed'])
    const times = raws.map((raw) => observedTimes(raw)?.last ?? 0)
    expect(times[0]).toBe(NOON)
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBe(2 * SECOND)
    expect((times[3] ?? 0) - (times[2] ?? 0)).toBe(HOUR)
    expect(new Set(raws.map((raw) => (raw['metadata'] as { uid: string }).uid)).size).toBe(6)
    expect(new Set(facts.map(({ uid }) => uid)).size).toBe(3)
  })
})

describe('an aborted recording', () => {
  it('ends quietly while standard input is silent', async () => {
    const stdin = new PassThrough()
    stdin.write(lines([anEvent(1)]))
    const stop = new AbortController()
    const playing = play(['-'], { stdin, signal: stop.signal })
    setImmediate(() => setImmediate(() => stop.abort()))
    expect((await playing).deliveries).toEqual([])
  })
})

describe('recordings of a directory', () => {
  it('give every event, in order', async () => {
    const { raws } = await play([RECORDINGS])
    expect(raws).toHaveLength(globSync(join(RECORDINGS, '*')).flatMap(readEvents).length)
    const times = raws.map((raw) => observedTimes(raw)?.last ?? 0)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('give a file as it is', async () => {
    const { raws } = await play([SHOP])
    const texts = (events: readonly RawEvent[]) => new Set(events.map((event) => JSON.stringify(event)))
    expect(texts(raws)).toEqual(texts(readEvents(SHOP)))
  })
})
