import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface SpoolItem {
  /** First sort key. A safe integer, or a fraction; not NaN. */
  readonly key: number
  /** Second sort key, for equal `key`. */
  readonly second: number
  /** Well-formed text without NUL, as JSON text is. */
  readonly text: string
}

/** Sorts more than fits into memory, in a file of its own. */
export interface Spool {
  /** Items added so far. */
  readonly size: number
  /** Adds a page in one transaction: all of it or, when this throws, nothing. */
  add(items: readonly SpoolItem[]): void
  /**
   * All items in (key, second, order of adding), in pages of `pageSize`; the last one may be shorter. May be called
   * again for another pass. Do not add while a drain is under way.
   */
  drain(pageSize: number): Iterable<readonly string[]>
  /** Deletes the file. May be called twice. */
  close(): void
}

/** The sort file could not be written or read: disk full or directory not writable. Nothing was lost; start again. */
export class SpoolError extends Error {
  override readonly name = 'SpoolError'
  readonly code = 'SPOOL'

  constructor(operation: string, directory: string, options: { cause: unknown }) {
    super(`${operation} the sort file in ${directory}: check that it is writable and has room`, options)
  }
}

/** SQLite's cache. It also bounds what a sort holds in memory before it asks for temporary files elsewhere. */
const CACHE_KILOBYTES = 32_768

/**
 * Up to here the index is made once, before the first drain, which halves the time of adding. From here on it is kept
 * while adding: sorting more than this (some 25 bytes an item) would not fit into the cache.
 */
const INDEX_ONCE_ITEMS = 500_000

// The file never outlives the process, so nothing of it has to survive a crash: no fsync, the journal in memory.
const SCHEMA = `
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA cache_size = -${CACHE_KILOBYTES};
  CREATE TABLE item (sequence INTEGER PRIMARY KEY, key INTEGER NOT NULL, second INTEGER NOT NULL, text TEXT NOT NULL);
`

const INDEX = 'CREATE INDEX IF NOT EXISTS item_order ON item (key, second, sequence)'

/**
 * A spool in a new file under `directory`, which is made when absent. On systems that allow it the file has no name
 * while it is in use, so that a killed process leaves nothing behind.
 *
 * @throws SpoolError when the file cannot be made; `add` and `drain` throw it when it cannot be written or read.
 */
export function createSpool({ directory }: { readonly directory: string }): Spool {
  const file = join(directory, `spool-${randomUUID()}.sqlite`)
  const database = attempt('make', directory, () => openFile(directory, file))
  const insert = database.prepare('INSERT INTO item (key, second, text) VALUES (?, ?, ?)')
  let size = 0
  let isOpen = true

  return {
    get size() {
      return size
    },
    add(items) {
      attempt('write', directory, () => {
        database.exec('BEGIN')
        for (const { key, second, text } of items) insert.run(key, second, text)
        database.exec('COMMIT')
        size += items.length
        if (size >= INDEX_ONCE_ITEMS) database.exec(INDEX)
      })
    },
    *drain(pageSize) {
      const rows = attempt('sort', directory, () => {
        database.exec(INDEX)
        return database.prepare('SELECT text FROM item ORDER BY key, second, sequence').iterate()
      })
      for (;;) {
        const page = attempt('read', directory, () => takeTexts(rows, pageSize))
        if (page.length > 0) yield page
        if (page.length < pageSize) return
      }
    },
    close() {
      if (!isOpen) return
      isOpen = false
      database.close()
      rmSync(file, { force: true })
    },
  }
}

function openFile(directory: string, file: string): DatabaseSync {
  mkdirSync(directory, { recursive: true })
  const database = new DatabaseSync(file)
  database.exec(SCHEMA)
  try {
    rmSync(file)
  } catch {
    // Windows keeps the name of an open file; close() removes it there.
  }
  return database
}

function takeTexts(rows: Iterator<Record<string, unknown>>, limit: number): readonly string[] {
  const texts: string[] = []
  while (texts.length < limit) {
    const next = rows.next()
    if (next.done === true) break
    texts.push(next.value['text'] as string)
  }
  return texts
}

function attempt<T>(operation: string, directory: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw new SpoolError(operation, directory, { cause })
  }
}
