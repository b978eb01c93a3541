import type { StreamKey } from '../../event/delivery.ts'
import { watchNotices, type NoticeBatch, type WatchEventsOptions } from '../kubernetes/watch-events.ts'
import { RecordingFiles } from './recording-files.ts'
import { Pseudonymizer } from './pseudonymize.ts'

export { OtherNamesError, RecordingFullError } from './recording-files.ts'

export interface RecordOptions extends Omit<WatchEventsOptions, 'resumeFrom' | 'canRead'> {
  /** Where the recording is, or is to be. An earlier one goes on where it ended. */
  readonly directory: string
  /** Of all files together, compressed. */
  readonly maxBytes: number
  /** At the limit: end with RecordingFullError, or remove the oldest quarter. */
  readonly whenFull: 'stop' | 'rotate'
  /**
   * Replace names by pseudonyms (`pseudonymize.ts`) under this key, which nobody can guess; null keeps names. The same for each run of a
   * recording, and never in its folder.
   */
  readonly pseudonymKey: string | null
  readonly onProgress: (progress: RecordProgress) => void
}

export interface RecordProgress {
  /** Versions written since the start. */
  readonly events: number
  /** Of all files. */
  readonly bytes: number
}

/** Lines that wait to be compressed together: enough to compress well, few enough to lose nothing worth mentioning. */
const LINES_PER_MEMBER = 2_000

/** A quiet cluster's lines are written this often. */
const WRITE_EVERY_MS = 2_000

/**
 * Writes the stream of a cluster as a recording that `replay` reads: watch lines `{type, object}`, gzip. A list's versions
 * are `ADDED`; deletions are not written, since all they say is that an event's hour was over. After a kill the recording
 * goes on where it ended: nothing twice but what a new list repeats, and a replay knows that by id.
 *
 * @throws RecordingFullError
 * @throws OtherNamesError the recording was begun with other names.
 */
export async function record(options: RecordOptions): Promise<void> {
  const pseudonymizer = options.pseudonymKey === null ? null : new Pseudonymizer(options.pseudonymKey)
  const files = new RecordingFiles({ ...options, names: pseudonymizer?.fingerprint ?? null })
  const writer = new Writer(files, pseudonymizer, options)
  const stop = new AbortController()
  const abort = () => stop.abort()
  options.signal.addEventListener('abort', abort, { once: true })
  if (options.signal.aborted) abort()
  const batches = watchNotices({
    ...options,
    signal: stop.signal,
    resumeFrom: (stream) => files.state.positions[positionKey(stream, pseudonymizer)] ?? null,
    canRead: () => Promise.resolve(),
  })
  // What a quiet cluster says must not wait for more. When it cannot be written, reading stops.
  const ticking = writeRegularly(writer, options, stop.signal).finally(abort)
  ticking.catch(() => undefined) // Awaited below; until then it must not count as unhandled.
  try {
    for await (const batch of batches) writer.take(batch)
  } finally {
    abort()
    options.signal.removeEventListener('abort', abort)
  }
  await ticking
  writer.write()
}

async function writeRegularly(writer: Writer, { delay }: RecordOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(WRITE_EVERY_MS, signal).catch(() => undefined)
    if (!signal.aborted) writer.write()
  }
}

/** A stream's path and selector may name namespaces. */
function positionKey(stream: StreamKey, pseudonymizer: Pseudonymizer | null): string {
  const key = JSON.stringify(stream)
  return pseudonymizer?.secret(key) ?? key
}

class Writer {
  readonly #files: RecordingFiles
  readonly #pseudonymizer: Pseudonymizer | null
  readonly #options: RecordOptions
  #lines: string[] = []
  #positions: Record<string, string> = {}
  #events = 0

  constructor(files: RecordingFiles, pseudonymizer: Pseudonymizer | null, options: RecordOptions) {
    this.#files = files
    this.#pseudonymizer = pseudonymizer
    this.#options = options
  }

  take({ deliveries, position }: NoticeBatch): void {
    for (const delivery of deliveries) {
      if (delivery.kind !== 'event') continue
      const object = this.#pseudonymizer?.event(delivery.raw) ?? delivery.raw
      this.#lines.push(JSON.stringify({ type: delivery.type, object }))
    }
    if (position !== null) this.#positions[positionKey(position.stream, this.#pseudonymizer)] = position.resourceVersion
    if (this.#lines.length >= LINES_PER_MEMBER) this.write()
  }

  write(): void {
    if (this.#lines.length === 0 && Object.keys(this.#positions).length === 0) return
    this.#files.append(this.#lines, this.#positions)
    this.#events += this.#lines.length
    this.#lines = []
    this.#positions = {}
    this.#options.onProgress({ events: this.#events, bytes: this.#files.bytes })
  }
}
