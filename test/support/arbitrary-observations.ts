import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { DAY, HOUR, MINUTE, SECOND } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { CATEGORIES, SEVERITIES } from '../../collector/src/event/words.ts'
import { FIELDS, isGroupable } from '../../collector/src/query/fields.ts'
import { escapeWildcards } from '../../collector/src/query/filter.ts'
import type {
  AggregateQuery,
  EventQuery,
  EventVolumeQuery,
  Filter,
  LatestQuery,
  Metric,
  PatternQuery,
  TimeRange,
  Window,
} from '../../collector/src/query/model.ts'
import { noteTokens } from '../../collector/src/query/note-tokens.ts'
import { anObservation, NOON } from './an-observation.ts'
import { texts } from './arbitrary-text.ts'

/** Texts that broke somebody's quoting, matching, sorting or case folding. */
const NASTY_TEXTS = [
  '', ' ', '%', '_', '100%', 'a_b', '\\', 'C:\\temp\\x', "it's", '"', '""', "'; DROP TABLE observations; --", '*', '?', 'a*b', 'a?c',
  'é', 'e\u0301', 'ß', 'İstanbul', 'ΑΣ', 'ς', '日本語', '\u{1F600}', '\uFF01', '\u2028', 'a\nb', 'a\tb', 'null', 'NULL', 'true', '0', '-1', '007', 'NaN',
  '{}', '[a OR b] && !c', '$1', '{"a":1}', 'Sync', 'Sync/Failed', 'SYNC', 'NOT', 'team-a', 'team-a-b', 'ip-10-0-3-17.eu-west-1.compute.internal',
  'a'.repeat(300), '__proto__', 'constructor', 'ａｂｃ', '١٢٣', '½', 'Ⅷ',
] // prettier-ignore

const NOTES = [
  'unable to get external metric team-a/s0:queue/depth{app="worker"}', 'C:\\temp\\x is missing; "quoted" text', 'queue depth', 'queuedepth',
  'İSTANBUL ΟΔΟΣ straße', 'x_y', 'x y', 'naïve café', 'cafe\u0301 noir', '日本語 テスト', 'Error: 42% of 7', 'a\nb c', '...', 'Back-off restarting failed container',
] // prettier-ignore

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NASTY_TEXTS) },
  // Characters of three and four bytes too, never half a surrogate pair, never NUL: normalize lets neither through.
  { weight: 1, arbitrary: texts({ maxLength: 6 }).map((value) => value.replaceAll('\0', '')) },
)
const note = fc.oneof(
  fc.constantFrom(...NOTES),
  text,
  fc.array(text, { maxLength: 4 }).map((parts) => parts.join(' ')),
)

/** Few values, so that groups have members. */
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('BackOff', 'Failed', 'Pulled', '') },
  { weight: 1, arbitrary: text },
)

const MAP_KEYS = ['app', 'app.kubernetes.io/name', 'a.b', 'a', '__proto__', 'constructor', "it's", 'a"b', 'é', 'image']
const map = fc
  .array(fc.tuple(fc.constantFrom(...MAP_KEYS), text), { maxLength: 3 })
  .map((entries): Record<string, string> => Object.fromEntries(entries))

const UIDS = [
  '',
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  'ABCDEF01-2345-6789-ABCD-EF0123456789',
  'abcdef01-2345-6789-abcd-ef0123456789',
  'ip-10-0-3-17',
  "uid with 'quotes' and %",
  '00000000-0000-0000-0000-000000000000',
]

/** Ties, neighbours of range ends and of hours, and days apart, around {@link NOON}. */
const time = fc.oneof(
  fc.constantFrom(0, 1, -1, MINUTE, HOUR, HOUR - 1, -HOUR, DAY, -DAY, -2 * DAY).map((offset) => NOON + offset),
  fc.integer({ min: -3 * HOUR, max: 3 * HOUR }).map((offset) => NOON + offset),
  fc.integer({ min: -3 * 3_600, max: 3 * 3_600 }).map((seconds) => NOON + seconds * SECOND),
)

