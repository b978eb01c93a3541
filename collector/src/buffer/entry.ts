import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib'
import type { Observation } from '../event/observation.ts'
import type { StoreRecord } from '../event/record.ts'

/** A row as buffered. */
export interface BufferedRow {
  readonly observation: Observation
  /** The gate could not ask the store: it must look before it appends. */
  readonly undecided: boolean
  /** Key of the chain, see `gate/`. */
  readonly chain: string
  /** Highest count of the chain, this version included (frame §6.4). */
  readonly highestCount: number
}

/** What one commit put into the buffer. */
export interface EntryBody {
  readonly rows: readonly BufferedRow[]
  readonly records: readonly StoreRecord[]
}

/** The fastest level: what it saves SQLite in writing is worth more than a better ratio. */
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

export function encodeEntry(body: EntryBody): Uint8Array {
  return zstdCompressSync(JSON.stringify(body), COMPRESSION)
}

export function decodeEntry(body: Uint8Array): EntryBody {
  return JSON.parse(zstdDecompressSync(body).toString('utf8')) as EntryBody
}
