import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What a recording remembers between runs. */
export interface RecordingState {
  /** Number of the file being written. */
  readonly file: number
  /** Its bytes that are safe; what follows was being written when the process died. */
  readonly bytes: number
  /** Where each stream goes on: JSON of the stream's key to resourceVersion. */
  readonly positions: Readonly<Record<string, string>>
  /** Fingerprint of the key by which names were replaced; null where they are as they were. */
  readonly names: string | null
}

/** Thrown before anything is written, when a recording was begun with other names than it is to go on with. */
export class OtherNamesError extends Error {
  override readonly name = 'OtherNamesError'
  readonly code = 'OTHER_NAMES'

  constructor(directory: string) {
    super(
      `the recording in ${directory} was begun with other names, or its key is in another data folder: ` +
        'record into a new folder, or name the folder with its key by --data',
    )
  }
}

/** Thrown when the recording reached its size and was to stop there. */
export class RecordingFullError extends Error {
  override readonly name = 'RecordingFullError'
  readonly code = 'RECORDING_FULL'

  constructor(directory: string, maxBytes: number) {
    super(`the recording in ${directory} has reached ${maxBytes} bytes`)
  }
}

/** Hidden, so that a replay of the folder does not take it for events. */
const STATE_FILE = '.recording.json'

/** With rotation the oldest of this many files goes when the limit is reached. */
const FILES = 4

const FILE_NAME = /^events-(\d{6})\.jsonl\.gz$/

/**
 * The files of a recording: `events-000001.jsonl.gz` and so on, each a row of gzip members, so that a file is whole after
 * each append. State and data agree after a crash: what was appended after the last state is cut off again.
 */
export class RecordingFiles {
  readonly #directory: string
  readonly #maxBytes: number
  readonly #whenFull: 'stop' | 'rotate'
  #state: RecordingState

  /** Opens a recording or begins one. @throws OtherNamesError */
  constructor(options: { directory: string; maxBytes: number; whenFull: 'stop' | 'rotate'; names: string | null }) {
    this.#directory = options.directory
    this.#maxBytes = options.maxBytes
    this.#whenFull = options.whenFull
    mkdirSync(options.directory, { recursive: true })
    const stateFile = join(options.directory, STATE_FILE)
    this.#state = existsSync(stateFile)
      ? stateIn(readFileSync(stateFile, 'utf8'))
      : { file: 1, bytes: 0, positions: {}, names: options.names }
    if (this.#state.names !== options.names) throw new OtherNamesError(options.directory)
    this.#repair()
  }

  get state(): RecordingState {
    return this.#state
  }

  /** Bytes of all files. */
  get bytes(): number {
    return this.#files().reduce((sum, name) => sum + statSync(join(this.#directory, name)).size, 0)
  }

  /**
   * Appends lines and remembers the positions with them, both or neither.
   *
   * @throws RecordingFullError before anything is written
   */
  append(lines: readonly string[], positions: Readonly<Record<string, string>>): void {
    const member = lines.length === 0 ? Buffer.alloc(0) : gzipSync(lines.map((line) => `${line}\n`).join(''))
    const { file, bytes } = this.#placeFor(member.length)
    if (member.length > 0) appendDurably(this.#path(file), member)
    this.#save({
      ...this.#state,
      file,
      bytes: bytes + member.length,
      positions: { ...this.#state.positions, ...positions },
    })
  }

  #placeFor(bytes: number): { file: number; bytes: number } {
    const { file, bytes: used } = this.#state
    if (this.#whenFull === 'stop') {
      if (this.bytes + bytes > this.#maxBytes) throw new RecordingFullError(this.#directory, this.#maxBytes)
      return { file, bytes: used }
    }
    const mustRotate = used > 0 && used + bytes > this.#maxBytes / FILES
    while (this.bytes + bytes > this.#maxBytes && this.#files().length > 1) {
      rmSync(join(this.#directory, this.#files()[0] ?? ''))
    }
    return mustRotate ? { file: file + 1, bytes: 0 } : { file, bytes: used }
  }

  /** Removes what a killed process appended without remembering it. */
  #repair(): void {
    const path = this.#path(this.#state.file)
    if (existsSync(path) && statSync(path).size > this.#state.bytes) truncateSync(path, this.#state.bytes)
    for (const name of this.#files()) {
      if (Number(FILE_NAME.exec(name)?.[1]) > this.#state.file) rmSync(join(this.#directory, name))
    }
  }

  #save(state: RecordingState): void {
    const path = join(this.#directory, STATE_FILE)
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
    this.#state = state
  }

  #files(): string[] {
    return readdirSync(this.#directory)
      .filter((name) => FILE_NAME.test(name))
      .sort()
  }

  #path(file: number): string {
    return join(this.#directory, `events-${String(file).padStart(6, '0')}.jsonl.gz`)
  }
}

/** Earlier versions had the key itself here, for every recording; nobody knows whether it was used. */
function stateIn(text: string): RecordingState {
  const {
    file,
    bytes,
    positions,
    names = null,
  } = JSON.parse(text) as Partial<RecordingState> & Pick<RecordingState, 'file' | 'bytes' | 'positions'>
  return { file, bytes, positions, names }
}

function appendDurably(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'a')
  try {
    writeSync(descriptor, bytes)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