/** Where a text compare of resourceVersions goes wrong, and what needs more than 32 bits. */
const resourceVersion = fc.oneof(
  fc.integer({ min: 99_997, max: 100_003 }),
  fc.constantFrom(null, 0, 4101, 2 ** 40, Number.MAX_SAFE_INTEGER),
)

const object = fc.record({
  kind: fc.constantFrom('Pod', 'Node', 'Deployment', ''),
  namespace: fc.constantFrom('shop', 'team-a', 'team-a-b', ''),
  name: fc.oneof(fc.constantFrom('payments-0', 'payments-1', 'worker-1'), text),
  uid: fc.constantFrom(...UIDS),
  apiVersion: fc.constantFrom('v1', 'apps/v1', ''),
  fieldPath: fc.constantFrom('', 'spec.containers{payments}', 'spec.initContainers{wait-for-db}'),
})

const counts = fc
  .record({
    count: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(973, 51_252, 2 ** 31)),
    countDelta: fc.integer({ min: 0, max: 9 }),
    countUnplaced: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 ** 33 }) },
    ),
    countIsLowerBound: fc.boolean(),
    countEstimated: fc.boolean(),
  })
  .map((made) => (made.countUnplaced > 0 ? { ...made, countDelta: 1 } : made))

const parts = fc.record({
  cluster: fc.constantFrom('lab', 'prod'),
  clusterUid: fc.constantFrom(null, 'c1'),
  source: fc.constantFrom('live', 'recording lab.jsonl', 'api'),
  uid: fc.constantFrom(...UIDS),
  name: fc.oneof(
    fc.constantFrom('payments-0.18ae773b82737275', 'payments-0.18AE773B82737275', 'payments-0', 'x.18ae'),
    text,
  ),
  eventNamespace: fc.constantFrom('shop', 'default'),
  resourceVersion,
  namespace: fc.constantFrom('shop', 'team-a', 'team-a-b', ''),
  lastObserved: time,
  before: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 * HOUR }), fc.integer({ min: 0, max: 3 * DAY })),
  since: fc.nat({ max: 3 }),
  type: fc.constantFrom('Normal', 'Warning', 'Odd'),
  reason: word,
  action: word,
  note,
  reportingController: word,
  reportingInstance: text,
  regarding: object,
  related: object,
  container: fc.constantFrom('', 'payments', 'c'),
  node: fc.constantFrom('', 'worker-1'),
  labels: map,
  annotations: map,
  metadata: map,
  objectLabels: map,
  rest: fc.constantFrom(null, { series: { '.': {} } }, { __proto__x: [1, null, 'é'] }),
  flags: fc.subarray(['combined', 'hybrid', 'repaired']),
  category: fc.constantFrom(...CATEGORIES),
  severity: fc.constantFrom(...SEVERITIES),
  rule: fc.constantFrom('catalogue', "user's rule"),
  owner: fc.record({ kind: fc.constantFrom('Deployment', ''), name: word }),
  topologyEvidence: fc.constantFrom('name', 'self'),
  correlationId: fc.constantFrom('c-0123456789abcdef', 'c-ffffffffffffffff', ''),
  correlationRule: word,
  templateId: fc.constantFrom('t-0123456789abcdef', 't-00000000000000aa', ''),
  patternIds: fc.subarray(['p-1', 'p-2', "p-'"]),
  counts,
})

/** Any observation a store may be given: ids distinct, so that rows may be written as decided. */
export const observations = (options: { readonly maxLength: number }): fc.Arbitrary<readonly Observation[]> =>
  fc.array(parts, options).map((made) =>
    made.map(({ before, since, counts: numbers, ...fields }, index) => {
      const firstObserved = fields.lastObserved - before
      return anObservation({
        ...fields,
        ...numbers,
        id: idOf(index, fields.uid),
        firstObserved,
        received: fields.lastObserved + SECOND,
        deltaSince: firstObserved + Math.floor((before * since) / 3),
      })
    }),
  )

