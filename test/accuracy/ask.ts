import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endpointNamed } from '../../collector/src/api/endpoints.ts'
import type { IncidentJson, IncidentsJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import { openData } from '../../collector/src/app.ts'
import { systemClock } from '../../collector/src/clock.ts'
import { parseConfig } from '../../collector/src/config/config.ts'
import { Shutdown } from '../../collector/src/shutdown.ts'
import { openRecording } from '../../collector/src/source/source.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'
import type { Case } from './truth.ts'

const never = new AbortController().signal

/** What `eventloom incidents --at AT --all --from FROM --json` prints. */
export type Ask = (at: string, from?: string) => Promise<readonly IncidentJson[]>

/** Replays a case into a store of its own, and lets `use` ask as often as it likes. */
export async function replayed<T>({ recordings, facts }: Case, use: (ask: Ask) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-accuracy-'))
  const paths = recordings.map((file, place) => copyOf(file, facts, join(data, String(place))))
  const shutdown = new Shutdown()
  const logger = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
  const config = parseConfig(JSON.stringify({ data, store: { kind: 'memory' } }), 'settings', {})
  try {
    const opened = await openData(config, { clock: systemClock, random: Math.random, logger }, shutdown)
    const { line, spoolDirectory, store, buffer } = opened
    const input = { paths, name: 'accuracy', cluster: 'accuracy', spoolDirectory }
    for await (const batch of openRecording({ ...input, clock: systemClock, signal: never })) {
      await line.accept(batch, never)
    }
    await line.settle(never)
    const deadLetters = () => ({ total: 0, letters: [] })
    const source = { reader: store, accounts: () => buffer.accounts(), deadLetters, now: systemClock() }
    return await use(async (at, from) => {
      const parameters = { at, all: true, limit: 1_000, ...(from === undefined ? {} : { from }) }
      const answer = await endpointNamed('incidents').answer(source, { path: {}, parameters }, never)
      return (answer as IncidentsJson).incidents
    })
  } finally {
    await shutdown.stop()
    rmSync(data, { recursive: true })
  }
}

/** Facts are found beside a recording of the same name. */
function copyOf(recording: string, facts: string | null, stem: string): string {
  if (facts !== null) copyFileSync(facts, `${stem}.objects.jsonl.gz`)
  copyFileSync(recording, `${stem}.jsonl.gz`)
  return `${stem}.jsonl.gz`
}
