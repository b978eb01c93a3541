import { aRecord } from '../../../test/support/a-record.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import { DAY } from '../clock.ts'
import { BufferWriteError, DurableBuffer, OutcomeCounts } from '../buffer/buffer.ts'
import { recordAges } from '../../../test/support/record-ages.ts'
import type { RecordKind, StoreRecord } from '../event/record.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'
import { StoreCorruptError, StoreUnavailableError, type EventStore } from '../store/store.ts'
import { openLine, type Line, type LineOptions } from './line.ts'

const never = new AbortController().signal

let directory: string
let buffer: DurableBuffer
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-line-'))
  buffer = DurableBuffer.open(join(directory, 'buffer.sqlite'), 1_000_000, 'test').buffer
})
afterEach(() => {
  buffer.close()
  rmSync(directory, { recursive: true })
})

const observation = anObservation()
const quiet = {
  remember: () => undefined,
  rememberRecord: () => undefined,
  changedRecords: () => [],
  advance: () => undefined,
}
const stage = {
  remember: (): void => undefined,
  rememberRecord: (() => undefined) as (record: StoreRecord) => void,
  changedRecords: (): StoreRecord[] => [],
  advance: (): void => undefined,
}

function open(store: EventStore, options: Partial<LineOptions> = {}): Promise<Line> {
  return openLine(
    buffer,
    store,
    {
      normalize: ({ id }) => (typeof id === 'string' ? anObservation({ id, name: id }) : observation),
      rules: { filteredBy: () => null, classify: () => observation },
      topology: { learn: () => undefined, storageOf: () => null, place: () => observation },
      problems: {
        ...quiet,
        judge: () => null,
        takeChanged: () => [],
        remember: () => null,
        podsSought: () => null,
        all: () => [],
        see: () => undefined,
      },
      correlator: {
        ...quiet,
        follow: () => undefined,
        correlate: () => observation,
        changedRecords: () => stage.changedRecords(),
      },
      detector: { ...stage, detect: () => observation },
    },
    {
      clock: () => observation.lastObserved,
      retentionClock: options.clock ?? (() => observation.lastObserved),
      random: () => 0,
      whenFull: 'stop reading',
      retention: { classes: [], maxBytes: 1e9, recordMaxAge: recordAges(1e15), includeRecordings: false },
      onRefused: () => undefined,
      onBufferState: () => undefined,
      onStoreState: () => undefined,
      ...options,
    },
  )
}

const batch = {
  origin: { cluster: 'lab', clusterUid: null, source: 'live' },
  received: 0,
  deliveries: [{ kind: 'event' as const, raw: {}, place: { stream: 's' } }],
  position: null,
}

it('records what time alone changed, also where no row comes any more', async () => {
  const store = createMemoryStore()
  const line = await open(store)
  await line.accept(batch, never)
  await line.settle(never)
  await delay(500) // everything is recorded, and nothing waits
  const record = aRecord('correlation', { id: 'passed', from: 1, to: 2 })
  const changed = vi.spyOn(stage, 'changedRecords').mockReturnValueOnce([record]).mockReturnValue([])
  await line.advance({ cluster: 'lab', until: 3, isWatched: true })
  await vi.waitFor(
    async () => expect(await store.records('correlation', { from: 0, to: 9 }, never)).toEqual([record]),
    5_000,
  )
  changed.mockRestore()
  await line.stop()
})