/** Sixteen bytes, distinct for each index, in no order. */
function idOf(index: number, salt: string): string {
  return createHash('sha256')
    .update(`${String(index)} ${salt}`)
    .digest()
    .subarray(0, 16)
    .toString('base64url')
}

/** Ranges whose ends fall on rows, and some without any. */
const range: fc.Arbitrary<TimeRange> = fc.oneof(
  fc.constant({ from: NOON - 3 * DAY, to: NOON + 3 * DAY }),
  fc.tuple(time, time).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + (a === b ? 1 : 0) })),
)

const MAPS = ['labels', 'annotations', 'metadata', 'objectLabels']
const ofType = (...types: readonly string[]) =>
  FIELDS.filter(({ name, type }) => types.includes(type) && name !== 'note' && name !== 'id').map(({ name }) => name)
const mapField = fc.tuple(fc.constantFrom(...MAPS), fc.constantFrom(...MAP_KEYS)).map(([name, key]) => `${name}.${key}`)
const textField = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ofType('text', 'list')) },
  { weight: 1, arbitrary: mapField },
)
const numberField = fc.constantFrom(...ofType('integer'))
const timeField = fc.constantFrom(...ofType('time'))
const value = fc.oneof(fc.constantFrom('shop', 'team-a', 'BackOff', 'Failed', 'Pod', 'lab', 'high', '', ...UIDS), text)

const pattern = fc
  .array(fc.oneof(fc.constantFrom('*', '?', '**', 'a', 'B', 'Fail', 'team-'), text.map(escapeWildcards)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((pieces) => pieces.join(''))

const words = fc
  .tuple(note, fc.nat({ max: 3 }), fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.boolean())
  .map(([from, start, length, lastIsPrefix, cut]): Filter => {
    const tokens = noteTokens(from).slice(start, start + length)
    const chosen = tokens.length === 0 ? ['queue', 'depth'] : [...tokens]
    const last = chosen.pop() ?? ''
    const shortened = cut ? [...last].slice(0, 2).join('') || last : last
    return { op: 'words', words: [...chosen, shortened], lastIsPrefix }
  })

const bounds = <Bound extends number | string>(bound: fc.Arbitrary<Bound>) =>
  fc
    .tuple(fc.constantFrom('gte', 'gt', 'none'), bound, fc.constantFrom('lte', 'lt', 'none'), bound)
    .map(([lower, low, upper, high]) => ({
      ...(lower === 'none' ? {} : { [lower]: low }),
      ...(upper === 'none' ? {} : { [upper]: high }),
    }))

const rangeFilter = fc
  .oneof(
    fc.tuple(textField, bounds(text)),
    fc.tuple(numberField, bounds(fc.oneof(fc.integer({ min: -1, max: 10 }), fc.constantFrom(973, 100_000, 2 ** 40)))),
    fc.tuple(timeField, bounds(time)),
  )
  .map(([field, ends]): Filter => ({ op: 'range', field, ...ends }))

const condition: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant<Filter>({ op: 'all' }),
  fc.record({ op: fc.constant('in' as const), field: textField, values: fc.array(value, { maxLength: 3 }) }),
  fc.record({
    op: fc.constant('in' as const),
    field: numberField,
    values: fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 99_997, max: 100_003 })).map(String), {
      maxLength: 3,
    }),
  }),
  fc.record({
    op: fc.constant('in' as const),
    field: fc.constantFrom(...ofType('boolean')),
    values: fc.subarray(['true', 'false']),
  }),
  fc.record({ op: fc.constant('like' as const), field: textField, pattern }),
  rangeFilter,
  fc.record({
    op: fc.constant('exists' as const),
    field: fc.oneof(textField, numberField, timeField, fc.constantFrom('note', ...MAPS)),
  }),
  words,
)

