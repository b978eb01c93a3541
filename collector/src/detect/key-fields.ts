import type { DetectedEvent } from './detected-event.ts'

/** Reads the value of a field from an event; the empty string when it has none. */
export type KeyReader = (event: DetectedEvent, templateId: string) => string

const MAPS = ['metadata', 'labels', 'annotations', 'objectLabels'] as const
const OBJECTS = ['regarding', 'related', 'owner'] as const

/**
 * A reader for a field by its own name, as questions have it: `reason`, `regarding.kind`, `metadata.image`, `templateId`. What
 * comes after the name of a map is one key, dots and all. Who configures names is told there which fields exist.
 */
export function keyReader(field: string): KeyReader {
  if (field === 'templateId') return (_, templateId) => templateId
  const dot = field.indexOf('.')
  const [head, rest] = dot === -1 ? [field, ''] : [field.slice(0, dot), field.slice(dot + 1)]
  const map = MAPS.find((name) => name === head)
  if (map !== undefined && rest !== '') return (event) => ownText(event[map], rest)
  const object = OBJECTS.find((name) => name === head)
  if (object !== undefined && rest !== '') return (event) => ownText(event[object], rest)
  return (event) => ownText(event, field)
}

function ownText(value: object, key: string): string {
  const found: unknown = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : ''
}
