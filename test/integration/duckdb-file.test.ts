import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../collector/src/clock.ts'
import { encodeRows } from '../../collector/src/store/duckdb/schema.ts'
import { openDuckDb } from '../support/as-configured.ts'
import { StoreLockedError } from '../../collector/src/store/duckdb/duckdb-store.ts'
import {
  StoreCorruptError,
  StoreUnavailableError,
  type EventStore,
  type RetentionPolicy,
} from '../../collector/src/store/store.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { aRecord } from '../support/a-record.ts'
import { NOON } from '../support/an-observation.ts'
import { generateObservations, inBatches } from '../support/generate-observations.ts'
import { recordAges } from '../support/record-ages.ts'

const never = new AbortController().signal
const ALL = { op: 'all' } as const

let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'eventloom-duckdb-'))
  file = join(directory, 'events.duckdb')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

let sequence = 0

async function fill(store: EventStore, rows: Iterable<Observation>): Promise<void> {
  for (const batch of inBatches(rows, 5_000)) {
    const pending = batch.map((observation) => ({ observation, undecided: false }))
    await store.write({ bufferId: 'buffer', sequence: ++sequence, rows: pending, records: [] }, never)
  }
}

/** `rows` over `days`, ending at noon. */
const stream = (rows: number, days: number, seed = 1) =>
  generateObservations({ rows, from: NOON - days * DAY, to: NOON - 1, seed })

async function filledFile(rows: number): Promise<void> {
  const store = await openDuckDb({ file })
  await fill(store, stream(rows, 2))
  await store.close()
}

/** Overwrites bytes in the middle of a file. */
async function damage(path: string, from: number, length: number): Promise<void> {
  const handle = await open(path, 'r+')
  await handle.write(Buffer.alloc(length, 0x5a), 0, length, from)
  await handle.close()
}

const readAll = async (store: EventStore) => {
  for await (const rows of store.scan({ from: 0, to: NOON, filter: ALL }, never)) expect(rows).not.toEqual([])
}

/**
 * Damages one block after the other until one is found that only a read of the rows needs, and says how that read ended. The
 * file is headers of 4 KiB thrice, then blocks of 256 KiB, some of them free.
 */
async function damagedWhenRead(): Promise<{ readonly store: EventStore; readonly error: unknown }> {
  const whole = await readFile(file)
  for (let block = 12_288; block < whole.length; block += 262_144) {
    await damage(file, block + 100_000, 1_000)
    try {
      const store = await openDuckDb({ file })
      const error = await readAll(store).then(
        () => null,
        (failure: unknown) => failure,
      )
      if (error !== null) return { store, error }
      await store.close()
    } catch (error) {
      expect(error).toBeInstanceOf(StoreCorruptError)
      await rm((error as StoreCorruptError).file)
    }
    await writeFile(file, whole)
  }
  throw new Error('no block can be damaged without being read at open')
}

describe('a damaged file', () => {
  it('is set aside with its WAL when it is opened, and the next open makes a new one', async () => {
    await writeFile(file, Buffer.alloc(40_000, 0x5a))
    await writeFile(`${file}.wal`, 'not a WAL')
    const opening = openDuckDb({ file, clock: () => NOON })
    await expect(opening).rejects.toThrow(StoreCorruptError)
    await expect(opening).rejects.toMatchObject({ file: `${file}.corrupt-2026-05-11T12-00-00.000Z` })
    expect((await readdir(directory)).sort()).toEqual([
      'events.duckdb.corrupt-2026-05-11T12-00-00.000Z',
      'events.duckdb.corrupt-2026-05-11T12-00-00.000Z.wal',
    ])
    const store = await openDuckDb({ file })
    expect((await store.statistics(never)).observations).toBe(0)
    await store.close()
  })

  it.each(['header', 'metadata'])('is found by its %s', async (part) => {
    await filledFile(5_000)
    const { size } = await stat(file)
    await damage(file, part === 'header' ? 0 : 4_096, part === 'header' ? 12_288 : size - 4_096)
    await expect(openDuckDb({ file })).rejects.toThrow(StoreCorruptError)
  })

  it('is set aside when the damage shows in a read', async () => {
    await filledFile(30_000)
    const { store, error } = await damagedWhenRead()
    expect(error).toBeInstanceOf(StoreCorruptError)
    const ask = () => store.statistics(never)
    const batch = { bufferId: 'b', sequence: 1, rows: [], records: [] }
    await expect(ask()).rejects.toThrow(StoreCorruptError)
    await expect(store.write(batch, never)).rejects.toThrow(StoreCorruptError)
    await store.close()
    const [aside, ...others] = await readdir(directory)
    expect(aside).toMatch(/^events\.duckdb\.corrupt-/)
    expect(others).toEqual([])
  })

  it('is not what a missing directory is', async () => {
    await expect(openDuckDb({ file: join(directory, 'absent', 'events.duckdb') })).rejects.toThrow(
      StoreUnavailableError,
    )
  })
})

