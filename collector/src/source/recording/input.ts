import { createReadStream, lstatSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'

/** One file, or standard input, to read a recording or facts from. */
export interface RecordingInput {
  /** The path as given or found, `stdin` for standard input. */
  readonly name: string
  readonly holds: 'events' | 'facts'
  /** Found by walking a directory, so that it need not hold events at all. */
  readonly isFound: boolean
  /** Bytes as they lie in the file. */
  open(): Readable
}

/** A path that was asked for does not exist or may not be read. Nothing was read. */
export class RecordingUnreadableError extends Error {
  override readonly name = 'RecordingUnreadableError'
  readonly code = 'RECORDING_UNREADABLE'
  readonly path: string

  constructor(path: string, advice: string, options: { cause?: unknown } = {}) {
    super(`read ${path}: ${advice}`, options)
    this.path = path
  }
}

/** Chunks of this size keep the event loop's turns at some ms. */
const CHUNK_BYTES = 131_072

const COMPRESSED = String.raw`(?:\.gz|\.zst)?$`
const RECORDING_NAME = new RegExp(String.raw`\.(?:json|jsonl|ndjson|log|ya?ml)${COMPRESSED}`)
const FACTS_NAME = new RegExp(String.raw`\.objects\.jsonl${COMPRESSED}`)
const FACTS_ENDINGS = ['.objects.jsonl', '.objects.jsonl.gz', '.objects.jsonl.zst']

const RECORDING_NAMES = '.json, .jsonl, .ndjson, .log, .yaml or .yml, also with .gz or .zst'

/** Names of files shown in a message; the rest is counted. */
const MOST_SHOWN = 5

/** What paths stand for. */
export interface Listed {
  readonly inputs: readonly RecordingInput[]
  /** Files of directories whose name is none of a recording. */
  readonly passedOver: readonly string[]
}

/**
 * The inputs that paths stand for, in order: files, directories (walked by name for `.json`, `.jsonl`, `.ndjson`, `.log`,
 * `.yaml` and `.yml`, also with `.gz` or `.zst`), and `-` for standard input. `NAME.objects.jsonl` beside `NAME.jsonl` holds
 * facts.
 *
 * @throws RecordingUnreadableError a path does not exist, or is a directory without any such file.
 */
export function listInputs(paths: readonly string[], stdin: Readable | undefined): Listed {
  const listed = paths.map((path) => listPath(path, stdin))
  const known = new Set<string>()
  return {
    inputs: listed.flatMap(({ inputs }) => inputs).filter(({ name }) => !known.has(name) && known.add(name)),
    passedOver: [...new Set(listed.flatMap(({ passedOver }) => passedOver))],
  }
}

/** `a.txt, b.tar and 3 more`. */
export function namesShown(names: readonly string[]): string {
  const more = names.length - MOST_SHOWN
  const shown = names.slice(0, MOST_SHOWN).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}

function listPath(path: string, stdin: Readable | undefined): Listed {
  if (path === '-') {
    if (stdin === undefined) throw new RecordingUnreadableError('-', 'there is no standard input here; name a file')
    return { inputs: [{ name: 'stdin', holds: 'events', isFound: false, open: () => stdin }], passedOver: [] }
  }
  if (isDirectory(path)) return listDirectory(path)
  const files = [path, ...factsBeside(path)]
  return { inputs: files.map((file) => fileInput(file, false)), passedOver: [] }
}

function listDirectory(directory: string): Listed {
  const files = filesIn(directory)
  const recordings = files.filter((file) => RECORDING_NAME.test(file))
  const passedOver = files.filter((file) => !RECORDING_NAME.test(file))
  if (recordings.length === 0) {
    const others = passedOver.length === 0 ? '' : `; there are ${namesShown(passedOver)}`
    throw new RecordingUnreadableError(
      directory,
      `no file in it is named as a recording is (${RECORDING_NAMES})${others}`,
    )
  }
  return { inputs: recordings.map((file) => fileInput(file, true)), passedOver }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    throw new RecordingUnreadableError(path, 'no such file or directory, or not readable', { cause })
  }
}

function fileInput(path: string, isFound: boolean): RecordingInput {
  return {
    name: path,
    holds: FACTS_NAME.test(path) ? 'facts' : 'events',
    isFound,
    open: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }),
  }
}

/** Links are not followed: a bundle may hold circles, and links to what its maker wants to see read. */
function filesIn(directory: string): readonly string[] {
  const files: string[] = []
  const directories = [directory]
  for (let next = directories.pop(); next !== undefined; next = directories.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      if (entry.isDirectory()) directories.push(join(next, entry.name))
      else if (entry.isFile()) files.push(join(next, entry.name))
    }
  }
  return files.sort()
}

function factsBeside(path: string): readonly string[] {
  if (FACTS_NAME.test(path) || !RECORDING_NAME.test(basename(path))) return []
  const stem = path.replace(RECORDING_NAME, '')
  return FACTS_ENDINGS.map((ending) => stem + ending).filter((file) =>
    lstatSync(file, { throwIfNoEntry: false })?.isFile(),
  )
}
