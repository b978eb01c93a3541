import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const FOREIGN = 'notes.txt'
const COLLECTOR = join(import.meta.dirname, '..', '..', 'collector')

describe('what a collector writes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-private-'))
  const data = join(directory, 'data')
  afterAll(() => rmSync(directory, { recursive: true }))

  async function runUntilStored(): Promise<string> {
    const words = ['run', '--data', data, '--play', join(COLLECTOR, 'recordings', 'shop.jsonl.gz')]
    const environment = { PATH: process.env['PATH'], HOME: directory, EVENTLOOM_API_PORT: '0' }
    const child = spawn(process.execPath, [join(COLLECTOR, 'bin', 'eventloom.mjs'), ...words], { env: environment })
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    await expect.poll(() => existsSync(join(data, 'collector.json')), { timeout: 30_000 }).toBe(true)
    const isOpen = (name: string) => (statSync(join(data, name)).mode & 0o077) !== 0
    const open = readdirSync(data).filter((name) => name !== FOREIGN && isOpen(name))
    expect(open).toEqual([])
    child.kill()
    await once(child, 'exit')
    return said
  }

  it('is for its owner alone, also what an earlier version left open', async () => {
    await runUntilStored()
    expect(statSync(data).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(data)) chmodSync(join(data, name), 0o644)
    rmSync(join(data, 'spool'), { recursive: true })
    chmodSync(data, 0o755)
    await runUntilStored()
    expect(statSync(data).mode & 0o777).toBe(0o700)
  })

  it('leaves a folder open in which other things lie, and says so', async () => {
    writeFileSync(join(data, FOREIGN), '')
    chmodSync(data, 0o755)
    expect(await runUntilStored()).toContain(`can enter the data folder ${data} (mode 755)`)
    expect(statSync(data).mode & 0o777).toBe(0o755)
  })
})
