import { pipeline, Readable, type Duplex } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import type { RecordingInput } from './input.ts'

const GZIP = [0x1f, 0x8b]
const ZSTANDARD = [0x28, 0xb5, 0x2f, 0xfd]
const UTF_16_LITTLE_ENDIAN = [0xff, 0xfe]
const UTF_16_BIG_ENDIAN = [0xfe, 0xff]

/** A file that was cut ends like any other, so that what came before is not lost: the splitter tells the cut. */
const CUT_GZIP = { finishFlush: constants.Z_SYNC_FLUSH }
const CUT_ZSTANDARD = { finishFlush: constants.ZSTD_e_flush }

/**
 * The text of an input as UTF-8 bytes. Compression and UTF-16 (what Windows PowerShell writes) are told by the first
 * bytes, not by the name.
 *
 * Ends, perhaps with an error, when `signal` aborts: also while nothing comes from standard input.
 *
 * @throws what the file system or the decompressor throws, after everything that could be read.
 */
export async function* textChunks(input: RecordingInput, signal: AbortSignal): AsyncGenerator<Buffer> {
  const source = input.open()
  const stop = (): void => void source.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const first = await firstBytes(chunks)
    const all = joined(first, chunks)
    if (startsWith(first, GZIP)) yield* decompressed(all, createGunzip(CUT_GZIP))
    else if (startsWith(first, ZSTANDARD)) yield* decompressed(all, createZstdDecompress(CUT_ZSTANDARD))
    else if (startsWith(first, UTF_16_LITTLE_ENDIAN)) yield* decoded(all, 'utf-16le')
    else if (startsWith(first, UTF_16_BIG_ENDIAN)) yield* decoded(all, 'utf-16be')
    else yield* all
  } finally {
    signal.removeEventListener('abort', stop)
    source.destroy()
  }
}

/** At least four bytes, where there are so many. */
async function firstBytes(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let first = Buffer.alloc(0)
  while (first.length < ZSTANDARD.length) {
    const next = await chunks.next()
    if (next.done === true) break
    first = Buffer.concat([first, next.value])
  }
  return first
}

async function* joined(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
}

/** Errors of either stream come out of the iteration. */
function decompressed(chunks: AsyncIterable<Buffer>, decompressor: Duplex): AsyncIterable<Buffer> {
  return pipeline(Readable.from(chunks), decompressor, () => undefined) as AsyncIterable<Buffer>
}

async function* decoded(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }))
  yield Buffer.from(decoder.decode())
}

function startsWith(bytes: Buffer, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte)
}
