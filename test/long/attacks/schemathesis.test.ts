import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { POD_BYTES } from '../../support/attacked-collector.ts'
import { startCollector, until, type CollectorProcess } from '../../support/collector-process.ts'
import { schemathesis } from '../../support/schemathesis.ts'
import { SHIPPED_VERSIONS } from '../../support/shipped-recording.ts'

const RECORDING = join(import.meta.dirname, '../../../collector/recordings/shop.jsonl.gz')

/** The form of a query, a time, a zone or an id says not all: what has it may still be none, and is refused. */
const NOT_PROMISED = 'positive_data_acceptance'

let data = ''
let collector: CollectorProcess

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'eventloom-schemathesis-'))
  collector = await startCollector({ data, kubeconfig: '', flags: ['--play', RECORDING], timeoutMs: 120_000 })
  const stored = async () => (await collector.get<{ observations: number }>('/api/v1/statistics')).observations
  await until(
    async () => (await stored()) === SHIPPED_VERSIONS,
    120_000,
    () => collector.output(),
  )
}, 300_000)

afterAll(async () => {
  await collector.kill()
  rmSync(data, { recursive: true })
})

it('answers whatever its OpenAPI document allows or forbids as the document says', async () => {
  const { code, said } = await run(schemathesis() ?? 'python3', [
    ...['-m', 'schemathesis.cli', 'run', `${collector.url}/openapi.json`, '--exclude-checks', NOT_PROMISED],
    ...['--max-examples', '20', '--seed', '1', '--continue-on-failure', '--warnings', 'off'],
  ])
  expect(code, said).toBe(0)
  expect(said).toMatch(/Tested: \d\d/)
  expect(await collector.text('/healthz')).toContain('ok')
  expect(collector.output()).not.toContain('A request failed')
  expect(collector.residentBytes()).toBeLessThan(POD_BYTES)
})

async function run(command: string, args: readonly string[]): Promise<{ code: unknown; said: string }> {
  const child = spawn(command, args, {
    cwd: data,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [unknown]
  return { code, said }
}
