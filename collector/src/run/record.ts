import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Surroundings } from '../app.ts'
import type { Config } from '../config/config.ts'
import { record as recordCluster, RecordingFullError, streamsOf } from '../source/source.ts'
import { connectClusters } from './input.ts'
import { prepareRecording } from './prepare-recording.ts'

export interface RecordingOptions {
  /** File or directory to write to. */
  readonly out: string
  readonly maxBytes: number | null
  readonly redactNames: boolean
  readonly signal: AbortSignal
}

export interface RecordingProgress {
  readonly lines: number
  readonly bytes: number
}

export interface RecordingSummary extends RecordingProgress {
  readonly files: readonly string[]
  /** Why it ended, in words. */
  readonly ended: string
}

/** Enough for a day of a large cluster; what is on disk already counts. */
const DEFAULT_MAX_BYTES = 1_000_000_000

/**
 * Writes the raw stream of each configured cluster into a directory (with several clusters, one directory each), until
 * `signal` aborts or the bound is reached. A recording that is there already goes on where it ended.
 */
export async function record(
  config: Config,
  { out, maxBytes, redactNames, signal }: RecordingOptions,
  report: (progress: RecordingProgress) => void,
  {
    clock,
    random,
    logger,
    environment,
  }: Surroundings & { readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<RecordingSummary> {
  const clusters = await connectClusters(config, environment)
  const progress = new Map<string, RecordingProgress>()
  const total = (): RecordingProgress => {
    const all = [...progress.values()]
    return { lines: sum(all.map(({ lines }) => lines)), bytes: sum(all.map(({ bytes }) => bytes)) }
  }
  let ended = 'stopped'
  const recordings = clusters.map(async ({ wanted, cluster }, index) => {
    const name = redactNames ? `cluster-${index + 1}` : fileName(cluster.name)
    const directory = clusters.length === 1 ? resolve(out) : join(resolve(out), name)
    const { spoolDirectory, pseudonymKey } = await prepareRecording(directory, resolve(config.data), redactNames)
    try {
      await recordCluster({
        ...streamsOf(wanted),
        cluster,
        directory,
        maxBytes: Math.floor((maxBytes ?? DEFAULT_MAX_BYTES) / clusters.length),
        whenFull: 'stop',
        spoolDirectory,
        pseudonymKey,
        clock,
        random,
        delay: (ms, abort) => delay(ms, undefined, { signal: abort }),
        signal,
        onState: ({ lastError }) => void (lastError !== null && logger.warn(lastError)),
        onProgress: ({ events, bytes }) => {
          progress.set(directory, { lines: events, bytes })
          report(total())
        },
      })
    } catch (error) {
      if (!(error instanceof RecordingFullError)) throw error
      ended = `${error.message}. Move it away, or give a larger --max-bytes`
    } finally {
      await rm(spoolDirectory, { recursive: true, force: true })
    }
    return directory
  })
  try {
    const files = await Promise.all((await Promise.all(recordings)).map(filesOf))
    return { ...total(), files: files.flat(), ended }
  } finally {
    await Promise.all(clusters.map(({ cluster }) => cluster.close()))
  }
}

/** A context may be called anything. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]/g, '_').replace(/^\.+/, '_')
}

async function filesOf(directory: string): Promise<string[]> {
  const names = await readdir(directory)
  return names.filter((name) => !name.startsWith('.') && name.includes('.jsonl')).map((name) => join(directory, name))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
