import { compareObservations, type Observation } from '../../event/observation.ts'
import type { Read } from './engine-client.ts'
import { observationsOf } from './observation-rows.ts'
import type { Result } from './protocol.ts'
import { fetchRows } from './rows-sql.ts'

/** Characters of text that one answer holds at most: rows are small, but one may have notes and annotations of a megabyte. */
const MOST_CHARACTERS = 16 * 1024 * 1024
/** Rows of one step, and characters wanted of the next one: others have their turn between two steps. */
const FIRST_STEP = 250
const MOST_STEP = 2_500
const STEP_CHARACTERS = 2 * 1024 * 1024

/**
 * Whole rows by where they lie in the file, which a cheap search over few columns has found; only the first of them when their text
 * is too long. Only inside the snapshot of that search: retention may move rows.
 */
export async function readPlaces(places: readonly number[], read: Read): Promise<ReadonlyMap<number, Observation>> {
  const rows = new Map<number, Observation>()
  for (let [step, start, characters] = [FIRST_STEP, 0, 0]; start < places.length && characters < MOST_CHARACTERS;) {
    const wanted = places.slice(start, start + step)
    const [result = { columns: [], rowCount: 0 }] = await read(fetchRows(wanted))
    const found = result.columns.at(-1) ?? []
    for (const [index, row] of observationsOf(result).entries()) rows.set(Number(found[index]), row)
    const length = textLength(result)
    ;[start, characters] = [start + step, characters + length]
    step = Math.max(1, Math.min(MOST_STEP, Math.floor((STEP_CHARACTERS * wanted.length) / Math.max(1, length))))
  }
  return rows
}

/** As {@link readPlaces}, oldest first. */
export async function readRows(places: readonly number[], read: Read): Promise<readonly Observation[]> {
  return [...(await readPlaces(places, read)).values()].sort(compareObservations)
}

function textLength({ columns }: Result): number {
  let length = 0
  for (const column of columns) for (const cell of column) if (typeof cell === 'string') length += cell.length
  return length
}
