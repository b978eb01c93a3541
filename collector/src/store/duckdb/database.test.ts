import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from './database.ts'

/** Ten thousand million rows to count: minutes of work for a machine that is not told to stop. */
const ENDLESS = {
  sql: 'SELECT count(*) FROM range(100000) AS a, range(100000) AS b WHERE a.range <> b.range',
  parameters: [],
}
const ONE = { sql: 'SELECT 1', parameters: [] }
const never = new AbortController().signal

let directory: string
let database: Database
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'eventloom-duckdb-'))
  database = await openDatabase({ file: join(directory, 'x.duckdb'), memoryLimitBytes: 128e6, threads: 2 }, () => 0)
})
afterEach(async () => {
  await database.close()
  await rm(directory, { recursive: true })
})

describe('a DuckDB file', { timeout: 60_000 }, () => {
  it('stops a running query when its signal fires, and answers others', async () => {
    const controller = new AbortController()
    const endless = database.read([ENDLESS], controller.signal)
    const outcome = expect(endless).rejects.toThrow('not wanted any more')
    await setTimeout(300)
    expect(await database.read([ONE], never)).toEqual([{ columns: [[1]], rowCount: 1 }])
    controller.abort(new Error('not wanted any more'))
    await outcome
    expect(await database.read([ONE], never)).toHaveLength(1)
  })

  it('stops queries that wait for a connection', async () => {
    const controller = new AbortController()
    const endless = Array.from({ length: 9 }, () => database.read([ENDLESS], controller.signal))
    const outcomes = Promise.allSettled(endless)
    await setTimeout(300)
    controller.abort()
    expect((await outcomes).map(({ status }) => status)).toEqual(new Array(9).fill('rejected'))
    expect(await database.read([ONE], never)).toHaveLength(1)
  })

  it('lets go of whoever gives up at once, and of the query before it is planned', async () => {
    // Planned for longer than it runs: an interruption meanwhile is forgotten when it begins to run.
    const wide = `SELECT ${Array.from({ length: 3_000 }, (_, index) => `sum(a.range * ${index} + b.range)`).join(', ')} FROM range(100000) AS a, range(100000) AS b`
    const others = Array.from({ length: 4 }, () => new AbortController())
    const busy = others.map((other) => database.read([{ sql: wide, parameters: [] }], other.signal))
    const outcomes = Promise.allSettled(busy)
    const waiting = new AbortController()
    const waits = database.read([ONE], waiting.signal)
    waiting.abort(new Error('gone'))
    // The four go on meanwhile.
    await expect(waits).rejects.toThrow('gone')
    for (const other of others) other.abort()
    await outcomes
    expect(await database.read([ONE], never)).toHaveLength(1)
  })

  it('undoes a transaction that fails half way', async () => {
    const insert = { sql: 'INSERT INTO applied VALUES ($1, $2)', parameters: ['b', 1] }
    const failing = database.exclusively((transact) =>
      transact(async (run) => {
        await run(insert)
        await run({ sql: 'SELECT no_such_column', parameters: [] })
      }),
    )
    await expect(failing).rejects.toThrow('write: store unavailable')
    const count = { sql: 'SELECT count(*) FROM applied', parameters: [] }
    expect((await database.read([count], never))[0]?.columns).toEqual([[0]])
  })

  it('tells a question that needs too much memory, or is wrong, from a file that cannot be read', async () => {
    const large = { sql: 'SELECT list(md5(range::VARCHAR)) FROM range(20000000)', parameters: [] }
    await expect(database.read([large], never)).rejects.toMatchObject({ trouble: 'memory' })
    const wrong = { sql: 'SELECT no_such_column', parameters: [] }
    await expect(database.read([wrong], never)).rejects.toMatchObject({ trouble: 'mistake' })
    expect(await database.read([ONE], never)).toHaveLength(1)
  })

  it('keeps its rows when it is made smaller, while reads wait', async () => {
    const rows = 200_000
    const fill = `INSERT INTO records SELECT 'gap', range::VARCHAR, 1, range, range, md5(range::VARCHAR) FROM range(${String(rows)})`
    await database.exclusively(async () => {
      await database.maintain({ sql: fill, parameters: [] })
      await database.maintain({ sql: 'DELETE FROM records WHERE revision = 1 AND from_time % 10 <> 0', parameters: [] })
    })
    const sum = { sql: 'SELECT count(*), sum(from_time) FROM records', parameters: [] }
    const before = await database.read([sum], never)
    let done = false
    const compacting = database
      .exclusively(() => database.compact())
      .finally(() => {
        done = true
      })
    while (!done) expect(await database.read([sum], never)).toEqual(before)
    await compacting
    expect(await database.read([sum], never)).toEqual(before)
  })
})
