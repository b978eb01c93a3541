import { HOUR } from '../../clock.ts'
import type { AggregateQuery, Metric } from '../../query/model.ts'
import { DELTA_SINCE } from './field-sql.ts'
import { keyedRows, keyNames, metricSql } from './measure-sql.ts'
import type { Statement } from './protocol.ts'
import { statement, type Bindings } from './sql-text.ts'

/** How the value of a whole is made of those of its pieces. Metrics that are not here need the rows. */
const OF_PIECES: Readonly<Partial<Record<Metric, 'sum' | 'min' | 'max'>>> = {
  occurrences: 'sum',
  rate: 'sum',
  observations: 'sum',
  first: 'min',
  last: 'max',
  maxSeverity: 'max',
}

/** Fields of so few values that groups in windows are few beside the rows. */
const FEW_VALUES = new Set([
  'cluster',
  'source',
  'namespace',
  'regarding.namespace',
  'regarding.kind',
  'owner.kind',
  'type',
  'reason',
  'reportingController',
  'category',
  'severity',
  'node',
])

/** Shorter windows hold so few rows each that to sum the pieces again costs more than a second look at the rows. */
const SHORTEST_WINDOW = HOUR

/** Whether one look at the rows is enough: all that is asked for adds up, and there are few pieces of which it does. */
export function addsUp(query: AggregateQuery): boolean {
  const { window, groupBy } = query
  const isLong = window?.kind === 'calendar' || (window !== null && window.every >= SHORTEST_WINDOW)
  const isFew = window === null || (isLong && groupBy.every((field) => FEW_VALUES.has(field)))
  return isFew && [rankedBy(query), ...query.metrics].every((metric) => OF_PIECES[metric] !== undefined)
}

/** The metric that decides which groups keep their names. */
export function rankedBy({ top, metrics }: AggregateQuery): Metric {
  return top?.orderBy ?? metrics[0] ?? 'occurrences'
}

/** Unplaced occurrences of a row that no window holds. */
export function unplacedOutside({ window, from }: Pick<AggregateQuery, 'window' | 'from'>, bindings: Bindings): string {
  return window === null
    ? `CASE WHEN ${DELTA_SINCE} < ${bindings.bind(from)} THEN count_unplaced ELSE 0 END`
    : 'count_unplaced'
}

/**
 * Groups and their windows from one look at the rows: they are summed by group and window, and what a group, or the others
 * together, come to is made of these sums. Columns: place of the group (null for the others), start of the window, the metrics,
 * the keys, the rank, and of all groups the occurrences in no window and whether counts are lower bounds.
 */
export function measureOnce(query: AggregateQuery, starts: readonly number[] | null): Statement {
  const keys = keyNames(query.groupBy)
  const metrics = query.metrics.map((metric, index) => ({
    metric,
    name: `metric${String(index)}`,
    of: OF_PIECES[metric],
  }))
  const rank = rankedBy(query)
  return statement((bindings) => {
    const rows = keyedRows(query, query.groupBy, { window: query.window, starts }, bindings)
    const isWindowed = starts !== null
    const measured = metrics.map(
      ({ metric, name }) => `${metricSql(metric, query.from, isWindowed, bindings)} AS ${name}`,
    )
    const pieceOf = [...keys, ...(isWindowed ? ['start'] : [])]
    const start = isWindowed ? 'start' : `${bindings.bind(query.from)}`
    const order = ['rank DESC NULLS LAST', ...keys].join(', ')
    const limit = query.top === null ? '' : ` LIMIT ${bindings.bind(query.top.groups)}`
    const sameKey = keys.length === 0 ? 'true' : keys.map((key) => `piece.${key} = named.${key}`).join(' AND ')
    return `WITH piece AS MATERIALIZED (
        SELECT ${[...pieceOf, ...measured].join(', ')}, ${metricSql(rank, query.from, false, bindings)} AS rank,
          sum(${unplacedOutside(query, bindings)}) AS unplaced, bool_or(count_is_lower_bound) AS is_lower_bound
        FROM ${rows} ${pieceOf.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${pieceOf.join(', ')}`}),
      named AS MATERIALIZED (
        SELECT *, row_number() OVER (ORDER BY ${order}) - 1 AS place FROM (
          SELECT ${[...keys, `${String(OF_PIECES[rank])}(rank) AS rank`].join(', ')} FROM piece
          ${keys.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${keys.join(', ')}`})
        ORDER BY ${order}${limit})
      SELECT named.place, ${start} AS start, ${metrics.map(({ name, of }) => `${String(of)}(piece.${name})`).join(', ')},
        ${[...keys, 'rank'].map((name) => `any_value(named.${name})`).join(', ')},
        (SELECT sum(unplaced) FROM piece), (SELECT bool_or(is_lower_bound) FROM piece)
      FROM piece LEFT JOIN named ON ${sameKey}
      GROUP BY ${['named.place', ...(isWindowed ? ['start'] : [])].join(', ')}`
  })
}
