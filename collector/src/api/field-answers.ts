import { ALIASES, FIELDS } from '../query/fields.ts'
import type { EventQuery } from '../query/model.ts'
import type { EventReader } from '../store/store.ts'
import { listJson, rangeJson } from './answers.ts'
import { gapNotices, type Notice } from './notices.ts'

/** GET /fields: every field that queries may name, for completion. */
export function fieldsAnswer() {
  const aliases = Map.groupBy(Object.entries(ALIASES), ([, name]) => name)
  return {
    ...listJson(FIELDS.length, FIELDS.length),
    fields: FIELDS.map((field) => ({ ...field, aliases: (aliases.get(field.name) ?? []).map(([alias]) => alias) })),
    notices: [] as readonly Notice[],
  }
}

/** GET /fields/NAME/values: values with their occurrences, most frequent first. */
export async function valuesAnswer(
  reader: EventReader,
  query: Omit<EventQuery, 'cursor' | 'view'> & { readonly field: string; readonly prefix: string },
  signal: AbortSignal,
) {
  const [values, gaps] = await Promise.all([reader.values(query, signal), gapNotices(reader, query, signal)])
  const list = listJson(values.length, values.length === query.limit ? null : values.length)
  return { ...rangeJson(query), ...list, field: query.field, prefix: query.prefix, values, notices: gaps }
}