describe('a file that another process holds', () => {
  it('is refused with the id of that process and what to do, and stays where it is', async () => {
    const writer = spawn(process.execPath, [join(import.meta.dirname, '../support/duckdb-writer.ts'), file, 'other'])
    try {
      await once(writer.stdout, 'data')
      const opening = openDuckDb({ file })
      await expect(opening).rejects.toThrow(StoreLockedError)
      await expect(opening).rejects.toMatchObject({ owner: writer.pid, retryable: false })
      await expect(opening).rejects.toThrow(/is open in process \d+\. Ask that process over its API/)
    } finally {
      writer.kill('SIGKILL')
      await once(writer, 'close')
    }
    expect((await readdir(directory)).some((name) => name.includes('.corrupt-'))).toBe(false)
  })
})

describe('a query', () => {
  it('is refused at once with a signal that has fired', async () => {
    const store = await openDuckDb({ file })
    await expect(store.statistics(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    await store.close()
  })

  it('waits for its turn when more are asked than there are connections', async () => {
    const store = await openDuckDb({ file })
    await fill(store, stream(1_000, 1))
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.statistics(never)))
    expect(answers.map(({ observations }) => observations)).toEqual(new Array(20).fill(1_000))
    await store.close()
  })

  it('that runs when the store is closed ends in an error, not in a crash', async () => {
    const store = await openDuckDb({ file })
    await fill(store, stream(20_000, 1))
    const reads = Array.from({ length: 10 }, () =>
      store.values({ from: 0, to: NOON, filter: ALL, order: 'newest', limit: 10, field: 'reason', prefix: '' }, never),
    )
    const outcomes = Promise.allSettled(reads)
    await store.close()
    expect(await outcomes).toHaveLength(10)
  })
})

describe('the file', () => {
  it('takes at most 130 bytes a row, the WAL gone after close', async () => {
    const rows = 125_000
    const store = await openDuckDb({ file })
    await fill(store, stream(rows, 1))
    await store.close()
    expect((await stat(file)).size / rows).toBeLessThanOrEqual(130)
    expect(await readdir(directory)).toEqual(['events.duckdb'])
  })

  it('is written in slices that leave the main thread to others', async () => {
    const store = await openDuckDb({ file })
    const rows = [...stream(20_000, 1)]
    const start = performance.now()
    encodeRows(rows)
    const inOnePiece = performance.now() - start
    const delay = monitorEventLoopDelay({ resolution: 1 })
    const pending = rows.map((observation) => ({ observation, undecided: false }))
    delay.enable()
    await store.write({ bufferId: 'buffer', sequence: ++sequence, rows: pending, records: [] }, never)
    delay.disable()
    await store.close()
    expect(delay.max / 1e6).toBeLessThan(inOnePiece / 2)
  })
})

