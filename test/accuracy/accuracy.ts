import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { calmScoreOf, type CalmScore } from './calm.ts'
import { CALM_DAYS } from './draw/calm.ts'
import { SEEDS } from './draw/recipes.ts'
import { missesOf } from './misses.ts'
import { draw, scoresOf, withDrawn } from './run.ts'
import { columnOf, replaceTable, tableOf, textOf, type Column } from './table.ts'
import { readCases, type Case } from './truth.ts'

const LAB = join(import.meta.dirname, '..', 'lab', 'recordings')
const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'accuracy.md')

const USAGE = `How often what Eventloom says of a fault is right, on recordings with a truth.json.

  --recordings DIR  folders with events.jsonl.gz and truth.json; when absent, the lab's, those drawn from them, and calm days
  --half a|b        only one half of each set: rules are worked on with a, and b is only reported
  --shuffled        with all names replaced (in the table of --write and where nothing else is asked for, both ways)
  --without-facts   without what objects.jsonl.gz beside a recording tells of objects
  --misses          also the cases that were answered wrong
  --json            every case, as JSON
  --write           writes the table into docs/accuracy.md
  --draw DIR        only writes the recordings that are drawn, a folder for each`

const { values: options } = parseArgs({
  options: {
    recordings: { type: 'string' },
    half: { type: 'string' },
    shuffled: { type: 'boolean', default: false },
    'without-facts': { type: 'boolean', default: false },
    misses: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    draw: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const { recordings, half, shuffled, misses, json, write } = options

if (options.help) console.log(USAGE)
else if (options.draw !== undefined) draw({ seeds: SEEDS, days: CALM_DAYS }, options.draw)
else if (recordings !== undefined)
  report('recordings', await columnsOf('', readCases(recordings, !options['without-facts'])))
else {
  const lab =
    shuffled || half !== undefined ? [] : [await column('lab', readCases(LAB, !options['without-facts']), false)]
  await withDrawn({ seeds: SEEDS, days: CALM_DAYS }, async (cases) => {
    const calm: CalmScore[] = []
    for (const day of cases.filter((each) => each.calm !== null && isWanted(each))) calm.push(await calmScoreOf(day))
    report(
      'lab',
      [
        ...lab,
        ...(await columnsOf(
          'drawn, ',
          cases.filter((each) => each.calm === null),
        )),
      ],
      calm,
    )
  })
}

/** A column for each half, and where both are wanted one with other names. */
async function columnsOf(set: string, cases: readonly Case[]): Promise<readonly Column[]> {
  const columns: Column[] = []
  for (const one of ['a', 'b']) {
    const mine = cases.filter((each) => each.half === one && isWanted(each))
    if (mine.length > 0) columns.push(await column(`${set}half ${one}`, mine, shuffled))
  }
  if (!shuffled && half === undefined) columns.push(await column(`${set}names shuffled`, cases, true))
  return columns
}

async function column(title: string, cases: readonly Case[], isShuffled: boolean): Promise<Column> {
  return columnOf(title, await scoresOf(cases, isShuffled))
}

function isWanted(each: Case): boolean {
  return half === undefined || each.half === half
}

function report(set: 'lab' | 'recordings', columns: readonly Column[], calm: readonly CalmScore[] = []): void {
  const table = tableOf(columns, calm, set === 'recordings')
  if (json) console.log(JSON.stringify({ recordings: recordings ?? set, columns, calm }, null, 2))
  else console.log(textOf(table))
  if (misses && !json) for (const line of missesOf(columns, calm)) console.log(line)
  if (write) writeFileSync(PAGE, replaceTable(readFileSync(PAGE, 'utf8'), set, table))
}
