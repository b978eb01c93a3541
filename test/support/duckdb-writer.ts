import { NOON } from './an-observation.ts'
import { generateObservations, inBatches } from './generate-observations.ts'
import { openDuckDbStore } from '../../collector/src/store/duckdb/duckdb-store.ts'
import { HOUR } from '../../collector/src/clock.ts'

/**
 * A process that writes batch after batch into the file given and says `stored N` for each that was acknowledged, until it
 * is killed. Sequences go on where the file says.
 */
const [file = '', bufferId = ''] = process.argv.slice(2)
const BATCH_ROWS = 4_000

const store = await openDuckDbStore({ file })
const first = (await store.appliedSequence(bufferId)) + 1
process.stdout.write(`opened ${String(first - 1)}\n`)

let sequence = 0
for (const rows of inBatches(
  generateObservations({ rows: 1_000_000, from: NOON, to: NOON + 100 * HOUR }),
  BATCH_ROWS,
)) {
  sequence++
  if (sequence < first) continue
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId, sequence, rows: pending, records: [] }, new AbortController().signal)
  process.stdout.write(`stored ${String(sequence)}\n`)
}
