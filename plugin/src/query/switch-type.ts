import type { EditableQueryType, EventloomQuery, QueryType } from './query'

type Option = keyof EventloomQuery

/** The options that each query type reads; the same as the collector's, which warns of others. */
const READ: Readonly<Record<QueryType, readonly Option[]>> = {
  events: ['view', 'order', 'volume', 'limit'],
  context: ['context', 'limit'],
  aggregate: ['metric', 'groupBy', 'top', 'format', 'interval', 'compare'],
  patterns: ['traits', 'patternBy', 'minOccurrences', 'minRatePerMinute', 'limit', 'format'],
  correlations: ['correlationId', 'limit', 'format'],
  incidents: ['withOver', 'limit', 'format'],
  causes: ['incidentId', 'format'],
  similar: ['incidentId', 'limit'],
  problems: ['withOver', 'eachObject', 'incidentId', 'limit', 'format'],
  timeline: ['timelineBy', 'top', 'format', 'interval'],
  annotations: ['marks', 'tagFields', 'view', 'limit'],
}

/** What was set for a type before another was chosen, so that switching to and fro loses nothing while an editor is open. */
export type Remembered = Partial<Record<QueryType, Partial<EventloomQuery>>>

/** The query as one of another type: with the options that were set for it, and none that it does not read. */
export function switchType(
  query: EventloomQuery & { readonly queryType: QueryType },
  to: EditableQueryType,
  remembered: Remembered,
): { readonly query: EventloomQuery; readonly remembered: Remembered } {
  const options = new Set(Object.values(READ).flat())
  const common = Object.fromEntries(Object.entries(query).filter(([key]) => !options.has(key as Option)))
  const own = picked(query, READ[query.queryType])
  const wanted = remembered[to] ?? picked(query, READ[to])
  return {
    query: { ...common, ...wanted, refId: query.refId, queryType: to },
    remembered: { ...remembered, [query.queryType]: own },
  }
}

function picked(query: EventloomQuery, options: readonly Option[]): Partial<EventloomQuery> {
  return Object.fromEntries(options.flatMap((key) => (query[key] === undefined ? [] : [[key, query[key]]])))
}
