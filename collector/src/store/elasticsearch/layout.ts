import { FIELDS, type FieldType } from '../../query/fields.ts'
import { MILLISECOND, type EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { formatSeconds } from '../../event/rfc3339.ts'

/** Grows with each change of the mapping. A day keeps the version it was born with; all versions are read alike. */
export const MAPPING_VERSION = 3

/**
 * Longest text, in UTF-16 units, that is indexed. Lucene refuses terms above 32,766 bytes, and a unit has at most three;
 * a longer one is stored and given back, but counts as absent in filters and groups.
 */
export const LONGEST_KEYWORD = 8_191

/** What a site may set about the indices. The defaults suit one node and up to some ten million observations a day. */
export interface LayoutSettings {
  /** Begins every name. Two installations on one cluster have two prefixes, neither the beginning of the other. */
  readonly prefix: string
  readonly shards: number
  readonly replicas: number
  /** Elasticsearch's own spelling, for example `5s`. */
  readonly refreshInterval: string
  readonly codec: 'best_compression' | 'default'
  /** Ingest pipeline that events go through. */
  readonly pipeline?: string | undefined
  /** ILM policy of each day. */
  readonly lifecyclePolicy?: string | undefined
  /** Component templates of the site. Ours counts where they differ. */
  readonly componentTemplates: readonly string[]
}

export const DEFAULT_LAYOUT: LayoutSettings = {
  prefix: 'eventloom',
  shards: 1,
  replicas: 1,
  refreshInterval: '5s',
  codec: 'best_compression',
  componentTemplates: [],
}

/**
 * The one index an observation belongs to, for ever: `PREFIX-normal-2026.05.11`, or `other` for every type but `Normal`. A
 * function of the event's bytes alone, so that a replay meets its own id (frame §6.8).
 */
export function indexOf(prefix: string, { type, lastObserved }: Pick<Observation, 'type' | 'lastObserved'>): string {
  return `${prefix}-${type === 'Normal' ? 'normal' : 'other'}-${dayOf(lastObserved)}`
}

/** The alias that writers use with `require_alias`, so that a write never makes an index without our mapping. */
export function writeAliasOf(index: string): string {
  return `${index}-write`
}

/** The alias over all days of all types, for our reader and for Kibana. */
export function readAliasOf(prefix: string): string {
  return `${prefix}-read`
}

/** The index of correlations, patterns, gaps and roll-ups. */
export function recordIndexOf(prefix: string): string {
  return `${prefix}-records`
}

/** What a template of ours says of itself: by it a collector knows whether it has to put its own. */
export function templateMark(layout: LayoutSettings) {
  const { shards, replicas, refreshInterval, codec, pipeline, lifecyclePolicy, componentTemplates } = layout
  const settings = JSON.stringify({
    shards,
    replicas,
    refreshInterval,
    codec,
    pipeline,
    lifecyclePolicy,
    componentTemplates,
  })
  return { owner: 'eventloom', mappingVersion: MAPPING_VERSION, settings }
}

/** The index of a day that is copied under a newer mapping. In the end it takes the day's own name as an alias. */
export function versionedNameOf(day: string, version: number): string {
  return `${day}-v${String(version)}`
}

/** The name of a day that writers know, whatever version its index has. */
export function plainNameOf(index: string): string {
  return index.replace(/-v\d+$/, '')
}

/** The alias of a copy while it is filled. */
export function copyAliasOf(index: string): string {
  return `${index}-copy`
}

/** Midnight UTC of a day of ours, of any version, µs; null for every other index. */
export function dayOfIndex(prefix: string, name: string): EpochMicros | null {
  const types = ['normal', 'other']
  const index = plainNameOf(name)
  const type = types.find((name) => index.startsWith(`${prefix}-${name}-`))
  const day = type === undefined ? '' : index.slice(`${prefix}-${type}-`.length)
  const time = /^\d{4}\.\d{2}\.\d{2}$/.test(day) ? Date.parse(`${day.replaceAll('.', '-')}T00:00:00Z`) : NaN
  return Number.isNaN(time) ? null : time * MILLISECOND
}

/** The composable index template of the days. `PUT /_index_template/PREFIX`. */
export function indexTemplate(settings: LayoutSettings): Readonly<Record<string, unknown>> {
  const { prefix, shards, replicas, refreshInterval, codec, pipeline, lifecyclePolicy, componentTemplates } = settings
  return {
    index_patterns: [`${prefix}-normal-*`, `${prefix}-other-*`],
    priority: 500,
    composed_of: componentTemplates,
    version: MAPPING_VERSION,
    _meta: templateMark(settings),
    template: {
      settings: {
        number_of_shards: shards,
        number_of_replicas: replicas,
        refresh_interval: refreshInterval,
        codec,
        'sort.field': ['@timestamp'],
        'sort.order': ['desc'],
        // The labels of one observation are one field, so the mapping never grows.
        'mapping.total_fields.limit': 200,
        ...(pipeline === undefined ? {} : { default_pipeline: pipeline }),
        ...(lifecyclePolicy === undefined ? {} : { 'lifecycle.name': lifecyclePolicy }),
      },
      mappings: MAPPING,
      aliases: { [readAliasOf(prefix)]: {} },
    },
  }
}

/** Settings and mapping of the index of records. */
export function recordIndex({ replicas }: LayoutSettings): Readonly<Record<string, unknown>> {
  return {
    settings: { number_of_shards: 1, number_of_replicas: replicas },
    mappings: {
      dynamic: false,
      _meta: { owner: 'eventloom', mappingVersion: MAPPING_VERSION },
      properties: {
        kind: { type: 'keyword' },
        id: { type: 'keyword' },
        revision: { type: 'long' },
        from: { type: 'long' },
        to: { type: 'long' },
        body: { type: 'object', enabled: false },
      },
    },
  }
}

const keyword = { type: 'keyword', ignore_above: LONGEST_KEYWORD }
/** Not searched by day or clock: found by their columns alone, which costs half the bytes. */
const column = { type: 'long', index: false }
const time = { type: 'date_nanos', format: 'strict_date_optional_time_nanos', index: false }
const flattened = { type: 'flattened', ignore_above: LONGEST_KEYWORD }
const unindexed = { type: 'object', enabled: false }

/** What a field of each type is to Elasticsearch. */
const BY_TYPE: Readonly<Record<FieldType, object>> = {
  text: keyword,
  integer: column,
  boolean: { type: 'boolean' },
  time,
  list: keyword,
  map: flattened,
}

/** Names of the Elastic Common Schema for fields of ours. An alias costs no bytes. */
const ECS_ALIASES: Readonly<Record<string, string>> = {
  message: 'noteTokens',
  'log.level': 'severity',
  'event.id': 'id',
  'event.reason': 'reason',
  'event.action': 'action',
  'event.provider': 'reportingController',
  'event.start': 'firstObserved',
  'event.ingested': 'received',
  'host.name': 'node',
  'orchestrator.cluster.id': 'clusterUid',
  'orchestrator.cluster.name': 'cluster',
  'orchestrator.namespace': 'namespace',
  'orchestrator.resource.type': 'regarding.kind',
  'orchestrator.resource.name': 'regarding.name',
  'orchestrator.resource.id': 'regarding.uid',
}

/** Where a field is not what its type is, and what is kept beside the fields. */
const OWN: Readonly<Record<string, object | undefined>> = {
  lastObserved: undefined,
  '@timestamp': { ...time, index: true },
  lastObservedMicros: column,
  deltaSince: column,
  // Sought as `_id`; the column is for the order of rows.
  id: { ...keyword, index: false },
  resourceVersion: { type: 'long' },
  note: undefined,
  // Ours are sought as they are; what a person types in Kibana is split and lower-cased first.
  noteTokens: { type: 'text', analyzer: 'whitespace', search_analyzer: 'standard', norms: false },
  severityRank: { type: 'byte', index: false },
  objectHash: column,
  rest: unindexed,
  unindexed,
}

/**
 * The mapping of a day. Nothing is dynamic: hostile labels cannot grow it. Times are ISO text in `date_nanos` for people;
 * `lastObservedMicros` and `deltaSince` are numbers besides, because Elasticsearch rounds `date_nanos` to ms in aggregates.
 */
const MAPPING = {
  dynamic: false,
  _meta: { owner: 'eventloom', mappingVersion: MAPPING_VERSION },
  // Can be made again from what is kept: `document.ts` does when it re-indexes.
  _source: {
    excludes: ['id', 'noteTokens', 'lastObservedMicros', 'severityRank', 'objectHash', 'labelsKeys', 'annotationsKeys', 'objectLabelsKeys', 'metadataKeys'],
  }, // prettier-ignore
  properties: nested([
    ...FIELDS.map(({ name, type }) => [name, BY_TYPE[type]] as const),
    ...FIELDS.filter(({ type }) => type === 'map').map(({ name }) => [`${name}Keys`, keyword] as const),
    ...Object.entries(OWN),
    ...Object.entries(ECS_ALIASES).map(([name, path]) => [name, { type: 'alias', path }] as const),
  ]),
}

/** `a.b` as `{ a: { properties: { b } } }`; what is undefined is left out. */
function nested(named: readonly (readonly [name: string, property: object | undefined])[]): object {
  const root: Record<string, unknown> = {}
  for (const [name, property] of named) {
    const segments = name.split('.')
    const last = segments.pop() ?? name
    let properties = root
    for (const segment of segments) {
      const child = (properties[segment] ??= { properties: {} }) as { properties: Record<string, unknown> }
      properties = child.properties
    }
    if (property === undefined) delete properties[last]
    else properties[last] = property
  }
  return root
}

function dayOf(time: EpochMicros): string {
  return formatSeconds(time).slice(0, 10).replaceAll('-', '.')
}
