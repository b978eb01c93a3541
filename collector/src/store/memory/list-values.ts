import type { Observation } from '../../event/observation.ts'
import { fieldReader, textsOf } from '../../query/field-value.ts'
import { occurrencesOf } from '../../query/measure.ts'
import type { FieldValue } from '../../query/model.ts'
import { compareText } from '../../query/text-order.ts'
import type { EventReader } from '../store.ts'

/** The values of a field in some rows with their occurrences, most frequent first. */
export function listValues(
  { field, prefix, limit, from }: Parameters<EventReader['values']>[0],
  rows: readonly Observation[],
): readonly FieldValue[] {
  const read = fieldReader(field)
  const counts = new Map<string, number>()
  for (const row of rows) {
    for (const value of new Set(textsOf(read(row)))) {
      if (value === '' || !value.startsWith(prefix)) continue
      counts.set(value, (counts.get(value) ?? 0) + occurrencesOf(row, from))
    }
  }
  return [...counts]
    .map(([value, occurrences]) => ({ value, occurrences }))
    .sort((a, b) => b.occurrences - a.occurrences || compareText(a.value, b.value))
    .slice(0, limit)
}
