import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { plainNote } from '../../collector/src/event/note.ts'
import { replayRecording } from '../support/replay-recording.ts'
import type { Bench } from './bench.ts'
import { roundTo } from './figures.ts'
import { formatOf, kindOfText } from './note-formats.ts'

interface Told {
  readonly note: string
  readonly group: string
}

/** How many notes are in a group of exactly the notes that belong together: of Eventloom's templates, and of Drain3's. */
export const bench: Bench = {
  description:
    'grouping accuracy of templates beside Drain3 (EVENTLOOM_BENCH_NOTES: folders of recordings, EVENTLOOM_BENCH_PYTHON: has drain3)',
  async run() {
    const told = await notesOf(process.env['EVENTLOOM_BENCH_NOTES'] ?? '')
    const notes = told.map(({ note }) => note)
    const drain = groupsOfDrain(notes)
    const truths = { format: notes.map(byFormat), kind: notes.map(byKind) }
    const eventloom = told.map(({ group }) => group)
    return {
      notes: notes.length,
      ofNoFormat: notes.filter((note) => formatOf(note) === null).length,
      groups: {
        format: new Set(truths.format).size,
        kind: new Set(truths.kind).size,
        eventloom: new Set(eventloom).size,
        drain3: new Set(drain).size,
      },
      byFormat: { eventloom: accuracy(eventloom, truths.format), drain3: accuracy(drain, truths.format) },
      byKind: { eventloom: accuracy(eventloom, truths.kind), drain3: accuracy(drain, truths.kind) },
    }
  },
}

/** Each different note once, in the order in which it was told first, with the template that it had last. */
async function notesOf(directory: string): Promise<readonly Told[]> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.jsonl(?:\.gz)?$/.test(file) && !/objects|topology/.test(file))
    .toSorted()
    .map((file) => join(directory, file))
  const { observations } = await replayRecording(...files)
  const groups = new Map<string, string>()
  for (const { note, templateId } of observations) {
    const plain = plainNote(note)
    if (plain !== '' && templateId !== null) groups.set(plain, templateId)
  }
  return [...groups].map(([note, group]) => ({ note, group }))
}

/** What the source wrote with one call is one group. */
function byFormat(note: string): string {
  return formatOf(note)?.format ?? kindOfText(note)
}

/** The same, but what was filled in as text of an error tells kinds apart. */
function byKind(note: string): string {
  const found = formatOf(note)
  return found === null ? kindOfText(note) : `${found.format} ${kindOfText(found.rest)}`
}

function groupsOfDrain(notes: readonly string[]): readonly string[] {
  const python = process.env['EVENTLOOM_BENCH_PYTHON'] ?? 'python3'
  const input = notes.map((note) => `${JSON.stringify(note)}\n`).join('')
  const script = join(import.meta.dirname, 'drain3-groups.py')
  const { status, stdout, stderr } = spawnSync(python, [script], { input, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${python} ${script}: ${stderr}`)
  return stdout.trimEnd().split('\n')
}

/** The share of notes whose group holds the same notes as in the truth. */
function accuracy(found: readonly string[], truth: readonly string[]): number {
  const [sizes, together] = [countOf(truth), countOf(truth.map((each, place) => `${each}\0${found[place] ?? ''}`))]
  const own = countOf(found)
  const right = truth.filter((each, place) => {
    const group = found[place] ?? ''
    const common = together.get(`${each}\0${group}`)
    return common === sizes.get(each) && common === own.get(group)
  })
  return roundTo(right.length / truth.length, 3)
}

function countOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
