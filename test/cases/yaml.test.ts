import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReplaySummary } from '../../collector/src/run/replay-summary.ts'
import { commandLine } from '../support/command-line.ts'

const FILES = join(import.meta.dirname, 'files')
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-yaml-'))
  writeFileSync(join(directory, 'config.yaml'), 'store:\n  kind: memory\n')
})
afterEach(() => rmSync(directory, { recursive: true }))

const replay = (file: string, stdin = '', ...flags: string[]) =>
  commandLine(
    ['replay', file, '--data', join(directory, 'data'), '--config', join(directory, 'config.yaml'), ...flags],
    stdin,
  )

async function stored(file: string, stdin = ''): Promise<number> {
  const { code, stdout } = await replay(file, stdin, '--json')
  const { balanced, outcomes } = JSON.parse(stdout) as ReplaySummary
  expect({ code, balanced }).toEqual({ code: 0, balanced: true })
  return outcomes.stored
}

describe('YAML as kubectl and must-gather write it', () => {
  it('is read from a file', async () => expect(await stored(join(FILES, 'events.yaml'))).toBe(3))
  it('is read from the directory of a must-gather', async () =>
    expect(await stored(join(FILES, 'must-gather'))).toBe(3))
  it('is read beside JSON, and an event that is in both is one', async () => {
    expect(await stored(join(FILES, 'mixed'))).toBe(3)
  })
  it('is read from standard input', async () => {
    expect(await stored('-', readFileSync(join(FILES, 'events.yaml'), 'utf8'))).toBe(3)
  })
})

describe.each(['table.txt', 'describe.txt'])('text for people (%s)', (name) => {
  it('is refused in one sentence that says what to give instead', async () => {
    const { code, stdout, stderr } = await replay(join(FILES, name))
    expect(code).not.toBe(0)
    expect(stdout + stderr).toMatch(/-o (json|yaml)/)
    // Once, not for each of its lines.
    expect((stdout + stderr).match(/malformed/g)).toHaveLength(1)
  })
})

it('a folder in which nothing can be read says so by name, and fails', async () => {
  mkdirSync(join(directory, 'sub'))
  writeFileSync(join(directory, 'sub/notes.txt'), 'nothing of events\n')
  const { code, stdout, stderr } = await replay(join(directory, 'sub'))
  expect(code).not.toBe(0)
  expect(stdout + stderr).toContain('notes.txt')
})
