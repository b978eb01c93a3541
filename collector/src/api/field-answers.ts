import { ALIASES, FIELDS } from '../query/fields.ts'
import type { EventQuery } from '../query/model.ts'
import type { EventReader } from '../store/store.ts'
import { rangeJson } from './answers.ts'
import { gapNotices } from './notices.ts'

/** GET /fields: every field that queries may name, for completion. */
export function fieldsAnswer() {
  const aliases = Map.groupBy(Object.entries(ALIASES), ([, name]) => name)
  return {
    fields: FIELDS.map((field) => ({ ...field, aliases: (aliases.get(field.name) ?? []).map(([alias]) => alias) })),
  }
}

/** GET /fields/NAME/values: values with their occurrences, most frequent first. */
export async function valuesAnswer(
  reader: EventReader,
  query: Omit<EventQuery, 'cursor' | 'view'> & { readonly field: string; readonly prefix: string },
  signal: AbortSignal,
) {
  const [values, gaps] = await Promise.all([reader.values(query, signal), gapNotices(reader, query, signal)])
  return { ...rangeJson(query), field: query.field, prefix: query.prefix, values, notices: gaps }
}
