import fc from 'fast-check'
import { MILLISECOND } from '../../collector/src/clock.ts'
import { HISTORY_FROM, HISTORY_TO } from '../bench/stored-history.ts'
import {
  FIELD_NAMES,
  fieldLists,
  fields,
  manyValues,
  metrics,
  mostly,
  queryTexts,
  values,
  whole,
  windows,
  zones,
} from './arbitrary-words.ts'

const to = HISTORY_TO / MILLISECOND
const range = mostly(
  [
    { from: HISTORY_FROM / MILLISECOND, to },
    { from: to - 86_400_000, to },
    { from: 0, to: 9_007_199_254_740 },
  ],
  fc.constantFrom({ from: 0, to: 1 }, { from: 5, to: 4 }, { from: -1, to: 1e300 }),
  fc.nat(30 * 86_400_000).map((length) => ({ from: to - length, to })),
)

const terms = fc.array(
  fc.record({
    key: mostly([...FIELD_NAMES, 'level'], fields),
    operator: mostly(['=', '!=', '=|', '!=|', '=~', '!~'], fc.constantFrom('<', '>'), values),
    values: manyValues.chain((list) => fc.boolean().map((isOne) => (isOne ? [list.join('|')] : list))),
  }),
  { maxLength: 4 },
)

/** A panel's query as Grafana sends it, with whatever a person or a program may have put into it. */
const panelQuery = fc.record(
  {
    refId: fc.constantFrom('A', 'B', 'C', '__proto__'),
    schemaVersion: mostly([1], fc.constantFrom(0, 2)),
    queryType: mostly(
      [
        'events',
        'context',
        'aggregate',
        'patterns',
        'correlations',
        'timeline',
        'annotations',
        'problems',
        'incidents',
      ],
      values,
    ),
    filter: fc.record({ text: queryTexts, terms }, { requiredKeys: [] }),
    adHoc: terms,
    timezone: zones,
    view: mostly(['events', 'observations'], values),
    order: mostly(['newest', 'oldest'], values),
    limit: whole(5_000),
    metric: mostly(['occurrences', 'objects', 'events', 'gapP95', 'rate', 'active', 'watched', 'complete'], metrics),
    groupBy: fieldLists,
    top: whole(1_000),
    format: mostly(['auto', 'timeseries', 'numeric', 'table', 'heatmap'], values),
    interval: mostly(['auto', ...['1s', '20m', 'day', 'month']], windows),
    compare: mostly(['none', 'day', 'week'], values),
    patternBy: fieldLists,
    minOccurrences: whole(1_000_000_000),
    minRatePerMinute: fc.constantFrom(0, 1, 1e308),
    traits: fc.array(fc.constantFrom('burst', 'novel', 'silent', 'periodic', 'recurring'), { maxLength: 5 }),
    correlationId: values,
    withOver: fc.boolean(),
    eachObject: fc.boolean(),
    timelineBy: mostly(['object', 'workload', 'node', 'namespace', 'problem'], values),
    tagFields: fieldLists,
    intervalMs: mostly<unknown>([1, 1_000, 3_600_000], fc.constantFrom(0, 1e18, -5, 'x')),
    maxDataPoints: mostly<unknown>([1, 800, 10_000], fc.constantFrom(0, 1e18, 'x')),
    context: fc.record({
      id: values,
      timeNs: fc.constantFrom('0', '1769817600000000000', '9'.repeat(19)),
      direction: fc.constantFrom('forward', 'backward'),
      labels: fc.dictionary(fields, values),
    }),
    timeRange: range,
  },
  { requiredKeys: ['schemaVersion', 'queryType', 'timeRange', 'refId'] },
)

/** What the data source asks, under `/api/v1/grafana`. */
export const grafanaQuestions = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(panelQuery, { maxLength: 4 }).map((queries) => ({ path: 'query', body: { queries } })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(panelQuery, fc.nat(110)).map(([query, times]) => ({
      path: 'query',
      body: { queries: Array.from({ length: times }, (_, index) => ({ ...query, refId: `R${index}` })) },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ query: panelQuery, timeRange: range }).map((body) => ({ path: 'preview', body })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ query: panelQuery })
      .chain((body) => fc.constantFrom('check', 'migrate').map((path) => ({ path, body }))),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        query: fc.record({
          field: fields,
          filter: fc.record({ text: queryTexts, terms }),
          limit: whole(1_000),
          search: values,
        }),
        timeRange: range,
      })
      .map((body) => ({ path: 'variables', body })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ key: fields, terms, prefix: values, timeRange: range })
      .map((body) => ({ path: 'tag-values', body })),
  },
  { weight: 1, arbitrary: range.map((timeRange) => ({ path: 'tag-keys', body: { timeRange } })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ text: queryTexts, position: fc.nat(100), timeRange: range })
      .map((body) => ({ path: 'complete', body })),
  },
)
