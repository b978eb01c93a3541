import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const COMMAND = join(ROOT, 'collector', 'bin', 'eventloom.mjs')
const RECORDED = join(ROOT, 'test', 'lab', 'recordings', 'crash-loop')
const RECORDING = join(RECORDED, 'events.jsonl.gz')
const TRUTH = JSON.parse(readFileSync(join(RECORDED, 'truth.json'), 'utf8')) as { readonly ended: string }

interface Statistics {
  readonly observations: number
  readonly oldest: string
  readonly newest: string
}

describe('a recording to look at in Grafana', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-played-'))
  const data = join(directory, 'data')
  afterAll(() => rmSync(directory, { recursive: true }))

  /** `eventloom run` where there is no cluster, until `look` has answered. */
  async function withCollector(words: readonly string[], look: (url: string) => Promise<void>): Promise<string> {
    const child = spawn(process.execPath, [COMMAND, 'run', '--data', data, ...words], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory, KUBECONFIG: '/nonexistent', EVENTLOOM_API_PORT: '0' },
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (printed += text.toString()))
    const ended = once(child, 'exit')
    try {
      await expect
        .poll(() => child.exitCode !== null || existsSync(join(data, 'collector.json')), { timeout: 60_000 })
        .toBe(true)
      if (child.exitCode === null)
        await look((JSON.parse(readFileSync(join(data, 'collector.json'), 'utf8')) as { url: string }).url)
    } finally {
      child.kill('SIGTERM')
      await ended
    }
    return printed
  }

  const statistics = async (url: string) => (await (await fetch(`${url}/api/v1/statistics`)).json()) as Statistics
  const stored = (url: string) => expect.poll(async () => (await statistics(url)).observations, { timeout: 60_000 })

  it('is played with its own times, and served again without any cluster', async () => {
    let first: Statistics | undefined
    await withCollector(['--play', RECORDING], async (url) => {
      await stored(url).toBeGreaterThan(20)
      first = await statistics(url)
      expect(Date.parse(first.newest)).toBeLessThan(Date.parse(TRUTH.ended) + 60_000)
    })
    const printed = await withCollector([], async (url) => {
      const { observations, oldest, newest } = await statistics(url)
      expect({ observations, oldest, newest }).toMatchObject({ oldest: first?.oldest, newest: first?.newest })
    })
    expect(printed).toContain(`showing what ${data} holds`)
  })

  it('is played again in an empty store, so that a pass takes the place of the one before', async () => {
    rmSync(data, { recursive: true })
    await withCollector(['--play', RECORDING, '--rebase', '--play-again-every', '3s'], async (url) => {
      await stored(url).toBeGreaterThan(20)
      const { newest, observations } = await statistics(url)
      const again = async () => {
        const { url: next } = JSON.parse(readFileSync(join(data, 'collector.json'), 'utf8')) as { url: string }
        return await statistics(next)
      }
      await expect
        .poll(async () => (await again().catch(() => ({ newest }))).newest, { timeout: 60_000 })
        .not.toBe(newest)
      await expect
        .poll(async () => (await again().catch(() => ({ observations: 0 }))).observations, { timeout: 60_000 })
        .toBe(observations)
    })
  })

  it('empties no directory that held something else', async () => {
    rmSync(data, { recursive: true })
    await withCollector(['--play', RECORDING], async (url) => stored(url).toBeGreaterThan(20))
    writeFileSync(join(data, 'mine'), 'kept')
    const printed = await withCollector(['--play', RECORDING, '--play-again-every', '1h'], async () => undefined)
    expect(printed).toContain('holds something else')
    expect(readFileSync(join(data, 'mine'), 'utf8')).toBe('kept')
  })
})
