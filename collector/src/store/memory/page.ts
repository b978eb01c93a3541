import { compareObservations, type Observation } from '../../event/observation.ts'
import { readCursor, writeCursor, type RowKey } from '../../query/cursor.ts'
import { eventKey } from '../../query/measure.ts'
import type { EventPage, EventQuery } from '../../query/model.ts'
import { readInSteps, textLength } from '../in-steps.ts'

/**
 * One page of the rows that match a query, `matching` oldest first.
 *
 * @throws InvalidQueryError for a cursor that is none or belongs to another query.
 */
export async function pageOf(query: EventQuery, matching: readonly Observation[]): Promise<EventPage> {
  const position = readCursor(query)
  const known = position === null ? matching : matching.filter((row) => !isAfter(row, position.newest))
  const shown = query.view === 'events' ? newestVersions(known) : known
  const ordered = query.order === 'newest' ? shown.toReversed() : shown
  const rest = position === null ? ordered : ordered.filter((row) => isBehind(query, row, position.after))
  const rows: Observation[] = []
  await readInSteps(rest.slice(0, query.limit), async (some) => {
    rows.push(...some)
    return textLength(some)
  })
  const after = rows.at(-1)
  const newest = position?.newest ?? matching.at(-1)
  const isLast = rest.length === rows.length || after === undefined || newest === undefined
  return { rows, cursor: isLast ? null : writeCursor(query, { after, newest }), total: shown.length }
}

/** The last of each event, in the order given. */
export function newestVersions(rows: readonly Observation[]): readonly Observation[] {
  const newest = new Map(rows.map((row) => [eventKey(row), row]))
  return rows.filter((row) => newest.get(eventKey(row)) === row)
}

function isAfter(row: Observation, key: RowKey): boolean {
  return compareObservations(row, key) > 0
}

/** Whether a row comes after a key in the direction of the query. */
function isBehind({ order }: EventQuery, row: Observation, key: RowKey): boolean {
  const position = compareObservations(row, key)
  return order === 'newest' ? position < 0 : position > 0
}
