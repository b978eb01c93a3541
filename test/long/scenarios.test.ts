import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { replayRecording } from '../support/replay-recording.ts'

const LAB = join(import.meta.dirname, '..', 'lab')
const SCENARIOS = join(LAB, 'scenarios')

/** The subset that is quick enough for every run. */
const fast = readdirSync(SCENARIOS)
  .filter((file) => file.endsWith('.yaml'))
  .filter((file) => (parse(readFileSync(join(SCENARIOS, file), 'utf8')) as { fast?: boolean }).fast === true)

/** `lab run` ends with 3 when an effect that the scenario promises did not show. */
async function runScenario(file: string, out: string): Promise<{ code: number; said: string }> {
  const child = spawn('bash', [join(LAB, 'lab.sh'), 'run', join(SCENARIOS, file), '--out', out])
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code: code ?? 1, said }
}

describe('fast scenarios run on a real cluster, and their recordings pass the line', () => {
  it('has some', () => expect(fast.length).toBeGreaterThanOrEqual(4))

  it.each(fast)('%s', async (file) => {
    const out = mkdtempSync(join(tmpdir(), 'eventloom-scenario-'))
    try {
      const { code, said } = await runScenario(file, out)
      expect(code, said).toBe(0)
      const { observations, correlations } = await replayRecording(join(out, 'events.jsonl'))
      const lines = readFileSync(join(out, 'events.jsonl'), 'utf8').trimEnd().split('\n')
      const versions = lines.filter((line) => /^\{"type":"(ADDED|MODIFIED)"/.test(line))
      expect(observations).toHaveLength(new Set(versions.map((line) => line.replace(/^\{"type":"\w+"/, ''))).size)
      expect(correlations.length).toBeGreaterThan(0)
    } finally {
      rmSync(out, { recursive: true })
    }
  })
})
