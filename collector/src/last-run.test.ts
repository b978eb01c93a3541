import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { keepTime, lastRunIn } from './last-run.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z') * 1_000

describe('the time of the last run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-last-run-'))
  const file = join(directory, 'last-run.json')
  afterAll(() => {
    chmodSync(directory, 0o700)
    rmSync(directory, { recursive: true })
  })

  it('is unknown in a new folder, and what was kept afterwards', () => {
    expect(lastRunIn(directory)).toBeNull()
    keepTime(directory, { now: () => NOW })
    expect(lastRunIn(directory)).toBe(NOW)
    expect(readFileSync(file, 'utf8')).toBe('{"time":"2026-06-01T00:00:00Z"}\n')
  })

  it.each(['', '{', 'null', '{"time":7}', '{"time":"yesterday"}'])('is unknown where the file holds %j', (text) => {
    writeFileSync(file, text)
    expect(lastRunIn(directory)).toBeNull()
  })

  it('stays as it was where nothing can be written', () => {
    keepTime(directory, { now: () => NOW })
    keepTime(join(directory, 'nowhere'), { now: () => NOW + 1 })
    expect(lastRunIn(directory)).toBe(NOW)
  })
})
