import type { EpochMicros } from '../../clock.ts'
import type { RowKey } from '../../query/cursor.ts'
import type { EventQuery, Filter, LatestQuery, TimeRange } from '../../query/model.ts'
import { matchSql, rowsFor } from './filter-sql.ts'
import { EVENT_COUNT, OBJECT } from './measure-sql.ts'
import { OBSERVATION_SELECTION } from './observation-rows.ts'
import type { Statement } from './protocol.ts'
import { uuidOfId } from './sortable-id.ts'
import { statement, type Bindings } from './sql-text.ts'

/** An absent resourceVersion sorts first. */
const VERSION = 'coalesce(resource_version, -1)'

/** What order and deduplication need of a row, and where it lies: see {@link CANDIDATE_COLUMNS}. */
const CANDIDATE_COLUMNS = ['rowid', 'last_observed', 'resource_version', 'id'] as const

type Matched = TimeRange & { readonly filter: Filter }

/** Where a page begins and ends; null where the range alone says. */
export interface PageBounds {
  /** Rows behind this key, in the direction of the query. */
  readonly after: RowKey | null
  /** Rows up to this key. */
  readonly newest: RowKey | null
}

/** The first `limit` matching rows in the direction of the query: only what {@link CANDIDATE_COLUMNS} names. */
export function findCandidates(
  query: Matched & Pick<EventQuery, 'order'>,
  bounds: PageBounds,
  limit: number,
): Statement {
  return statement(
    (
      bindings,
    ) => `SELECT ${CANDIDATE_COLUMNS.join(', ')} FROM ${rowsFor(query.filter)} WHERE ${boundedMatch(query, bounds, bindings)}
      ORDER BY ${keyOrder(query.order)} LIMIT ${bindings.bind(limit)}`,
  )
}

/**
 * Of some candidate rows those that have a newer version among the matching rows. Newer versions lie at or behind the
 * oldest candidate's time, so a page near the newest rows looks at few.
 */
export function findSuperseded(
  query: Matched,
  { newest }: Pick<PageBounds, 'newest'>,
  candidates: { readonly rowIds: readonly number[]; readonly oldest: number },
): Statement {
  return statement((bindings) => {
    const ids = idList(candidates.rowIds, bindings)
    const from = Math.max(query.from, candidates.oldest)
    return `WITH candidate AS MATERIALIZED (SELECT rowid AS place, cluster, uid, uid_text, last_observed, ${VERSION} AS version, id
          FROM observations WHERE rowid IN (${ids}) AND (uid IS NOT NULL OR uid_text IS NOT NULL))
      SELECT DISTINCT place FROM candidate JOIN (
          SELECT cluster, uid, uid_text, last_observed, ${VERSION} AS version, id FROM ${rowsFor(query.filter)}
          WHERE ${boundedMatch({ ...query, from }, { after: null, newest }, bindings)}) AS newer
        ON newer.cluster = candidate.cluster AND newer.uid IS NOT DISTINCT FROM candidate.uid
          AND newer.uid_text IS NOT DISTINCT FROM candidate.uid_text
      WHERE (newer.last_observed, newer.version, newer.id) > (candidate.last_observed, candidate.version, candidate.id)`
  })
}

/** Whole rows by where they lie, in no order; the place is the last column. */
export function fetchRows(rowIds: readonly number[]): Statement {
  return statement(
    (bindings) =>
      `SELECT ${OBSERVATION_SELECTION}, rowid FROM observations WHERE rowid IN (${idList(rowIds, bindings)})`,
  )
}

/** Number of matching rows, or of the events they are versions of. */
export function countMatching(query: Matched & Pick<EventQuery, 'view'>, newest: RowKey | null): Statement {
  return statement((bindings) => {
    const match = boundedMatch(query, { after: null, newest }, bindings)
    if (query.view === 'observations') return `SELECT count(*) FROM ${rowsFor(query.filter)} WHERE ${match}`
    return `SELECT ${EVENT_COUNT} FROM ${rowsFor(query.filter)} WHERE ${match}`
  })
}

/**
 * Severity, slice of time and number of the rows of view `events`. The newest of a group is found as in {@link findLatest}; a row without
 * uid is an event of its own.
 */
export function countNewest({ slice, ...query }: Matched & { readonly slice: EpochMicros }): Statement {
  return statement((bindings) => {
    const match = matchSql(query, bindings)
    const again = matchSql(query, bindings)
    return `SELECT severity, last_observed // ${bindings.bind(slice)} AS slice, count(*) FROM (
        SELECT newest.severity AS severity, newest.seen AS last_observed FROM (
          SELECT max(struct_pack(seen := last_observed, version := ${VERSION}, id := id, severity := severity)) AS newest
          FROM ${rowsFor(query.filter)} WHERE ${match} AND (uid IS NOT NULL OR uid_text IS NOT NULL) GROUP BY cluster, uid, uid_text)
        UNION ALL SELECT severity, last_observed FROM ${rowsFor(query.filter)} WHERE ${again} AND uid IS NULL AND uid_text IS NULL)
      GROUP BY severity, slice`
  })
}

/** The newest rows of the objects, newest first. The greatest of a group is found in a third of the time of a sorted one's first. */
export function findLatest({ limit, ...query }: LatestQuery): Statement {
  return statement(
    (bindings) => `SELECT newest.place FROM (
        SELECT max(struct_pack(seen := last_observed, version := ${VERSION}, id := id, place := rowid)) AS newest
        FROM ${rowsFor(query.filter)} WHERE ${matchSql(query, bindings)} GROUP BY ${OBJECT})
      ORDER BY newest DESC LIMIT ${bindings.bind(limit)}`,
  )
}

function keyOrder(order: EventQuery['order']): string {
  const direction = order === 'newest' ? 'DESC' : 'ASC'
  return `last_observed ${direction}, ${VERSION} ${direction}, id ${direction}`
}

function boundedMatch(
  query: Matched & Partial<Pick<EventQuery, 'order'>>,
  { after, newest }: PageBounds,
  bindings: Bindings,
): string {
  const behind = after === null ? [] : [beyond(after, query.order === 'newest' ? '<' : '>', bindings)]
  const known =
    newest === null
      ? []
      : [`last_observed <= ${bindings.bind(newest.lastObserved)} AND NOT ${beyond(newest, '>', bindings)}`]
  return [matchSql(query, bindings), ...behind, ...known].join(' AND ')
}

/**
 * Row keys below or above a key. The first condition is implied by the rest; it is what row group statistics
 * understand.
 */
function beyond(key: RowKey, operator: '<' | '>', bindings: Bindings): string {
  const time = bindings.bind(key.lastObserved)
  const version = bindings.bind(key.resourceVersion ?? -1)
  const id = `${bindings.bind(uuidOfId(key.id))}::UUID`
  return `(last_observed ${operator}= ${time} AND (last_observed ${operator} ${time} OR ${VERSION} ${operator} ${version}
    OR (${VERSION} = ${version} AND id ${operator} ${id})))`
}

function idList(rowIds: readonly number[], bindings: Bindings): string {
  return `SELECT unnest(string_split(${bindings.bind(rowIds.join(','))}, ','))::BIGINT`
}
