import type { Observation } from '../../event/observation.ts'
import type { LatestQuery } from '../../query/model.ts'
import type { Read } from './engine-client.ts'
import { readRows } from './read-rows.ts'
import { findLatest } from './rows-sql.ts'
import { timeSlices } from './time-slices.ts'

/** Rows looked at first for each object wanted. */
const ROWS_PER_OBJECT = 10

/** The newest row of each object, looking back only as far as needed to find so many objects. */
export async function readLatest(query: LatestQuery, read: Read): Promise<readonly Observation[]> {
  let places: readonly number[] = []
  for await (const { from } of timeSlices(query, 'newest', read, query.limit * ROWS_PER_OBJECT)) {
    // From there to the end, not the slice alone: an object of an earlier slice must not come twice.
    const [found] = await read(findLatest({ ...query, from }))
    places = (found?.columns[0] ?? []).map(Number)
    if (places.length >= query.limit) break
  }
  return (await readRows(places, read)).toReversed()
}
