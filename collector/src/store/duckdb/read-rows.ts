import { compareObservations, type Observation } from '../../event/observation.ts'
import { readInSteps, textLength } from '../in-steps.ts'
import type { Read } from './engine-client.ts'
import { observationsOf } from './observation-rows.ts'
import { fetchRows } from './rows-sql.ts'

/**
 * Whole rows by where they lie in the file, which a cheap search over few columns has found; only the first of them when their text
 * is too long. Only inside the snapshot of that search: retention may move rows.
 */
export async function readPlaces(places: readonly number[], read: Read): Promise<ReadonlyMap<number, Observation>> {
  const rows = new Map<number, Observation>()
  await readInSteps(places, async (wanted) => {
    const [result = { columns: [], rowCount: 0 }] = await read(fetchRows(wanted))
    const found = result.columns.at(-1) ?? []
    for (const [index, row] of observationsOf(result).entries()) rows.set(Number(found[index]), row)
    return textLength(result.columns)
  })
  return rows
}

/** As {@link readPlaces}, oldest first. */
export async function readRows(places: readonly number[], read: Read): Promise<readonly Observation[]> {
  return [...(await readPlaces(places, read)).values()].sort(compareObservations)
}