describe('retention by bytes', () => {
  const policy: RetentionPolicy = {
    classes: [{ name: 'everything', severities: ['info', 'low', 'medium', 'high', 'critical'], maxAge: 1_000 * DAY }],
    maxBytes: 10_000_000,
    recordMaxAge: recordAges(1_000 * DAY),
    includeRecordings: true,
  }

  it('keeps the disk under the bound while rows come in, oldest first, and rolls up what goes', async () => {
    const store = await openDuckDb({ file })
    let [written, removed, rolledUp] = [0, 0, 0]
    for (let day = 6; day > 0; day--) {
      const rows = [
        ...generateObservations({ rows: 20_000, from: NOON - day * DAY, to: NOON - (day - 1) * DAY - 1, seed: day }),
      ]
      await fill(store, rows)
      written += rows.length
      const report = await store.expire(policy, NOON, never)
      removed += report.removed['maxBytes'] ?? 0
      rolledUp += report.rolledUp
      expect(report.bytes).toBeLessThanOrEqual(policy.maxBytes)
    }
    const { observations, oldest, bytes } = await store.statistics(never)
    expect(removed).toBeGreaterThan(0)
    expect(observations).toBe(written - removed)
    expect(bytes).toBeLessThanOrEqual(policy.maxBytes)
    expect(oldest).toBeGreaterThan(NOON - 6 * DAY + HOUR)
    const rollUps = await store.records('roll-up', { from: 0, to: NOON }, never)
    expect(rollUps).toHaveLength(rolledUp)
    const rolled = rollUps.reduce((sum, { body }) => sum + body.observations, 0)
    expect(rolled).toBe(removed)
    await store.close()
  })

  /** Groups of some 1.2 kB, one every `step` from `from` on. */
  const groups = (count: number, from: number, step: number) =>
    Array.from({ length: count }, (_, index) => {
      const [id, time] = [`c-${String(index)}`, from + index * step]
      const body = {
        text: Array.from({ length: 40 }, (_, place) =>
          createHash('sha1')
            .update(`${id} ${String(place)}`)
            .digest('base64'),
        ).join(' '),
      }
      return aRecord('correlation', { id, revision: time, from: time, to: time, body })
    })
  const rowsOf = (days: number) => [
    ...generateObservations({ rows: 20_000, from: NOON - days * DAY, to: NOON, seed: 1 }),
  ]

  it('takes records that are older than all rows before any row', async () => {
    const store = await openDuckDb({ file })
    await store.write(
      { bufferId: 'records', sequence: 1, rows: [], records: groups(8_000, NOON - 9 * DAY, MINUTE) },
      never,
    )
    await fill(store, rowsOf(2))
    const { removed, removedRecords } = await store.expire({ ...policy, maxBytes: 10_000_000 }, NOON, never)
    expect(removed).toEqual({ everything: 0 })
    expect(removedRecords.correlation).toBeGreaterThan(1_000)
    expect((await store.statistics(never)).bytes).toBeLessThanOrEqual(10_000_000)
    const left = await store.records('correlation', { from: 0, to: NOON }, never)
    expect(left.length).toBe(8_000 - (removedRecords.correlation ?? 0))
    expect(left[0]?.id).toBe(`c-${String(removedRecords.correlation)}`)
    await store.close()
  })

  it('takes rows and records of one time alike', async () => {
    const store = await openDuckDb({ file })
    await store.write(
      { bufferId: 'records', sequence: 1, rows: [], records: groups(8_000, NOON - 8 * DAY, (8 * DAY) / 8_000) },
      never,
    )
    await fill(store, rowsOf(8))
    const { removed, removedRecords } = await store.expire({ ...policy, maxBytes: 10_000_000 }, NOON, never)
    const [rows, records] = [(removed['maxBytes'] ?? 0) / 20_000, (removedRecords.correlation ?? 0) / 8_000]
    expect(rows).toBeGreaterThan(0.1)
    expect(rows).toBeLessThan(0.6)
    expect(Math.abs(rows - records)).toBeLessThan(0.05)
    await store.close()
  })
})
