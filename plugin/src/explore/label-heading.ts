import type { DataFrame } from '@grafana/data'

/**
 * The heading of a label in row details: the collector says for each row which labels are of the object, of the event, or found
 * out. Null where it says nothing; Grafana then has a heading of its own.
 *
 * @param index row; null for any.
 */
export function labelHeading(key: string, frame: DataFrame | undefined, index: number | null): string | null {
  const headings: unknown = frame?.fields.find(({ name }) => name === 'labelTypes')?.values[index ?? 0]
  if (typeof headings !== 'object' || headings === null) return null
  const heading: unknown = Object.hasOwn(headings, key) ? (headings as Record<string, unknown>)[key] : null
  return typeof heading === 'string' ? heading : null
}
