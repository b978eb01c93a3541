import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSpool, SpoolError } from './spool.ts'

describe('a spool', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'eventloom-spool-'))
  })
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true })
  })

  it('gives back what was added, by key, then second, then in the order of adding', () => {
    const item = fc.record({
      key: fc.integer({ min: 0, max: 3 }),
      second: fc.integer({ min: 0, max: 3 }),
      text: fc.string(),
    })
    fc.assert(
      fc.property(fc.array(fc.array(item), { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), (pages, pageSize) => {
        const spool = createSpool({ directory })
        for (const page of pages) spool.add(page)
        const drained = [...spool.drain(pageSize)]
        const sorted = pages.flat().sort((a, b) => a.key - b.key || a.second - b.second)
        expect(drained.flat()).toEqual(sorted.map(({ text }) => text))
        expect(drained.every((page, index) => page.length === pageSize || index === drained.length - 1)).toBe(true)
        expect(spool.size).toBe(sorted.length)
        spool.close()
      }),
      { numRuns: 50 },
    )
  })

  it('sorts microseconds and versions as numbers, to the last digit', () => {
    const spool = createSpool({ directory })
    const largest = Number.MAX_SAFE_INTEGER
    spool.add([
      { key: largest, second: 100_000, text: 'd' },
      { key: largest, second: 99_999, text: 'c' },
      { key: largest - 1, second: 0, text: 'b' },
      { key: -1, second: 0, text: 'a' },
    ])
    expect([...spool.drain(10)]).toEqual([['a', 'b', 'c', 'd']])
    spool.close()
  })

  it('can be drained again, and after an unfinished pass, with what came later', () => {
    const spool = createSpool({ directory })
    spool.add([1, 2, 3].map((key) => ({ key, second: 0, text: `${key}` })))
    for (const page of spool.drain(1)) {
      expect(page).toEqual(['1'])
      break
    }
    spool.add([{ key: 0, second: 0, text: '0' }])
    expect([...spool.drain(10)]).toEqual([['0', '1', '2', '3']])
    spool.close()
  })

  it('leaves no file behind', () => {
    const inner = join(directory, 'made')
    const spool = createSpool({ directory: inner })
    spool.add([{ key: 1, second: 1, text: 'x'.repeat(100_000) }])
    if (platform() !== 'win32') expect(readdirSync(inner)).toEqual([])
    spool.close()
    spool.close()
    expect(readdirSync(inner)).toEqual([])
  })

  it('says which directory it could not use', () => {
    const file = join(directory, 'a-file')
    writeFileSync(file, '')
    expect(() => createSpool({ directory: file })).toThrow(SpoolError)
    expect(() => createSpool({ directory: file })).toThrow(file)
    expect(existsSync(file)).toBe(true)
  })
})
