import type { Notice } from '../notices.ts'
import type { Frame } from './frame.ts'
import { migrateQuery, type QueryType } from './query-schema.ts'

/** The options that each query type reads, beside the filter, which all do. */
export const READ_OPTIONS: Readonly<Record<QueryType, readonly string[]>> = {
  events: ['view', 'order', 'limit', 'scrolled'],
  context: ['context', 'limit'],
  aggregate: ['metric', 'groupBy', 'top', 'format', 'interval', 'compare'],
  patterns: ['traits', 'patternBy', 'minOccurrences', 'minRatePerMinute', 'limit', 'format'],
  correlations: ['correlationId', 'limit', 'format'],
  problems: ['withOver', 'eachObject', 'incidentId', 'limit', 'format'],
  incidents: ['withOver', 'limit', 'format'],
  causes: ['incidentId', 'format'],
  similar: ['incidentId', 'limit'],
  timeline: ['timelineBy', 'top', 'format', 'interval'],
  annotations: ['marks', 'tagFields', 'view', 'limit'],
}

const OPTIONS = new Set(Object.values(READ_OPTIONS).flat())

/** What the same wish is called elsewhere. */
const INSTEAD: Readonly<Record<string, string>> = { limit: 'top', top: 'limit' }

/** Options of a stored query that its type does not read: whoever set one believes that it does something. */
export function unreadOptions(json: unknown, type: QueryType): readonly string[] {
  return Object.entries(migrateQuery(json)).flatMap(([key, value]) => {
    const isUnset = value === null || value === undefined || (Array.isArray(value) && value.length === 0)
    return OPTIONS.has(key) && !isUnset && !READ_OPTIONS[type].includes(key) ? [key] : []
  })
}

/** Frames whose first says which options were not read. A warning and no error: queries of before, which had them, still answer. */
export function withUnread(frames: readonly Frame[], json: unknown, type: QueryType): readonly Frame[] {
  const [first, ...rest] = frames
  const unread = unreadOptions(json, type)
  if (first === undefined || unread.length === 0) return frames
  const text = unread.map((option) => sentence(option, type)).join(' ')
  const notice: Notice = { severity: 'warning', text }
  return [{ ...first, meta: { ...first.meta, notices: [notice, ...(first.meta?.notices ?? [])] } }, ...rest]
}

function sentence(option: string, type: QueryType): string {
  const other = INSTEAD[option]
  const instead = other !== undefined && READ_OPTIONS[type].includes(other) ? `set "${other}" instead` : 'remove it'
  return `The option "${option}" is not read by the query type "${type}": ${instead}.`
}
