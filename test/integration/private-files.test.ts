import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const COLLECTOR = join(import.meta.dirname, '..', '..', 'collector')

describe('what a collector writes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-private-'))
  const data = join(directory, 'data')
  afterAll(() => rmSync(directory, { recursive: true }))

  async function runUntilStored(): Promise<void> {
    const words = ['run', '--data', data, '--play', join(COLLECTOR, 'recordings', 'shop.jsonl.gz')]
    const environment = { PATH: process.env['PATH'], HOME: directory, EVENTLOOM_API_PORT: '0' }
    const child = spawn(process.execPath, [join(COLLECTOR, 'bin', 'eventloom.mjs'), ...words], { env: environment })
    await expect.poll(() => existsSync(join(data, 'collector.json')), { timeout: 30_000 }).toBe(true)
    const open = readdirSync(data).filter((name) => (statSync(join(data, name)).mode & 0o077) !== 0)
    expect(open).toEqual([])
    child.kill()
    await once(child, 'exit')
  }

  it('is for its owner alone, also what an earlier version left open', async () => {
    await runUntilStored()
    expect(statSync(data).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(data)) chmodSync(join(data, name), 0o644)
    rmSync(join(data, 'spool'), { recursive: true })
    await runUntilStored()
  })
})