it('gives the stages back what is known of patterns however old it is, before the rows, and groups after them', async () => {
  const store = createMemoryStore()
  const long = observation.lastObserved - 40 * 24 * 3_600_000_000
  const record = (kind: RecordKind, revision: number, to: number, body = {}) =>
    aRecord(kind, { revision, from: to - 1, to, body })
  const template = {
    templateText: '',
    reason: '',
    clusters: [],
    occurrences: 1,
    isLowerBound: false,
    objects: 1,
    objectsAreMore: false,
    countedUntil: long,
  }
  // What another version left in the buffer is not taken for what it is now.
  const waiting = [record('template', 2, long, template), record('pattern', 2, long, { memory: 'another' })]
  const records = [
    record('correlation', 1, observation.lastObserved),
    record('pattern', 1, long),
    record('template', 1, long),
  ]
  await store.write({ bufferId: 'old', sequence: 1, rows: [{ observation, undecided: false }], records }, never)
  buffer.commit({
    rows: [],
    records: waiting,
    outcomes: new OutcomeCounts(),
    checkpoints: [],
    olderIds: [],
    heads: new Map(),
  })
  const remembered: string[] = []
  stage.remember = () => void remembered.push('row')
  stage.rememberRecord = ({ kind, revision }: StoreRecord) => void remembered.push(`${kind} ${String(revision)}`)
  const line = await open(store)
  await line.stop()
  expect(remembered).toEqual(['template 2', 'pattern 1', 'row', 'correlation 1'])
})

it('settles when the store has everything, although it was away for a moment', async () => {
  const store = createMemoryStore()
  let failures = 2
  const write = store.write.bind(store)
  const line = await open(
    Object.assign(store, {
      write: async (...args: Parameters<EventStore['write']>) => {
        if (failures-- > 0) throw new StoreUnavailableError('write', { cause: new Error('away') })
        return write(...args)
      },
    }),
  )
  await line.accept(batch, never)
  expect(await line.settle(never)).toBe(true)
  expect(buffer.accounts()).toMatchObject({ received: 1, stored: 1, buffered: 0 })
  await line.stop()
})

it('settles with the records as well, although no row came with them', async () => {
  const store = createMemoryStore()
  const line = await open(store)
  await line.accept(batch, never)
  await line.settle(never)
  const record = aRecord('gap', { from: 1, to: 2 })
  vi.spyOn(stage, 'changedRecords').mockReturnValueOnce([record])
  expect(await line.settle(never)).toBe(true)
  expect(await store.records('gap', { from: 0, to: 10 }, never)).toEqual([record])
  await line.stop()
})

describe('a disk that is full', () => {
  const full = () =>
    vi.spyOn(buffer, 'commit').mockImplementation(() => {
      throw new BufferWriteError('no space left')
    })

  it('holds up a stop for seconds only, and takes no position', async () => {
    const line = await open(createMemoryStore())
    full()
    const stream = { clusterUid: 'uid', path: '/events', selector: '' }
    await line.accept({ ...batch, position: { stream, resourceVersion: '7' } }, never)
    const begun = performance.now()
    await delay(600) // some turns of the regular commit
    await line.stop()
    expect(performance.now() - begun).toBeLessThan(9_000)
    vi.restoreAllMocks()
    expect(buffer.checkpoint(stream)).toBeNull()
  }, 15_000)

  it('ends the taking of a batch when its source is stopped, and keeps what was taken for when there is room', async () => {
    const store = createMemoryStore()
    const line = await open(store)
    const commit = full()
    const stop = new AbortController()
    const many = {
      ...batch,
      deliveries: Array.from({ length: 800 }, (_, id) => ({ ...batch.deliveries[0]!, raw: { id: String(id) } })),
    }
    const accepted = line.accept(many, stop.signal)
    await vi.waitFor(() => expect(commit).toHaveBeenCalled())
    stop.abort()
    await expect(accepted).rejects.toThrow()
    commit.mockRestore()
    expect(await line.settle(never)).toBe(true)
    expect(buffer.accounts()).toMatchObject({ received: 750, stored: 750 })
    await line.stop()
  })
})

it('says that only a new start helps when the store is damaged, and keeps what was accepted', async () => {
  const store = createMemoryStore()
  const write = () => Promise.reject(new StoreCorruptError('events.duckdb', { cause: new Error('checksum') }))
  const line = await open(Object.assign(store, { write }))
  await line.accept(batch, never)
  await expect(line.settle(never)).rejects.toThrow(StoreCorruptError)
  await expect(line.broken).rejects.toThrow(StoreCorruptError)
  await line.stop()
  expect(buffer.accounts()).toMatchObject({ received: 1, stored: 0, buffered: 1 })
})

