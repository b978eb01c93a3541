import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { aDay } from '../support/a-day.ts'
import { ask, COMMAND } from '../support/cli.ts'

let directory: string
let data: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-pipe-'))
  data = join(directory, 'data')
  writeFileSync(join(directory, 'day.jsonl'), aDay(5_000, 200))
  await ask(['replay', join(directory, 'day.jsonl'), '--data', data])
})
afterAll(() => rmSync(directory, { recursive: true }))

it.each([
  ['query * --json --limit 5000', 'head -1'],
  ['query * --limit 5000', 'true'],
  ['aggregate --group-by regarding.name --json', 'head -1'],
  ['patterns --json', 'true'],
])('%s | %s: a reader that leaves early gets what it took, and no word on standard error', async (words, reader) => {
  const { code, stderr } = await piped([...words.split(' '), '--data', data], reader)
  expect([0, 141]).toContain(code)
  expect(stderr).toBe('')
  expect(await ask(['events', '*', '--data', data, '--limit', '1'])).toMatchObject({ returned: 1 })
})

/** `eventloom ARGS | READER` under `set -o pipefail`. */
function piped(args: readonly string[], reader: string): Promise<{ code: number | null; stderr: string }> {
  const line = `set -o pipefail; ${[process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ')} | ${reader}`
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', line], { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (code) => resolve({ code, stderr }))
  })
}
