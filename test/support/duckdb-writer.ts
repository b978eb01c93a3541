import type { Observation } from '../../collector/src/event/observation.ts'
import { NOON } from './an-observation.ts'
import { generateObservations, inBatches } from './generate-observations.ts'
import { openDuckDb } from './as-configured.ts'
import { HOUR } from '../../collector/src/clock.ts'

/**
 * A process that writes batch after batch into the file given and says `stored N` for each that was acknowledged, until it
 * is killed. Sequences go on where the file says.
 */
const [file = '', bufferId = ''] = process.argv.slice(2)
const BATCH_ROWS = 4_000

const store = await openDuckDb({ file })
const first = (await store.applied(bufferId)).sequence + 1
process.stdout.write(`opened ${String(first - 1)}\n`)

const batches = inBatches(generateObservations({ rows: 4_000_000, from: NOON, to: NOON + 100 * HOUR }), BATCH_ROWS)
const next = (): Observation[] | null => {
  const result = batches.next()
  return result.done === true ? null : result.value
}
for (let skipped = 0; skipped < first - 1; skipped++) next()

let rows = next()
for (let sequence = first; rows !== null; sequence++) {
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId, sequence, rows: pending, records: [] }, new AbortController().signal)
  // Made before the word is out: whoever kills this process a moment later kills it while it writes.
  rows = next()
  process.stdout.write(`stored ${String(sequence)}\n`)
}
