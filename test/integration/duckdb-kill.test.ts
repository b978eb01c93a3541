import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR } from '../../collector/src/clock.ts'
import { openDuckDb } from '../support/as-configured.ts'
import { NOON } from '../support/an-observation.ts'

const KILLS = 6
const BATCH_ROWS = 4_000
const BUFFER = 'buffer-of-the-test'
const EVER = { from: NOON - HOUR, to: NOON + 101 * HOUR, filter: { op: 'all' } } as const

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'eventloom-duckdb-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** Lets the writer write until it has acknowledged `batches`, kills it `afterMs` later, and says what it acknowledged last. */
async function writeAndKill(file: string, batches: number, afterMs: number): Promise<number> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, '../support/duckdb-writer.ts'), file, BUFFER])
  const ended = new Promise((resolve) => writer.once('close', resolve))
  let acknowledged = 0
  let inThisLife = 0
  for await (const line of createInterface({ input: writer.stdout })) {
    const [word, number] = line.split(' ')
    if (word === 'stored') {
      acknowledged = Number(number)
      inThisLife++
    }
    if (inThisLife === batches) void setTimeout(afterMs).then(() => writer.kill('SIGKILL'))
  }
  await ended
  return acknowledged
}

describe('a writer killed with SIGKILL', () => {
  it('leaves every acknowledged batch, whole, and none twice', async () => {
    const file = join(directory, 'events.duckdb')
    let before = 0
    for (let kill = 0; kill < KILLS; kill++) {
      // From a few ms, while a batch is being appended, to the middle of a later one.
      const acknowledged = await writeAndKill(file, 1 + kill, 10 + kill * 23)
      const store = await openDuckDb({ file })
      try {
        const never = new AbortController().signal
        const { sequence: applied } = await store.applied(BUFFER)
        const { total } = await store.events({ ...EVER, view: 'observations', order: 'oldest', limit: 1 }, never)
        const again = await store.write({ bufferId: BUFFER, sequence: applied, rows: [], records: [] }, never)
        expect(acknowledged).toBeGreaterThan(before)
        expect(applied).toBeGreaterThanOrEqual(acknowledged)
        expect(total).toBe(applied * BATCH_ROWS)
        expect(again.stored).toBe(0)

        const ids = new Set<string>()
        for await (const rows of store.scan(EVER, never)) for (const { id } of rows) ids.add(id)
        expect(ids.size).toBe(total)
        before = applied
      } finally {
        await store.close()
      }
    }
  })
})
