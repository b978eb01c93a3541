import fc from 'fast-check'
import { FIELDS } from '../../collector/src/query/fields.ts'
import { METRICS } from '../../collector/src/query/request-parts.ts'

// What people, programs and attackers write into questions: mostly what is meant, now and then what nobody should.

export const FIELD_NAMES = FIELDS.map(({ name }) => name)

const GROUPABLE = FIELDS.filter(({ groupable }) => groupable).map(({ name }) => name)
const TEXTS = FIELDS.filter(({ name, type, groupable }) => groupable && type === 'text' && name !== 'severity').map(
  ({ name }) => name,
)
const COUNTS = FIELDS.filter(({ type }) => type === 'integer').map(({ name }) => name)

/** One of these, and seldom one of the rare: a question has dozens of parts, and one wrong part is enough to refuse it. */
export const mostly = <T>(usual: readonly T[], ...rare: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...usual) }, ...rare.map((arbitrary) => ({ weight: 1, arbitrary })))

/** Text of any kind. */
export const wildText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '*', '?', '\\', '"', '\0', "';--", '__proto__', '$1', '\u{1F6A8}', '-', '(empty)'),
  fc.nat(3_000).map((length) => 'a'.repeat(length)),
)

/** Words that the generated rows have, and some that no row has. */
export const values = mostly(
  [
    'BackOff',
    'Unhealthy',
    'team-3',
    'service-1',
    'worker-2',
    'Pod',
    'Warning',
    'high',
    'kubelet',
    'probe',
    'bench',
    'true',
    '1',
  ],
  wildText,
)

export const fields = mostly(
  FIELD_NAMES,
  fc.constantFrom('labels.app', 'metadata.image', 'annotations.a.b/c', 'k8s.event.reason', 'no.such', ''),
  wildText,
)

export const fieldLists = fc.oneof(
  { weight: 20, arbitrary: fc.uniqueArray(fc.constantFrom(...GROUPABLE, 'labels.app'), { maxLength: 8 }) },
  { weight: 1, arbitrary: fc.array(fields, { maxLength: 9 }) },
)

/** Few of any list, or so many that they are a burden. */
export const manyValues = fc.oneof(
  { weight: 12, arbitrary: fc.array(values, { maxLength: 5 }) },
  {
    weight: 1,
    arbitrary: fc
      .nat(25_000)
      .map((count) => Array.from({ length: count }, (_, index) => `service-${index}-${(index * 7_919).toString(16)}`)),
  },
)

const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`

const text = mostly(TEXTS, fields)
const condition = fc.oneof(
  { weight: 20, arbitrary: fc.tuple(text, values).map(([field, value]) => `${field}:${quoted(value)}`) },
  { weight: 10, arbitrary: fc.tuple(text, values).map(([field, value]) => `${field}:*${value.slice(0, 8)}*?*`) },
  { weight: 10, arbitrary: fc.tuple(text, values, values).map(([field, from, to]) => `${field}:[${from} TO ${to}}`) },
  { weight: 10, arbitrary: mostly(COUNTS, fields).chain((field) => fc.nat(9).map((count) => `${field}:>=${count}`)) },
  { weight: 10, arbitrary: fields.map((field) => `_exists_:${field}`) },
  {
    weight: 20,
    arbitrary: fc.constantFrom('note:"restarting failed container"', 'note:pull*', 'back off', '*', 'severity:>low'),
  },
  { weight: 1, arbitrary: wildText },
)

const nested = fc
  .tuple(condition, fc.nat(2_000), fc.constantFrom('(', '-(', 'NOT (', '+('))
  .map(([inside, depth, open]) => open.repeat(depth) + inside + ')'.repeat(depth))

const repeated = fc
  .tuple(condition, fc.nat(2_500), fc.constantFrom(' OR ', ' AND ', ' AND NOT ', ' '))
  .map(([one, times, between]) => Array.from({ length: times }, (_, index) => `${one}${index}`).join(between))

/** Text in Lucene syntax, or nearly: short, deep, or long. */
export const queryTexts = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 4, arbitrary: fc.array(condition, { maxLength: 4 }).map((parts) => parts.join(' AND ')) },
  { weight: 6, arbitrary: fc.array(condition, { maxLength: 6 }).map((parts) => parts.join(' OR ')) },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: repeated },
)

const WRONG_TIMES = fc.oneof(
  fc.constantFrom<string | number>('now', '-1h', 'now-30d', 'now+100y', '-1us', '99999999999999999999', 'yesterday'),
  fc.nat(),
  fc.double({ noNaN: true }),
)
export const starts = mostly<string | number>(['2026-01-01', '2026-01-15T12:00:00Z', '1970-01-01'], WRONG_TIMES)
export const ends = mostly<string | number>(['2026-01-30', '2026-01-30T23:00:00Z', '2255-01-01', 'now'], WRONG_TIMES)
export const whole = (most: number) =>
  mostly<unknown>([1, 100, most, most - 1], fc.constantFrom(0, -1, most + 1, 1e18, 1e308, 0.5, 'x', null), fc.nat(most))
export const metrics = mostly<string>(METRICS, fc.constantFrom('sum', '', '__proto__'))
export const windows = mostly(
  ['hour', 'day', 'week', 'month', '20m', '15m', '1h'],
  fc.constantFrom('1us', '1ms', '1s', '0s', '-1h', '100y', '1e9h', 'x', '999999999999d'),
)
export const zones = mostly(
  ['UTC', 'Europe/Berlin', 'Asia/Kathmandu'],
  fc.constantFrom('Mars/Olympus', '', 'America/Scoresbysund'),
)
export const flags = mostly<unknown>([true, false], fc.constantFrom('yes', 1, 'false'))
