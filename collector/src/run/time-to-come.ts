import type { AgreedTime } from '../agreed-time.ts'
import type { GapBody, StoreRecord } from '../event/record.ts'
import type { EventReader, RecordRange } from '../store/store.ts'

/**
 * The same reader. While the machine's clock is wrong it has one more gap, between that clock and the time of the API servers, so
 * that answers which reach into it say why they are empty. The gap is gone when the clocks agree.
 */
export function withTimeToCome(reader: EventReader, time: Pick<AgreedTime, 'disagreement'>): EventReader {
  return {
    events: (query, signal) => reader.events(query, signal),
    aggregate: (query, signal) => reader.aggregate(query, signal),
    eventVolume: (query, signal) => reader.eventVolume(query, signal),
    latest: (query, signal) => reader.latest(query, signal),
    patterns: (query, signal) => reader.patterns(query, signal),
    values: (query, signal) => reader.values(query, signal),
    scan: (query, signal) => reader.scan(query, signal),
    statistics: (signal) => reader.statistics(signal),
    async records(kind, range, signal) {
      const stored = await reader.records(kind, range, signal)
      const gap = kind === 'gap' ? gapOf(time, range) : null
      return gap === null ? stored : [...stored, gap as (typeof stored)[number]]
    },
  }
}

const ID = 'g-clock'

function gapOf({ disagreement }: Pick<AgreedTime, 'disagreement'>, range: RecordRange): StoreRecord | null {
  if (disagreement === null) return null
  if (range.id !== undefined && range.id !== ID) return null
  const { own, others, text } = disagreement
  const [from, to] = [Math.min(own, others), Math.max(own, others)]
  if (to < range.from || from >= range.to) return null
  const body: GapBody = { cluster: '', stream: 'clock', cause: text }
  return { kind: 'gap', id: ID, revision: 1, from, to, body: { ...body } }
}
