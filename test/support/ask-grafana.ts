import type { Observation } from '../../collector/src/event/observation.ts'
import type { StoreRecord } from '../../collector/src/event/record.ts'
import { MILLISECOND, type EpochMicros } from '../../collector/src/clock.ts'
import type { Link } from '../../collector/src/api/grafana/link.ts'
import { queryAnswer } from '../../collector/src/api/grafana/results.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import type { EventReader } from '../../collector/src/store/store.ts'

const signal = new AbortController().signal

export interface SentField {
  readonly name: string
  readonly type: string
  readonly labels?: Readonly<Record<string, string>>
  readonly config?: { readonly links?: readonly Link[]; readonly displayNameFromDS?: string } & Readonly<Record<string, unknown>> // prettier-ignore
}

/** A frame as Grafana's decoder gets it. */
export interface SentFrame {
  readonly schema: {
    readonly fields: readonly SentField[]
    readonly meta?: {
      readonly type?: string
      readonly notices?: readonly { readonly severity: string; readonly text: string }[]
      readonly custom?: Readonly<Record<string, unknown>>
    }
  }
  readonly data: { readonly values: readonly (readonly unknown[])[] }
}

/** A store that holds these rows and records. */
export async function storeWith(
  rows: readonly Observation[],
  records: readonly StoreRecord[] = [],
): Promise<EventReader> {
  const store = createMemoryStore()
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'test', sequence: 1, rows: pending, records }, signal)
  return store
}

/** The frames of one query of a data source, asked at the end of the range. @throws Error with what the collector says is wrong. */
export async function framesOf(
  reader: EventReader,
  range: { readonly from: EpochMicros; readonly to: EpochMicros },
  query: object,
): Promise<readonly SentFrame[]> {
  const timeRange = { from: range.from / MILLISECOND, to: range.to / MILLISECOND }
  const asked = { refId: 'A', schemaVersion: 1, datasource: { uid: 'eventloom' }, timeRange, ...query }
  const pieces = await queryAnswer(reader, { queries: [asked] }, { isAlert: false, now: range.to }, signal)
  const { results } = JSON.parse(pieces.join('')) as {
    results: Record<string, { error?: string; frames?: SentFrame[] }>
  }
  const [answer] = Object.values(results)
  if (answer?.error !== undefined) throw new Error(answer.error)
  return answer?.frames ?? []
}

/** Values of the columns of a frame by their names. */
export function columnsOf({ schema, data }: SentFrame): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(schema.fields.map(({ name }, place) => [name, data.values[place] ?? []]))
}
