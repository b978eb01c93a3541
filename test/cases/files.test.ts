import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReplaySummary } from '../../collector/src/run/replay-summary.ts'
import { STACK_TRACE } from '../support/cli.ts'
import { commandLine } from '../support/command-line.ts'
import { readEvents, recordingOf } from '../support/recorded-events.ts'

/** The files people really have: `kubectl get events -o json`, with `-w`, cut off, saved by an editor. */
describe('a file of events', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'eventloom-files-'))
    writeFileSync(join(directory, 'config.yaml'), 'store:\n  kind: memory\n')
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  let runs = 0
  async function replayed(name: string, text: string, ...flags: string[]) {
    writeFileSync(join(directory, name), text)
    runs += 1
    const place = ['--data', join(directory, `data-${runs}`), '--config', join(directory, 'config.yaml')]
    const result = await commandLine(['replay', join(directory, name), ...place, ...flags])
    expect(result.stderr).not.toMatch(STACK_TRACE)
    return result
  }
  const summaryOf = (text: string) => JSON.parse(text) as ReplaySummary

  const events = readEvents(recordingOf('seven-in-two-seconds'))
  const pretty = events.map((event) => JSON.stringify(event, null, 4)).join('\n')
  const items = events.map((event) => ({ ...event, kind: undefined, apiVersion: undefined }))

  it.each([
    ['a pretty list', 'a.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 4)],
    ['pretty objects one after another', 'b.json', pretty],
    [
      'JSON Lines with a byte order mark, CRLF and an empty line',
      'c.jsonl',
      `\uFEFF${events.map((event) => JSON.stringify(event)).join('\r\n')}\r\n\r\n`,
    ],
  ])('is read as %s', async (_, name, text) => {
    const { code, stdout } = await replayed(name, text, '--json')
    const summary = summaryOf(stdout)
    expect({ code, received: summary.received, stored: summary.outcomes.stored }).toEqual({
      code: 0,
      received: 7,
      stored: 7,
    })
  })

  it('that holds none is no failure, and says so', async () => {
    const { code, stdout, stderr } = await replayed('none.json', '{"kind":"List","apiVersion":"v1","items":[]}')
    expect(code).toBe(0)
    expect(stdout + stderr).toMatch(/no events/i)
  })

  it('that is cut in its last object gives the others, and names the place of what is missing', async () => {
    const { code, stdout, stderr } = await replayed('cut.json', pretty.slice(0, -200), '--json')
    const summary = summaryOf(stdout)
    const refused = Object.values(summary.outcomes.dropped).reduce((sum, count) => sum + count, 0)
    expect({ code, balanced: summary.balanced, stored: summary.outcomes.stored, refused }).toEqual({
      code: 3,
      balanced: true,
      stored: 6,
      refused: 1,
    })
    expect(stderr).toMatch(/cut\.json:\d+/)
  })
})
