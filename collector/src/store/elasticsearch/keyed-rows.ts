import type { Observation } from '../../event/observation.ts'
import type { RowKey } from '../../query/cursor.ts'
import { knownField } from '../../query/field-value.ts'
import type { EventQuery } from '../../query/model.ts'
import { readInSteps, textLength } from '../in-steps.ts'
import { pathOf } from './filter-query.ts'
import { boundedQuery, readRows, UNBOUNDED, type Matched, type RowBounds } from './rows.ts'
import type { Search } from './search.ts'
import { sortOf } from './seek.ts'

/** A matching row whose document was not read, which takes longer than the keys of several rows. */
export interface KeyedRow extends RowKey {
  /** Texts of the fields asked for, in order; the empty text where one is absent. */
  readonly key: readonly string[]
}

export interface KeysAsked {
  readonly bounds: RowBounds
  /** Keys of one answer. */
  readonly size: number
  /** Text fields at the root or in `regarding`. */
  readonly fields: readonly string[]
}

/** The keys of the first `size` rows within bounds. */
export async function readKeys(
  search: Search,
  query: Matched & Pick<EventQuery, 'order'>,
  { bounds, size, fields }: KeysAsked,
  signal: AbortSignal,
): Promise<readonly KeyedRow[]> {
  const paths = fields.map((field) => pathOf(knownField(field)))
  const body = {
    query: boundedQuery(query, bounds),
    size,
    sort: sortOf(query.order),
    track_total_hits: false,
    _source: false,
    stored_fields: '_none_',
    docvalue_fields: ['lastObservedMicros', 'resourceVersion', 'id', ...paths],
  }
  const answer = await search.days(body, signal, ['hits.hits.fields'])
  return (answer?.hits?.hits ?? []).map(({ fields: values = {} }) => ({
    lastObserved: Number(values['lastObservedMicros']?.[0]),
    resourceVersion: values['resourceVersion'] === undefined ? null : Number(values['resourceVersion'][0]),
    id: String(values['id']?.[0]),
    key: paths.map((path) => String(values[path]?.[0] ?? '')),
  }))
}

/** All keys within bounds in order, each answer a search of its own. The last one is shorter than `size`. */
export async function* streamKeys(
  search: Search,
  query: Matched & Pick<EventQuery, 'order'>,
  asked: KeysAsked,
  signal: AbortSignal,
): AsyncGenerator<readonly KeyedRow[]> {
  for (let { bounds } = asked; ;) {
    const keys = await readKeys(search, query, { ...asked, bounds }, signal)
    yield keys
    if (keys.length < asked.size) return
    bounds = { ...bounds, after: keys.at(-1) ?? null }
  }
}

/**
 * The rows of some keys, in their order; only of the first ones when their text is too long. Those that retention has removed
 * meanwhile are left out.
 */
export async function rowsOfKeys(
  search: Search,
  keys: readonly RowKey[],
  order: EventQuery['order'],
  signal: AbortSignal,
): Promise<{ readonly rows: readonly Observation[]; readonly keysRead: number }> {
  const rows: Observation[] = []
  const keysRead = await readInSteps(keys, async (part) => {
    const times = [part[0]?.lastObserved ?? 0, part.at(-1)?.lastObserved ?? 0]
    const filter = { op: 'in' as const, field: 'id', values: part.map(({ id }) => id) }
    // The times keep the days out that hold none of them.
    const query = { from: Math.min(...times), to: Math.max(...times) + 1, filter, order }
    const page = await readRows(search, query, UNBOUNDED, { size: part.length }, signal)
    rows.push(...page.rows)
    return textLength(page.rows)
  })
  return { rows, keysRead }
}
