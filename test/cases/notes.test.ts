import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandLine } from '../support/command-line.ts'
import { readEvents, recordingOf } from '../support/recorded-events.ts'
import { Situation } from '../support/situation.ts'
import type { Row } from '../support/answers.ts'

async function withData<T>(use: (data: string) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-notes-'))
  try {
    return await use(data)
  } finally {
    rmSync(data, { recursive: true })
  }
}

describe('a note of two lines, 51,252 times', () => {
  it('is one event of the node that names the process, and masked numbers give one template', async () => {
    await using situation = await Situation.twice('two-line-notes')
    expect(situation.first).toMatchObject({ observations: 3, occurrences: 51_254 })
    const rows = await situation.query('reason:OOMKilling')
    expect(rows.some(({ note }) => note.includes('\n'))).toBe(true)
    for (const { category, type, severity, regarding } of rows) {
      expect({ category, type, severity, namespace: regarding.namespace }).toEqual({
        category: 'node',
        type: 'Warning',
        severity: 'high',
        namespace: '',
      })
    }
    expect(rows.map(({ metadata }) => metadata['process'])).toEqual(['logshipd', 'java', 'java'])
    expect(rows[1]?.templateId).toBe(rows[2]?.templateId)
  })

  it('is one line on a terminal', async () => {
    await withData(async (data) => {
      await commandLine(['replay', recordingOf('two-line-notes'), '--data', data])
      const { stdout } = await commandLine(['query', 'reason:OOMKilling', '--data', data])
      expect(stdout.trimEnd().split('\n')).toHaveLength(3)
    })
  })
})

it('a note full of quotes, tabs and backslashes comes back as it was', async () => {
  await using situation = await Situation.of('awkward-note')
  const [{ note }] = readEvents(recordingOf('awkward-note')) as unknown as [Row]
  expect(note).toMatch(/\t.*C:\\layer\\1 \{\{ \.Reason \}\} \$\{reason\} <b>&.*\n$/s)
  expect((await situation.query('*')).map((row) => row.note)).toEqual([note])
})

it('a field called "." and an annotation of 40,000 characters are kept', async () => {
  await using situation = await Situation.twice('odd-fields')
  expect(situation.first).toMatchObject({ observations: 2, occurrences: 4 })
  const sent = readEvents(recordingOf('odd-fields')).map(
    ({ metadata }) => (metadata as { annotations?: object }).annotations,
  )
  const [row] = await situation.query('annotations.app:"plain text"')
  expect(row?.annotations).toEqual(sent[1])
  expect(row?.annotations).toHaveProperty(['app.kubernetes.io/name'])
})

it('a password in a note reaches neither answers nor disk, the rest of the note does', async () => {
  await withData(async (data) => {
    const played = await commandLine(['replay', recordingOf('passwords'), '--data', data, '--json'])
    const asked = await Promise.all([commandLine(['query', '*', '--data', data, '--json'])])
    const patterns = await commandLine(['patterns', '--data', data, '--json'])
    expect(asked[0]?.stdout).toContain('git.example.ne')
    expect(asked[0]?.stdout).toContain('bot:')
    const onDisk = readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    const said = [played, patterns, ...asked].flatMap(({ stdout, stderr }) => [stdout, stderr])
    expect(onDisk.length).toBeGreaterThan(1)
    expect([...said, ...onDisk].filter((text) => text.includes('S3cr3t-canary'))).toEqual([])
  })
})
