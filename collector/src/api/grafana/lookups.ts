import { z } from 'zod'
import { DAY, MILLISECOND, type EpochMicros } from '../../clock.ts'
import { FIELDS, isListable, resolveField, unknownField } from '../../query/fields.ts'
import { affordable } from '../../query/filter-bounds.ts'
import { parseLucene } from '../../query/lucene.ts'
import type { Filter, TimeRange } from '../../query/model.ts'
import { InvalidQueryError, type QueryMistake } from '../../query/invalid-query.ts'
import { allOf } from '../../query/simplify-filter.ts'
import { formatTime } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { incidentsWanted } from '../incidents/incident-answers.ts'
import { historyFrom, readIncidents } from '../incidents/read-incidents.ts'
import { LEVELS } from './level.ts'
import { NO_VALUE } from './no-value.ts'
import { term } from './query-schema.ts'
import { filterOfTerms } from './terms.ts'

/** Values of one list at most: a menu is searched, not read. */
const MOST_VALUES = 1_000
/** Entries of a map that become keys of their own, the most frequent ones. */
const MOST_KEYS_OF_MAP = 50

/** What a menu of Grafana is made of. */
export interface Choice {
  readonly text: string
  readonly value: string
  readonly group?: string
}

const timeRange = z.object({ from: z.number().min(0), to: z.number().min(0) })
const terms = z.array(term).default([])

export const variableRequest = z.object({
  query: z.object({
    field: z.string('must be the name of a field'),
    filter: z.object({ text: z.string().default(''), terms }).prefault({}),
    limit: z.number().int().min(1).max(MOST_VALUES).default(MOST_VALUES),
    sort: z.enum(['count', 'name']).default('name'),
    /** How the values that somebody looks for begin. */
    search: z.string().default(''),
  }),
  timeRange,
})
export const tagKeysRequest = z.object({ timeRange: timeRange.optional() })
export const tagValuesRequest = z.object({
  key: z.string('must be the name of a field'),
  terms,
  prefix: z.string().default(''),
  timeRange,
})

/** POST /grafana/variables: values of a field in the range, for a dashboard's variable. */
export async function variableAnswer(
  reader: EventReader,
  { query, timeRange: range }: z.output<typeof variableRequest>,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<readonly Choice[]> {
  if (query.field === INCIDENT) return incidentChoices(reader, query, micros(range), now, signal)
  const filter = affordable(allOf([parseLucene(query.filter.text, now), readTerms(query.filter.terms, now)]))
  const found = await valuesOf(reader, query.field, query.search, filter, micros(range), query.limit, signal)
  // Nobody looks for a group by its id: what happened is its name.
  if (resolveField(query.field)?.name === 'correlationId') return titled(reader, found, micros(range), signal)
  return query.sort === 'count' ? found : [...found].sort((a, b) => a.text.localeCompare(b.text, 'en', { numeric: true })) // prettier-ignore
}

/** Not a field of events: a menu of what broke, the most important first. */
const INCIDENT = 'incident'

async function incidentChoices(
  reader: EventReader,
  { filter, search, limit }: z.output<typeof variableRequest>['query'],
  { from, to }: TimeRange,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<readonly Choice[]> {
  const asked = affordable(allOf([parseLucene(filter.text, now), readTerms(filter.terms, now)]))
  const found = await readIncidents(reader, { at: to, from: historyFrom(to, from) }, to, signal)
  return incidentsWanted(found, { filter: asked, from, all: true, planned: false })
    .map(({ id, title, opened }) => ({ text: titleOf(title, opened), value: id }))
    .filter(({ text }) => text.toLowerCase().includes(search.toLowerCase()))
    .slice(0, limit)
}

async function titled(reader: EventReader, ids: readonly Choice[], range: TimeRange, signal: AbortSignal) {
  const records = await reader.records('correlation', { ...range, order: 'newest', limit: MOST_VALUES }, signal)
  const titles = new Map(records.map(({ id, from, body }) => [id, titleOf(body.title, from)]))
  return ids.map(({ text, value }): Choice => ({ text: titles.get(value) ?? text, value }))
}

/** A title alone is not enough: the same happens again. */
function titleOf(title: string, from: EpochMicros): string {
  return `${title}, ${formatTime(from).slice(0, 16).replace('T', ' ')}`
}

/** POST /grafana/tag-keys: what ad hoc filters may name, with the keys of the events' own maps. */
export async function tagKeysAnswer(
  reader: EventReader,
  { timeRange: range }: z.output<typeof tagKeysRequest>,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<readonly Choice[]> {
  const plain = FIELDS.filter((field) => field.type !== 'map').map(({ name }) => ({ text: name, value: name, group: 'Fields' })) // prettier-ignore
  const span = range === undefined ? { from: now - 7 * DAY, to: now } : micros(range)
  const maps = FIELDS.filter(({ type }) => type === 'map')
  const entries = await Promise.all(
    maps.map(async ({ name }) => {
      const keys = await valuesOf(reader, name, '', { op: 'all' }, span, MOST_KEYS_OF_MAP, signal)
      return keys.map(({ value }) => ({ text: `${name}.${value}`, value: `${name}.${value}`, group: name }))
    }),
  )
  return [{ text: 'level', value: 'level', group: 'Fields' }, ...plain, ...entries.flat()]
}

/** POST /grafana/tag-values: values of one key, most frequent first, under the other filters. */
export async function tagValuesAnswer(
  reader: EventReader,
  { key, terms: others, prefix, timeRange: range }: z.output<typeof tagValuesRequest>,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<readonly Choice[]> {
  if (key === 'level') return LEVELS.map((level) => ({ text: level, value: level }))
  return valuesOf(reader, key, prefix, readTerms(others, now), micros(range), MOST_VALUES, signal)
}

async function valuesOf(
  reader: EventReader,
  name: string,
  prefix: string,
  filter: Filter,
  range: TimeRange,
  limit: number,
  signal: AbortSignal,
): Promise<readonly Choice[]> {
  const field = resolveField(name)
  if (field === null) throw new InvalidQueryError([{ parameter: 'field', message: unknownField(name) }])
  // Ids, notes and times are typed, not chosen.
  if (!isListable(field)) return []
  const values = await reader.values({ ...range, filter, field: field.name, prefix, limit, order: 'newest' }, signal)
  const choices = values.map(({ value }) => ({ text: value, value }))
  const isWhole = field.field.type !== 'map' && NO_VALUE.startsWith(prefix)
  return isWhole && (await hasEmpty(reader, field.name, filter, range, signal))
    ? [...choices, { text: NO_VALUE, value: NO_VALUE }]
    : choices
}

/** Whether some rows have nothing there: objects without namespace, events without reason. */
async function hasEmpty(
  reader: EventReader,
  field: string,
  filter: Filter,
  range: TimeRange,
  signal: AbortSignal,
): Promise<boolean> {
  const empty = allOf([filter, { op: 'in', field, values: [''] }])
  const page = { ...range, filter: empty, view: 'observations' as const, order: 'newest' as const, limit: 1 }
  return (await reader.events(page, signal)).rows.length > 0
}

function readTerms(given: z.output<typeof terms>, now: EpochMicros): Filter {
  const mistakes: QueryMistake[] = []
  const filter = filterOfTerms(given, now, (mistake) => mistakes.push(mistake))
  if (mistakes.length > 0) throw new InvalidQueryError(mistakes)
  return filter
}

function micros({ from, to }: z.output<typeof timeRange>): TimeRange {
  return { from: Math.floor(from) * MILLISECOND, to: Math.ceil(to) * MILLISECOND }
}
