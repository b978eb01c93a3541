import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { askIncidents } from './ask.ts'
import { scoreOf, type Score } from './score.ts'
import { readCases } from './truth.ts'

const SHIPPED = join(import.meta.dirname, '..', 'lab', 'recordings')

const USAGE = `How often the first cause that Eventloom names is the right one, on recordings with a truth.json.

  --recordings DIR  folders with events.jsonl.gz and truth.json; the lab's own when absent
  --half a|b        only one half of the set: rules are worked on with a, and b is only reported
  --without-facts   without what objects.jsonl.gz beside a recording tells of objects
  --misses          also the cases that were answered wrong
  --json            every case, as JSON`

const { values: options } = parseArgs({
  options: {
    recordings: { type: 'string', default: SHIPPED },
    half: { type: 'string' },
    'without-facts': { type: 'boolean', default: false },
    misses: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  console.log(USAGE)
  process.exit(0)
}
const { recordings, half, misses, json } = options

const scores: Score[] = []
for (const each of readCases(recordings)) {
  if (half !== undefined && each.half !== half) continue
  const { incidents } = await askIncidents(each.recordings, each.at, !options['without-facts'])
  scores.push(scoreOf(each, incidents))
}
const visible = scores.filter(({ isVisible }) => isVisible)
const measures = {
  first: share(visible.map(({ isFirst }) => isFirst)),
  inThree: share(visible.map(({ isInThree }) => isInThree)),
  thing: share(visible.map(({ isThing }) => isThing)),
  effects: mean(visible.map(({ effects }) => effects)),
  oneIncident: share(visible.map(({ incidents }) => (incidents === null ? null : incidents === 1))),
  misled: share(scores.map(({ isMisled }) => isMisled)),
}
if (json) console.log(JSON.stringify({ recordings, measures, scores }, null, 2))
else {
  for (const [name, value] of Object.entries(measures)) console.log(`${name.padEnd(12)} ${value}`)
  for (const score of misses ? scores : []) {
    const isRight = score.isMisled === null ? score.isFirst === true && score.isThing !== false : !score.isMisled
    if (!isRight || score.incidents === 0 || (score.effects ?? 1) < 1)
      console.log(
        `${score.name}: ${score.first} ${JSON.stringify({ first: score.isFirst, effects: score.effects, incidents: score.incidents })}`,
      )
  }
}

/** `49 of 50`, of those to which it applies. */
function share(values: readonly (boolean | null)[]): string {
  const known = values.filter((value) => value !== null)
  return `${String(known.filter((value) => value).length)} of ${String(known.length)}`
}

function mean(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  const sum = known.reduce((total, value) => total + value, 0)
  return known.length === 0 ? 'none' : `${((100 * sum) / known.length).toFixed(1)} %`
}
