import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SHIPPED_VERSIONS } from '../support/shipped-recording.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const DOCKERFILE = readFileSync(join(ROOT, 'collector', 'Dockerfile'), 'utf8')

/** No container can be started here: the steps of the Dockerfile run in an empty directory instead. */
describe('the image of the collector', () => {
  const image = mkdtempSync(join(tmpdir(), 'eventloom-image-'))
  beforeAll(() => {
    for (const [instruction, ...words] of steps()) {
      if (instruction === 'COPY') copy(words)
      else if (words[0] === 'npm') execFileSync('npm', words.slice(1), { cwd: image, stdio: 'pipe' })
    }
  })
  afterAll(() => rmSync(image, { recursive: true }))

  it('holds what the collector needs to play the recording it ships, and to stop on SIGTERM', async () => {
    const data = join(image, 'data')
    const token = join(image, 'token')
    writeFileSync(token, 'a-token-of-this-test', { mode: 0o600 })
    const [command = '', ...words] = entrypoint()
    const collector = spawn(
      command === 'node' ? process.execPath : command,
      [...words, 'run', '--play-when-unreachable'],
      {
        cwd: image,
        stdio: 'ignore',
        env: {
          PATH: process.env['PATH'],
          KUBECONFIG: '/nonexistent',
          EVENTLOOM_DATA: data,
          EVENTLOOM_API_PORT: '0',
          EVENTLOOM_API_TOKEN_FILE: token,
        },
      },
    )
    const ended = new Promise<number | null>((resolve) => collector.once('exit', resolve))
    try {
      await expect
        .poll(() => stored(data, 'a-token-of-this-test'), { timeout: 60_000, interval: 500 })
        .toBe(SHIPPED_VERSIONS)
    } finally {
      collector.kill('SIGTERM')
    }
    expect(await Promise.race([ended, delay(20_000, 'still running')])).toBe(0)
  })

  it('runs as nobody and keeps its data in the directory that compose and Kubernetes mount', () => {
    expect(DOCKERFILE).toMatch(/^USER 65532:65532$/m)
    expect(DOCKERFILE).toMatch(/^VOLUME \/var\/lib\/eventloom$/m)
  })

  function copy(words: readonly string[]): void {
    if (words[0]?.startsWith('--from')) return
    const target = words.at(-1) ?? '.'
    for (const source of words.slice(0, -1)) {
      const to = join(image, target === './' ? source : target)
      mkdirSync(dirname(to), { recursive: true })
      cpSync(join(ROOT, source), to, { recursive: true, filter: (path) => !path.includes('node_modules') })
    }
  }
})

/** COPY and RUN, each split into its words; stages are laid over one another. */
function steps(): readonly (readonly string[])[] {
  return DOCKERFILE.split('\n')
    .filter((line) => /^(COPY|RUN) /.test(line))
    .map((line) => line.split(' '))
}

function entrypoint(): readonly string[] {
  return JSON.parse(/^ENTRYPOINT (.*)$/m.exec(DOCKERFILE)?.[1] ?? '[]') as readonly string[]
}

async function stored(data: string, token: string): Promise<number> {
  try {
    const { url } = JSON.parse(readFileSync(join(data, 'collector.json'), 'utf8')) as { readonly url: string }
    const answer = await fetch(`${url}/api/v1/statistics`, { headers: { authorization: `Bearer ${token}` } })
    return ((await answer.json()) as { readonly observations: number }).observations
  } catch {
    return 0
  }
}
