import type { Readable } from 'node:stream'
import { openData, type Surroundings } from '../app.ts'
import type { Config } from '../config/config.ts'
import { openRecording } from '../source/source.ts'
import { Shutdown } from '../shutdown.ts'
import { recordingName } from './recorded-input.ts'
import { difference, summarize } from './replay-summary.ts'
import type { ReplaySummary } from './replay-summary.ts'

export interface ReplayOptions {
  /** Files and directories; `-` is standard input. */
  readonly files: readonly string[]
  /** Name of the cluster in the observations. */
  readonly cluster: string
  readonly signal: AbortSignal
}

export interface ReplayReport {
  /** Now and then. */
  readonly progress: (progress: { readonly received: number; readonly stored: number }) => void
  /** For what could not be used: `events.jsonl:7: not JSON …`. */
  readonly refused: (text: string) => void
}

const PROGRESS_EVERY_MS = 200

/** Plays recordings through all stages into the data directory, waits until the store has them, and says what came of it. */
export async function replay(
  config: Config,
  { files, cluster, signal }: ReplayOptions,
  { progress, refused }: ReplayReport,
  surroundings: Surroundings & { readonly stdin: Readable },
): Promise<ReplaySummary> {
  const shutdown = new Shutdown()
  try {
    const data = await openData(config, { ...surroundings, onRefused: refused }, shutdown)
    const before = data.buffer.accounts()
    const sinceThen = () => difference(data.buffer.accounts(), before)
    const started = performance.now()
    let passedOver = 0
    const ticking = setInterval(() => progress(sinceThen()), PROGRESS_EVERY_MS)
    shutdown.onStop('progress', async () => clearInterval(ticking))
    const { maxLineBytes: maxEventBytes, speed, ...options } = config.recordings
    const batches = openRecording({
      ...options,
      maxEventBytes,
      speed: speed === 0 ? null : speed,
      paths: files,
      name: recordingName(files),
      cluster,
      spoolDirectory: data.spoolDirectory,
      clock: surroundings.clock,
      stdin: surroundings.stdin,
      signal,
      onPassedOver: (files, text) => {
        passedOver = files
        refused(text)
      },
    })
    for await (const batch of batches) await data.line.accept(batch, signal)
    await data.line.settle(signal)
    const seconds = (performance.now() - started) / 1_000
    return await summarize(data, { accounts: sinceThen(), passedOver, seconds, now: surroundings.clock() }, signal)
  } finally {
    await shutdown.stop()
  }
}
