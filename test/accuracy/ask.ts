import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { endpointNamed } from '../../collector/src/api/endpoints.ts'
import type { IncidentsJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import { openData } from '../../collector/src/app.ts'
import { systemClock } from '../../collector/src/clock.ts'
import { parseConfig } from '../../collector/src/config/config.ts'
import { Shutdown } from '../../collector/src/shutdown.ts'
import { openRecording } from '../../collector/src/source/source.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'

const never = new AbortController().signal

/**
 * What `eventloom incidents --at AT --all --json` prints after the recordings were replayed.
 *
 * @param withFacts whether what `objects.jsonl.gz` beside a recording tells of objects is used as well.
 */
export async function askIncidents(
  recordings: readonly string[],
  at: string,
  withFacts: boolean,
): Promise<IncidentsJson> {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-accuracy-'))
  const paths = recordings.map((file, place) => copyOf(file, join(data, String(place)), withFacts))
  const shutdown = new Shutdown()
  const logger = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
  const config = parseConfig(JSON.stringify({ data, store: { kind: 'memory' } }), 'settings', {})
  try {
    const opened = await openData(config, { clock: systemClock, random: Math.random, logger }, shutdown)
    const { line, spoolDirectory, store } = opened
    const input = { paths, name: 'accuracy', cluster: 'accuracy', spoolDirectory }
    for await (const batch of openRecording({ ...input, clock: systemClock, signal: never })) {
      await line.accept(batch, never)
    }
    await line.settle(never)
    const source = {
      reader: store,
      accounts: () => opened.buffer.accounts(),
      deadLetters: () => ({ total: 0, letters: [] }),
      now: systemClock(),
    }
    const parameters = { at, all: true, limit: 1_000 }
    return (await endpointNamed('incidents').answer(source, { path: {}, parameters }, never)) as IncidentsJson
  } finally {
    await shutdown.stop()
    rmSync(data, { recursive: true })
  }
}

/** Facts are found beside a recording of the same name. */
function copyOf(recording: string, stem: string, withFacts: boolean): string {
  const facts = join(dirname(recording), 'objects.jsonl.gz')
  if (withFacts && existsSync(facts)) copyFileSync(facts, `${stem}.objects.jsonl.gz`)
  copyFileSync(recording, `${stem}.jsonl.gz`)
  return `${stem}.jsonl.gz`
}
