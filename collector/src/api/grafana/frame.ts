import { MILLISECOND, type EpochMicros } from '../../clock.ts'
import type { Notice } from '../notices.ts'
import type { Link } from './link.ts'

/** What stands for a value of an enum column: its text and the colour that Grafana draws it in. */
export interface EnumItem {
  readonly text: string
  readonly color: string
}

interface Named {
  readonly name: string
  /** Tell series apart, in panels and in alerts alike. */
  readonly labels?: Readonly<Record<string, string>>
  /** Grafana's field configuration: display name, unit, links. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** A column of a frame; all columns of one frame are of one length. */
export type Column =
  | (Named & { readonly kind: 'time'; readonly values: readonly EpochMicros[] })
  | (Named & { readonly kind: 'number'; readonly values: readonly (number | null)[] })
  | (Named & { readonly kind: 'string'; readonly values: readonly string[] })
  /** Each value is JSON already: what is made for thousands of rows is not made twice. */
  | (Named & { readonly kind: 'json'; readonly values: readonly string[] })
  /** Places in `items`; null ends a region. */
  | (Named & {
      readonly kind: 'enum'
      readonly items: readonly EnumItem[]
      readonly values: readonly (number | null)[]
    })

/** The kinds of frames that Grafana reads by contract, see the dataplane documentation. Absent: a plain table. */
export type FrameType = 'log-lines' | 'timeseries-wide' | 'timeseries-multi' | 'numeric-long' | 'heatmap-rows'

export interface FrameMeta {
  readonly type?: FrameType
  readonly typeVersion?: readonly [number, number]
  readonly preferredVisualisationType?: 'logs' | 'nodeGraph' | 'table' | 'graph'
  /** What was asked, as Grafana's inspector shows it. */
  readonly executedQueryString?: string
  readonly notices?: readonly Notice[]
  readonly custom?: Readonly<Record<string, unknown>>
}

export interface Frame {
  readonly name?: string
  readonly meta?: FrameMeta
  readonly columns: readonly Column[]
}

/**
 * Configuration of a time in a table. Grafana would show milliseconds in a column whose first and last row lie within a minute
 * of each other, and seconds in the next one.
 */
export const TABLE_TIME = { unit: 'dateTimeAsSystem' }

/** Both numbers non-zero make a frame readable for alert rules and expressions. */
export const ALERTABLE = [0, 1] as const

/** A column that opens something when one of its values is clicked. */
export function withLinks(column: Column, links: readonly Link[]): Column {
  return links.length === 0 ? column : { ...column, config: { ...column.config, links } }
}

/** A column for links and sorting that nobody reads. Grafana's tables before 12.2 know the first word, those since then the second. */
export function hidden(column: Column): Column {
  const custom = { hidden: true, hideFrom: { legend: true, tooltip: true, viz: true } }
  return { ...column, config: { ...column.config, custom } }
}

/** Names by which `JSON.stringify` writes what it has no word for; the values hold null there. */
const ENTITIES = { NaN: Number.isNaN, Inf: (value: number) => value === Infinity, NegInf: (value: number) => value === -Infinity } // prettier-ignore

/**
 * A frame as the JSON text that the decoder of grafana-plugin-sdk-go takes. The decoder goes by the order of keys: `schema`
 * before `data`, `values` before `nanos` and `entities`, and knows no other keys there. Times are whole ms with the rest as
 * nanoseconds; every number is a float64, nullable.
 */
export function encodeFrame({ name, meta, columns }: Frame, refId: string): string {
  const schema = {
    refId,
    ...(name === undefined ? {} : { name }),
    ...(meta === undefined ? {} : { meta }),
    fields: columns.map(schemaOf),
  }
  const encoded = columns.map(encodeColumn)
  const nanos = encoded.map((column) => column.nanos)
  const entities = encoded.map((column) => column.entities)
  const data = [
    `"values":[${encoded.map(({ values }) => values).join(',')}]`,
    ...(nanos.some((each) => each !== null) ? [`"nanos":${JSON.stringify(nanos)}`] : []),
    ...(entities.some((each) => each !== null) ? [`"entities":${JSON.stringify(entities)}`] : []),
  ]
  return `{"schema":${JSON.stringify(schema)},"data":{${data.join(',')}}}`
}

const TYPES = {
  time: ['time', { frame: 'time.Time' }],
  number: ['number', { frame: 'float64', nullable: true }],
  string: ['string', { frame: 'string' }],
  json: ['other', { frame: 'json.RawMessage' }],
  enum: ['enum', { frame: 'enum', nullable: true }],
} as const

function schemaOf(column: Column) {
  const [type, typeInfo] = TYPES[column.kind]
  const config = column.kind === 'enum' ? { ...column.config, type: { enum: enumConfig(column.items) } } : column.config
  return {
    name: column.name,
    type,
    typeInfo,
    ...(column.labels === undefined ? {} : { labels: column.labels }),
    ...(config === undefined ? {} : { config }),
  }
}

function enumConfig(items: readonly EnumItem[]) {
  return { text: items.map(({ text }) => text), color: items.map(({ color }) => color) }
}

interface EncodedColumn {
  /** JSON of a list. */
  readonly values: string
  readonly nanos: readonly number[] | null
  readonly entities: Readonly<Record<string, readonly number[]>> | null
}

function encodeColumn(column: Column): EncodedColumn {
  switch (column.kind) {
    case 'time': {
      const values = column.values.map((time) => Math.floor(time / MILLISECOND))
      const nanos = column.values.map((time, row) => (time - (values[row] ?? 0) * MILLISECOND) * 1_000)
      return { values: JSON.stringify(values), nanos: nanos.some((each) => each !== 0) ? nanos : null, entities: null }
    }
    case 'number':
      // JSON has no word for NaN and infinities, and writes null.
      return { values: JSON.stringify(column.values), nanos: null, entities: entitiesOf(column.values) }
    case 'json':
      return { values: `[${column.values.join(',')}]`, nanos: null, entities: null }
    case 'string':
    case 'enum':
      return { values: JSON.stringify(column.values), nanos: null, entities: null }
  }
}

function entitiesOf(values: readonly (number | null)[]): EncodedColumn['entities'] {
  if (values.every((value) => value === null || Number.isFinite(value))) return null
  const found: Record<string, number[]> = {}
  for (const [name, isMeant] of Object.entries(ENTITIES)) {
    const places = values.flatMap((value, place) => (value !== null && isMeant(value) ? [place] : []))
    if (places.length > 0) found[name] = places
  }
  return found
}
