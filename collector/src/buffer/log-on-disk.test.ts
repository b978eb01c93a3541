import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LogOnDisk } from './log-on-disk.ts'

describe('the log on the disk', () => {
  let directory: string
  let syncs: (() => void)[]

  /** Syncs wait until they are let go on. */
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'eventloom-log-'))
    writeFileSync(join(directory, 'log'), '')
    syncs = []
    const handle = await open(join(directory, 'log'), 'r')
    const prototype = Object.getPrototypeOf(handle) as FileHandle
    await handle.close()
    vi.spyOn(prototype, 'datasync').mockImplementation(() => new Promise((resolve) => syncs.push(resolve)))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    rmSync(directory, { recursive: true })
  })

  const begun = (count: number) => vi.waitFor(() => expect(syncs).toHaveLength(count))

  it('is not said to be there before a sync that began after the call', async () => {
    const log = new LogOnDisk(join(directory, 'log'))
    const first = log.sync()
    await begun(1)
    const done: string[] = []
    const later = Promise.all([log.sync(), log.sync()]).then(() => done.push('later'))
    syncs[0]?.()
    await first
    await begun(2)
    expect(done).toEqual([])
    syncs[1]?.()
    await later
    expect(syncs).toHaveLength(2)
    log.close()
  })

  it('tells a failure to all who wait for it, and tries again for the next', async () => {
    const log = new LogOnDisk(join(directory, 'absent'))
    await expect(Promise.all([log.sync(), log.sync()])).rejects.toThrow(/ENOENT/)
    writeFileSync(join(directory, 'absent'), '')
    const again = log.sync()
    await begun(1)
    syncs[0]?.()
    await again
    log.close()
  })
})
