import fc from 'fast-check'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReplaySummary } from '../../collector/src/run/replay-summary.ts'
import { isBalanced, type Accounts } from '../../collector/src/event/outcome.ts'
import { ask } from '../support/cli.ts'
import { startCollector, until } from '../support/collector-process.ts'
import { startFakeApiServer } from '../support/fake-api-server.ts'
import { nastyEvents, wellTypedEvents } from '../support/raw-events.ts'

/** Half recorded, half watched. */
const EACH = 50_000
/** Generated so many at a time: all at once would need gigabytes. */
const PORTION = 5_000

/** What ended some other way than it should: a stage that threw. */
const FAILED = 'stage failed'

describe('one hundred thousand events that nobody should send', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-fuzz-'))
  const seed = Number(process.env['EVENTLOOM_SEED'] ?? 20_261_125)
  const recording = join(directory, 'nasty.jsonl')
  const watched = join(directory, 'watched.jsonl')

  beforeAll(async () => {
    await write(recording, seed, (event) => JSON.stringify(event, withoutItems))
    await write(watched, seed + 1_000, (event) => JSON.stringify({ type: 'ADDED', object: event }))
  }, 300_000)

  afterAll(() => rmSync(directory, { recursive: true }))

  it('are played from a recording, and each has one outcome', async () => {
    const { received, outcomes, balanced, observations } = await ask<ReplaySummary>([
      'replay',
      recording,
      '--data',
      join(directory, 'replayed'),
    ])
    expect({ received, balanced }, `seed ${seed}`).toEqual({ received: EACH, balanced: true })
    expect(outcomes.dropped[FAILED], `seed ${seed}`).toBeUndefined()
    expect(observations).toBe(outcomes.stored)
    expect(observations).toBeGreaterThan(EACH / 4)
  }, 240_000)

  it('are watched, and each has one outcome', async () => {
    const server = await startFakeApiServer()
    server.fail('watch', { kind: 'inject', bytes: readFileSync(watched) })
    const collector = await startCollector({ data: join(directory, 'data'), kubeconfig: server.kubeconfig })
    const accounts = () => collector.get<Accounts>('/api/v1/accounts')
    try {
      const isDone = async () => {
        const { received, buffered } = await accounts()
        return received >= EACH && buffered === 0
      }
      await until(
        isDone,
        200_000,
        async () => `seed ${seed}: ${JSON.stringify(await accounts())}\n${collector.output()}`,
      )
      const ended = await accounts()
      expect({ received: ended.received, isBalanced: isBalanced(ended) }).toEqual({ received: EACH, isBalanced: true })
      expect(ended.dropped[FAILED], `seed ${seed}\n${collector.output()}`).toBeUndefined()
      server.etcd.create({ name: 'after-all.x' })
      await until(
        async () => (await accounts()).received > EACH,
        60_000,
        () => collector.output(),
      )
      expect(await collector.stop()).toBe(0)
    } finally {
      await collector.kill()
      await server.close()
    }
  }, 300_000)
})

/** In a recording an object with `items` is a list, and counts as what it holds. */
function withoutItems(key: string, value: unknown): unknown {
  return key === 'items' ? undefined : value
}

async function write(file: string, seed: number, line: (event: unknown) => string): Promise<void> {
  const stream = createWriteStream(file)
  for (let made = 0; made < EACH; made += PORTION) {
    const nasty = fc.sample(nastyEvents, { numRuns: PORTION / 2, seed: seed + made })
    const fair = fc.sample(wellTypedEvents, { numRuns: PORTION / 2, seed: seed - made })
    stream.write(nasty.flatMap((event, index) => [line(event), line(fair[index])]).join('\n') + '\n')
  }
  stream.end()
  await finished(stream)
}