/** Filters as the parser may make them, and/or/not nested to a small depth. */
export const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: condition },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constantFrom('and' as const, 'or' as const),
        filters: fc.array(tie('filter'), { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('not' as const), filter: tie('filter') }) },
  ),
})).filter

/** Half of them over all rows, so that most answers are not empty. */
const someFilter = fc.oneof(fc.constant<Filter>({ op: 'all' }), filters)

const groupable = fc.oneof(
  fc.constantFrom(
    ...FIELDS.filter((field) => isGroupable({ field, key: null, name: field.name })).map(({ name }) => name),
  ),
  fc.constantFrom('reason', 'namespace', 'regarding.kind', 'cluster'),
  mapField,
)
const metric = fc.constantFrom<Metric>(
  'occurrences', 'observations', 'objects', 'events', 'first', 'last', 'rate', 'gapP50', 'gapP95', 'maxSeverity',
) // prettier-ignore

const window: fc.Arbitrary<Window> = fc.oneof(
  fc.constantFrom(HOUR, 10 * MINUTE, DAY, 7 * MINUTE, HOUR + 1).map((every) => ({ kind: 'fixed' as const, every })),
  fc.record({
    kind: fc.constant('calendar' as const),
    unit: fc.constantFrom('hour', 'day', 'week', 'month'),
    zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe'),
  }),
)

const limit = fc.integer({ min: 1, max: 7 })

export const eventQueries: fc.Arbitrary<EventQuery> = fc
  .tuple(
    range,
    fc.record({
      filter: someFilter,
      view: fc.constantFrom('events', 'observations'),
      order: fc.constantFrom('newest', 'oldest'),
      limit,
    }),
  )
  .map(([times, query]) => ({ ...times, ...query }))

export const aggregateQueries: fc.Arbitrary<AggregateQuery> = fc
  .tuple(
    range,
    fc.record({
      filter: someFilter,
      groupBy: fc.uniqueArray(groupable, { maxLength: 3 }),
      window: fc.option(window),
      metrics: fc.uniqueArray(metric, { minLength: 1, maxLength: 10 }),
      top: fc.option(fc.record({ groups: fc.integer({ min: 1, max: 4 }), orderBy: metric })),
      zeroFill: fc.boolean(),
    }),
  )
  .map(([times, query]) => ({ ...times, ...query, zeroFill: query.zeroFill && query.window !== null }))

export const eventVolumeQueries: fc.Arbitrary<EventVolumeQuery> = fc
  .tuple(range, fc.record({ filter: someFilter, window }))
  .map(([times, query]) => ({ ...times, ...query }))

export const latestQueries: fc.Arbitrary<LatestQuery> = fc
  .tuple(range, fc.record({ filter: someFilter, limit }))
  .map(([times, query]) => ({ ...times, ...query }))

export const patternQueries: fc.Arbitrary<PatternQuery> = fc
  .tuple(
    range,
    fc.record({
      filter: someFilter,
      key: fc.uniqueArray(groupable, { minLength: 1, maxLength: 3 }),
      minOccurrences: fc.integer({ min: 1, max: 5 }),
      minRatePerMinute: fc.constantFrom(0, 0.01, 0.5),
      limit,
      samples: fc.integer({ min: 0, max: 4 }),
    }),
  )
  .map(([times, query]) => ({ ...times, ...query }))

export const valueQueries = fc
  .tuple(
    range,
    fc.record({
      filter: someFilter,
      order: fc.constant('newest' as const),
      field: fc.oneof(groupable, fc.constantFrom('flags', 'patternIds', ...MAPS)),
      prefix: fc.constantFrom('', 'B', 'team-a', '%', '_', 'a.', '1', '\\', '\u{1F600}'),
      limit,
    }),
  )
  .map(([times, query]) => ({ ...times, ...query }))
