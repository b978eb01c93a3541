import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { openRecording } from '../source/source.ts'
import type { Input } from './input-kind.ts'

/** Ordinary life of a shop and storage at its limit: `collector/recordings/README.md`. */
const SHIPPED_RECORDING = fileURLToPath(new URL('../../recordings/shop.jsonl.gz', import.meta.url))

/** Recordings to be looked at, with their own times unless the configuration says otherwise. */
export function playing(paths: readonly string[], { maxLineBytes, speed, ...passes }: Config['recordings']): Input {
  const pace = { maxEventBytes: maxLineBytes, speed: speed === 0 ? null : speed, ...passes }
  return recorded(`playing ${paths.join(', ')}`, { ...pace, paths, name: recordingName(paths), cluster: 'recording' })
}

/** What there is to see where no cluster can be reached. */
export function playingTheShipped(): Input {
  if (!existsSync(SHIPPED_RECORDING)) throw new Error(`the shipped recording is missing: ${SHIPPED_RECORDING}`)
  const doing = 'no cluster reachable through the current kubeconfig: playing the shipped recording (a shop whose storage reaches its limit, times moved to now)' // prettier-ignore
  return recorded(doing, { paths: [SHIPPED_RECORDING], name: 'shop', cluster: 'shop', rebase: true, speed: null })
}

/** What a data directory holds, and nothing new. */
export function showing(directory: string): Input {
  const doing = `no cluster is configured or known to kubectl: showing what ${directory} holds`
  return { doing, kind: 'nothing', sources: () => [], close: async () => undefined }
}

/** What observations of these recordings are said to come from. */
export function recordingName(paths: readonly string[]): string {
  return basename(paths[0] ?? '').replace(/\..*$/, '') || 'stdin'
}

function recorded(
  doing: string,
  what: Omit<Parameters<typeof openRecording>[0], 'spoolDirectory' | 'clock' | 'signal'>,
): Input {
  return {
    doing,
    kind: 'recording',
    sources: ({ spoolDirectory }, _states, signal) => [
      () => openRecording({ ...what, spoolDirectory, clock: systemClock, signal }),
    ],
    close: async () => undefined,
  }
}
