import { compareObservations, type Observation } from '../../event/observation.ts'
import type { Read } from './engine-client.ts'
import { observationsOf } from './observation-rows.ts'
import { fetchRows } from './rows-sql.ts'

/**
 * Whole rows by where they lie in the file, which a cheap search over few columns has found. Only inside the snapshot
 * of that search: retention may move rows.
 */
export async function readPlaces(places: readonly number[], read: Read): Promise<ReadonlyMap<number, Observation>> {
  if (places.length === 0) return new Map()
  const [result] = await read(fetchRows(places))
  if (result === undefined) return new Map()
  const found = result.columns.at(-1) ?? []
  return new Map(observationsOf(result).map((row, index) => [Number(found[index]), row]))
}

/** As {@link readPlaces}, oldest first. */
export async function readRows(places: readonly number[], read: Read): Promise<readonly Observation[]> {
  return [...(await readPlaces(places, read)).values()].sort(compareObservations)
}
