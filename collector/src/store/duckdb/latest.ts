import type { EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { LatestQuery } from '../../query/model.ts'
import type { Read } from './engine-client.ts'
import { readRows } from './read-rows.ts'
import { findLatest } from './rows-sql.ts'

/** Rows that the first look covers: enough for some thousand objects in most clusters. */
const FIRST_LOOK_ROWS = 100_000

/** Each further look reaches back this many times as far, so that all looks together cost little more than the last. */
const REACH = 8

/** The newest row of each object, looking back only as far as needed to find so many objects. */
export async function readLatest(query: LatestQuery, read: Read): Promise<readonly Observation[]> {
  for (let span = await firstSpan(query, read); ; span *= REACH) {
    const from = Math.max(query.from, query.to - Math.ceil(span))
    const [found] = await read(findLatest({ ...query, from }))
    const places = (found?.columns[0] ?? []).map(Number)
    if (places.length >= query.limit || from === query.from) return (await readRows(places, read)).toReversed()
  }
}

/** µs before the end of the range that hold about as many rows as the first look covers. */
async function firstSpan({ from, to }: LatestQuery, read: Read): Promise<EpochMicros> {
  const bounds = 'SELECT count(*), min(last_observed), max(last_observed) FROM observations'
  const [result] = await read({ sql: bounds, parameters: [] })
  const [rows, oldest, newest] = (result?.columns ?? []).map(([cell]) => Number(cell))
  if (rows === undefined || rows === 0 || oldest === undefined || newest === undefined) return to - from
  const behind = Math.max(to - newest, 0)
  return behind + Math.max(newest - oldest, 1) * Math.min(FIRST_LOOK_ROWS / rows, 1)
}
