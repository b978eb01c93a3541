import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProblemBody } from '../../collector/src/event/problem.ts'
import type { RawEvent } from '../../collector/src/event/raw-event.ts'
import { Pseudonymizer } from '../../collector/src/source/record/pseudonymize.ts'
import { replayRecording, type Replayed } from '../support/replay-recording.ts'

const RECORDING = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')

const NAMES = ['checkout', 'orders', 'payments', 'shop', 'worker-']

describe('the shipped recording without names', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-renamed-'))
  const file = join(directory, 'events.jsonl')
  const plain = join(directory, 'plain.jsonl')
  let [original, renamed]: Replayed[] = []

  beforeAll(async () => {
    const pseudonymizer = new Pseudonymizer('k'.repeat(64))
    const lines = gunzipSync(readFileSync(RECORDING)).toString().trimEnd().split('\n')
    const rename = (line: string): string => {
      const { type, object } = JSON.parse(line) as { type: string; object: RawEvent }
      return JSON.stringify({ type, object: pseudonymizer.event(object) })
    }
    writeFileSync(plain, lines.join('\n'))
    writeFileSync(file, lines.map(rename).join('\n'))
    original = await replayRecording(plain)
    renamed = await replayRecording(file)
  }, 300_000)

  afterAll(() => rmSync(directory, { recursive: true }))

  it('holds none of its names', () => {
    const text = readFileSync(file, 'utf8')
    expect(NAMES.filter((name) => text.includes(name))).toEqual([])
  })

  it('gives the same observations by reason, category, severity and kind of owner', () => {
    const key = ({ reason, type, category, severity, count, owner, regarding }: Replayed['observations'][number]) =>
      [reason, type, category, severity, count, regarding.kind, owner.kind].join(' ')
    expect(tally(renamed?.observations.map(key))).toEqual(tally(original?.observations.map(key)))
  })

  it('gives the same problems by kind and end', () => {
    const key = ({ from, to, body }: Replayed['records'][number]) => {
      const { class: kind, reason, severity, occurrences, end } = body as ProblemBody
      return JSON.stringify([from, to, kind, reason, severity, occurrences, end])
    }
    expect(problemsOf(original).length).toBeGreaterThan(20)
    expect(tally(problemsOf(renamed).map(key))).toEqual(tally(problemsOf(original).map(key)))
  })

  it('gives the same groups by size, span, classes and reasons', () => {
    // Which of two groups takes in the other goes by their ids.
    const whole = (groups: Replayed['correlations'] = []) => groups.filter(({ body }) => body.mergedInto === null)
    const key = ({ from, to, body }: Replayed['correlations'][number]) =>
      JSON.stringify([from, to, body.members, body.occurrences, body.worstSeverity, body.classes, body.reasons])
    expect(whole(original?.correlations).length).toBeGreaterThan(20)
    expect(tally(whole(renamed?.correlations).map(key))).toEqual(tally(whole(original?.correlations).map(key)))
  })
})

function problemsOf(replayed: Replayed | undefined): Replayed['records'] {
  return replayed?.records.filter(({ kind }) => kind === 'problem') ?? []
}

function tally(keys: readonly string[] = []): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
  return counts
}
