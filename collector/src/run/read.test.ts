import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { openFolder, type Surroundings } from '../app.ts'
import { OutcomeCounts } from '../buffer/buffer.ts'
import { defaultConfig, type Config } from '../config/config.ts'
import { keyOfChain } from '../gate/gate.ts'
import { Shutdown } from '../shutdown.ts'
import { createLogger } from '../telemetry/logger.ts'
import { openReader } from './read.ts'

const never = new AbortController().signal
const logger = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
const surroundings: Surroundings = { clock: () => NOON, random: () => 0, logger }
const LAST_DAY = {
  from: NOON - 1,
  to: NOON + 1,
  filter: { op: 'all' },
  view: 'observations',
  order: 'newest',
  limit: 9,
} as const

let config: Config
beforeEach(() => {
  config = { ...defaultConfig(), data: mkdtempSync(join(tmpdir(), 'eventloom-read-')) }
})
afterEach(() => rmSync(config.data, { recursive: true }))

/** A folder as a crash leaves it: with rows that the store does not have yet, or with none. */
async function leaveFolder(rows: number): Promise<void> {
  const shutdown = new Shutdown()
  const { buffer } = await openFolder(config, surroundings, shutdown)
  const observations = Array.from({ length: rows }, (_, row) =>
    anObservation({ id: 'x'.repeat(21) + (row === 0 ? 'A' : 'Q') }),
  )
  buffer.commit({
    rows: observations.map((observation) => ({
      observation,
      chain: keyOfChain(observation),
      undecided: false,
      highestCount: 1,
    })),
    records: [],
    outcomes: new OutcomeCounts(),
    checkpoints: [],
    olderIds: [],
    heads: new Map(),
  })
  await shutdown.stop()
}

it('needs no stage, and so no rule, where the store has everything', async () => {
  await leaveFolder(0)
  const opened = await openReader({ ...config, rules: { ...config.rules, files: ['/nowhere.yaml'] } }, surroundings)
  expect(await opened.reader.events(LAST_DAY, never)).toMatchObject({ total: 0 })
  await opened.close()
})

it('shows what a crash left in the buffer', async () => {
  await leaveFolder(2)
  const opened = await openReader(config, surroundings)
  expect(await opened.reader.events(LAST_DAY, never)).toMatchObject({ total: 2 })
  expect(opened.accounts()).toMatchObject({ buffered: 0 })
  await opened.close()
})
