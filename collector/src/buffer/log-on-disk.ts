import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Brings what COMMIT wrote to the disk, on one of libuv's threads: SQLite with synchronous=FULL does the same inside COMMIT, and
 * the loop stands still for as long as the disk takes.
 */
export class LogOnDisk {
  readonly #file: string
  #handle: Promise<FileHandle> | null = null
  #atWork: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | null = null

  /** @param file the write-ahead log, which stays the same file until the database is closed. */
  constructor(file: string) {
    this.#file = file
  }

  /** Resolves when everything committed before this call is on the disk. Calls during one sync share the next. */
  sync(): Promise<void> {
    this.#waiting ??= this.#atWork
      .catch(() => undefined) // whoever asked for it was told
      .then(() => {
        this.#waiting = null
        return this.#sync()
      })
    this.#atWork = this.#waiting
    return this.#waiting
  }

  close(): void {
    void this.#handle?.then((handle) => handle.close()).catch(() => undefined)
  }

  async #sync(): Promise<void> {
    this.#handle ??= this.#open()
    try {
      await (await this.#handle).datasync()
    } catch (error) {
      this.close()
      this.#handle = null
      throw error
    }
  }

  async #open(): Promise<FileHandle> {
    // A new file is lost with its name.
    const directory = await open(dirname(this.#file), 'r')
    await directory.sync().finally(() => directory.close())
    return open(this.#file, 'r')
  }
}
