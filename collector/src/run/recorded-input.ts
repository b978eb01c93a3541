import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock, type EpochMicros } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { formatSeconds, parseRfc3339 } from '../event/rfc3339.ts'
import { openRecording } from '../source/source.ts'
import type { Input } from './input-kind.ts'

/** Ordinary life of a shop and storage at its limit: `collector/recordings/README.md`. */
const SHIPPED_RECORDING = fileURLToPath(new URL('../../recordings/shop.jsonl.gz', import.meta.url))

/** Recordings to be looked at, with their own times unless the configuration says otherwise. */
export function playing(paths: readonly string[], { maxLineBytes, speed, ...passes }: Config['recordings']): Input {
  const pace = { maxEventBytes: maxLineBytes, speed: speed === 0 ? null : speed, ...passes }
  return recorded(`playing ${paths.join(', ')}`, { ...pace, paths, name: recordingName(paths), cluster: 'recording' })
}

/**
 * What there is to see where no cluster can be reached, as if it had just happened. Another start with the same data directory
 * moves it to the same time, so that it goes on where it stopped and adds nothing that is there.
 */
export function playingTheShipped(dataDirectory: string): Input {
  if (!existsSync(SHIPPED_RECORDING)) throw new Error(`the shipped recording is missing: ${SHIPPED_RECORDING}`)
  const before = movedBefore(dataDirectory)
  const when =
    before === null
      ? 'now'
      : `${formatSeconds(before)}, when it was first played here: remove ${dataDirectory} to play it anew`
  const doing = `no cluster reachable through the current kubeconfig: playing the shipped recording (a shop whose storage reaches its limit, times moved to ${when})`
  const what = { paths: [SHIPPED_RECORDING], name: 'shop', cluster: 'shop', rebase: true, speed: null }
  return recorded(doing, what, moveAsBefore)
}

/** What a data directory holds, and nothing new. */
export function showing(directory: string): Input {
  const doing = `no cluster is configured or known to kubectl: showing what ${directory} holds`
  return { doing, kind: 'nothing', sources: () => [], beside: () => [], close: async () => undefined }
}

/** What observations of these recordings are said to come from. */
export function recordingName(paths: readonly string[]): string {
  return basename(paths[0] ?? '').replace(/\..*$/, '') || 'stdin'
}

function recorded(
  doing: string,
  what: Omit<Parameters<typeof openRecording>[0], 'spoolDirectory' | 'clock' | 'signal'>,
  moveTo: (dataDirectory: string) => EpochMicros = systemClock,
): Input {
  return {
    doing,
    kind: 'recording',
    sources: ({ directory, spoolDirectory }, _states, signal) => [
      () => openRecording({ ...what, rebaseTo: moveTo(directory), spoolDirectory, clock: systemClock, signal }),
    ],
    beside: () => [],
    close: async () => undefined,
  }
}

/** In the data directory: the time to which the shipped recording was moved when it was first played there. */
const MOVED_TO_FILE = 'demonstration.json'

function moveAsBefore(dataDirectory: string): EpochMicros {
  const movedTo = movedBefore(dataDirectory) ?? systemClock()
  writeFileSync(join(dataDirectory, MOVED_TO_FILE), `${JSON.stringify({ movedTo: formatSeconds(movedTo) })}\n`)
  return movedTo
}

/** Null when it was never played there, or the file is none of ours. */
function movedBefore(dataDirectory: string): EpochMicros | null {
  try {
    const { movedTo } = JSON.parse(readFileSync(join(dataDirectory, MOVED_TO_FILE), 'utf8')) as { movedTo?: unknown }
    return typeof movedTo === 'string' ? parseRfc3339(movedTo) : null
  } catch {
    return null
  }
}