it('sends nothing to the store that a power cut could still take from the buffer', async () => {
  const store = createMemoryStore()
  const { promise: onDisk, resolve: reachDisk } = Promise.withResolvers<void>()
  const sync = vi.spyOn(buffer, 'sync').mockReturnValue(onDisk)
  const write = vi.spyOn(store, 'write')
  const line = await open(store)
  await line.accept(batch, never)
  const settled = line.settle(never)
  await vi.waitFor(() => expect(sync.mock.calls.length).toBeGreaterThan(1)) // by the commit, then by the sender
  expect(write).not.toHaveBeenCalled()
  reachDisk()
  expect(await settled).toBe(true)
  await line.stop()
})

describe('a stop during a write', () => {
  it.each([
    ['took the batch', true],
    ['did not take it', false],
  ])('leaves nothing behind and stores nothing twice when the store %s', async (_, isTaken) => {
    const store = createMemoryStore()
    const write = store.write.bind(store)
    let isOver = false
    const hang = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        const end = () => {
          isOver = true
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', () => setTimeout(end, 100))
      })
    const writing = vi
      .spyOn(store, 'write')
      .mockImplementationOnce(async (batch, signal) => {
        if (isTaken) await write(batch, never)
        return hang(signal)
      })
      .mockImplementation((batch, signal) => {
        if (!isOver) throw new Error('two writes at once')
        return write(batch, signal)
      })
    const line = await open(store)
    await line.accept(batch, never)
    await vi.waitFor(() => expect(writing).toHaveBeenCalled(), 5_000)
    await line.stop()
    expect(isOver).toBe(true)
    expect(writing).toHaveBeenCalledTimes(isTaken ? 1 : 2)
    expect(buffer.accounts()).toMatchObject({ received: 1, stored: 1, buffered: 0 })
  })
})

it('filters what its retention would remove at once, although a head remembers that it was stored', async () => {
  let now = observation.lastObserved
  const classes = [{ name: 'all', severities: [observation.severity], maxAge: DAY }]
  const retention = { classes, maxBytes: 1e9, recordMaxAge: recordAges(1e15), includeRecordings: false }
  const line = await open(createMemoryStore(), { clock: () => now, retention })
  for (const at of [now, now + DAY, now + DAY + 1]) {
    now = at
    await line.accept(batch, never)
    expect(await line.settle(never)).toBe(true)
  }
  expect(buffer.accounts()).toMatchObject({ stored: 1, alreadyStored: 1, filtered: { 'older than retention': 1 } })
  await line.stop()
})

describe('a store that does not answer at the start', () => {
  const away = (cause: Error) => {
    const store = createMemoryStore()
    const applied = vi.spyOn(store, 'applied')
    applied.mockRejectedValueOnce(new StoreUnavailableError('asking', { cause }))
    return { store, applied }
  }

  it('is waited for where that is wanted', async () => {
    const { store, applied } = away(new Error('connect ECONNREFUSED'))
    const line = await open(store, { waitForStore: never })
    expect(applied).toHaveBeenCalledTimes(2)
    await line.stop()
  })

  it('is waited for no longer than until the stop', async () => {
    const stop = new AbortController()
    const { store, applied } = away(new Error('connect ECONNREFUSED'))
    applied.mockImplementation(() => {
      stop.abort()
      return Promise.reject(new StoreUnavailableError('asking', { cause: new Error('still away') }))
    })
    await expect(open(store, { waitForStore: stop.signal })).rejects.toThrow(/aborted/)
  })

  it('is an error elsewhere', async () => {
    await expect(open(away(new Error('connect ECONNREFUSED')).store)).rejects.toThrow(StoreUnavailableError)
  })

  it('is an error when it answered with a no that waiting does not change', async () => {
    const no = Object.assign(new Error('403, action is unauthorized'), { retryable: false })
    await expect(open(away(no).store, { waitForStore: never })).rejects.toThrow(StoreUnavailableError)
  })
})
