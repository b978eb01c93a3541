import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import { NOON, anObservation } from '../../../test/support/an-observation.ts'
import { writeCursor } from './cursor.ts'
import { InvalidQueryError } from './invalid-query.ts'
import {
  parseAggregateRequest,
  parseEventRequest,
  parseExportRequest,
  parseLatestRequest,
  parsePatternRequest,
  parseValueRequest,
} from './request.ts'
import { EARLIEST, LATEST } from './time.ts'

const EVER = { from: EARLIEST, to: LATEST, filter: { op: 'all' } }

describe('a request', () => {
  it('of nothing has its defaults', () => {
    expect(parseEventRequest({}, NOON)).toEqual({ ...EVER, view: 'events', order: 'newest', limit: 100 })
    expect(parseEventRequest(undefined, NOON)).toEqual(parseEventRequest({}, NOON))
    expect(parseAggregateRequest({}, NOON)).toEqual({
      ...EVER, groupBy: [], window: null, metrics: ['occurrences'], top: null, zeroFill: false,
    }) // prettier-ignore
    expect(parsePatternRequest({}, NOON)).toEqual({
      ...EVER, key: ['reason', 'regarding.kind', 'namespace'], minOccurrences: 3, minRatePerMinute: 0.5, limit: 100, samples: 3, traits: [], isOpenEnded: true,
    }) // prettier-ignore
    expect(parseLatestRequest({}, NOON)).toEqual({ ...EVER, limit: 100 })
    expect(parseValueRequest({ field: 'kind' }, NOON)).toEqual({
      ...EVER,
      field: 'regarding.kind',
      prefix: '',
      limit: 20,
      order: 'newest',
    })
    expect(parseExportRequest({}, NOON)).toEqual(EVER)
  })

  it('says the same as texts and as JSON', () => {
    const texts = {
      groupBy: 'reason, kind',
      metrics: 'objects,rate',
      top: '5',
      zeroFill: 'true',
      window: '15m',
      from: '-1h',
    }
    const json = {
      groupBy: ['reason', 'regarding.kind'],
      metrics: ['objects', 'rate'],
      top: 5,
      zeroFill: true,
      window: '15m',
      from: NOON / 1_000 - 3_600_000,
      to: NOON / 1_000,
    }
    expect(parseAggregateRequest(texts, NOON)).toEqual(parseAggregateRequest(json, NOON))
    expect(parseAggregateRequest(texts, NOON)).toEqual({
      from: NOON - HOUR,
      to: NOON,
      filter: { op: 'all' },
      groupBy: ['reason', 'regarding.kind'],
      window: { kind: 'fixed', every: 15 * MINUTE },
      metrics: ['objects', 'rate'],
      top: { groups: 5, orderBy: 'objects' },
      zeroFill: true,
    })
  })

  it('takes blank and null parameters for absent', () => {
    expect(parseEventRequest({ from: '', limit: '', query: null, namespace: '' }, NOON)).toEqual(
      parseEventRequest({}, NOON),
    )
  })

  it('ends now when its start is relative', () => {
    expect(parseExportRequest({ from: '-1h' }, NOON)).toMatchObject({ from: NOON - HOUR, to: NOON })
    expect(parseExportRequest({ from: '2026-05-11' }, NOON)).toMatchObject({ from: NOON - 12 * HOUR, to: LATEST })
    expect(parseExportRequest({ to: '-1h' }, NOON)).toMatchObject({ from: EARLIEST, to: NOON - HOUR })
  })

  it('joins the query and the lists of values', () => {
    expect(parseExportRequest({ query: 'reason:A', namespace: ['a', 'b,c'], severity: 'high' }, NOON).filter).toEqual({
      op: 'and',
      filters: [
        { op: 'in', field: 'reason', values: ['A'] },
        { op: 'in', field: 'namespace', values: ['a', 'b', 'c'] },
        { op: 'in', field: 'severity', values: ['high'] },
      ],
    })
  })

  it('keeps the range of the first page', () => {
    const pages = { view: 'events', order: 'newest', from: NOON - HOUR, to: NOON } as const
    const cursor = writeCursor(pages, { after: anObservation(), newest: anObservation() })
    expect(parseEventRequest({ from: '-1h', cursor }, NOON + MINUTE)).toMatchObject({
      from: NOON - HOUR,
      to: NOON,
      cursor,
    })
    expect(() => parseEventRequest({ cursor: 'x' }, NOON)).toThrow(/^cursor: /)
  })

  it.each([
    ['hour', 'UTC', { kind: 'calendar', unit: 'hour', zone: 'UTC' }],
    ['1h', 'UTC', { kind: 'fixed', every: HOUR }],
    ['1d', 'Europe/Berlin', { kind: 'calendar', unit: 'day', zone: 'Europe/Berlin' }],
    ['24h', 'Europe/Berlin', { kind: 'calendar', unit: 'day', zone: 'Europe/Berlin' }],
    ['60m', 'Asia/Kolkata', { kind: 'calendar', unit: 'hour', zone: 'Asia/Kolkata' }],
    ['1d', 'UTC', { kind: 'fixed', every: DAY }],
    ['1w', 'UTC', { kind: 'calendar', unit: 'week', zone: 'UTC' }],
    ['month', 'Asia/Kolkata', { kind: 'calendar', unit: 'month', zone: 'Asia/Kolkata' }],
    ['15m', 'Europe/Berlin', { kind: 'fixed', every: 15 * MINUTE }],
  ])('window %s in %s', (window, timezone, expected) => {
    expect(parseAggregateRequest({ window, timezone }, NOON).window).toEqual(expected)
  })

  it('is refused with every problem at once', () => {
    const mistakes = mistakesOf(() =>
      parseEventRequest(
        {
          from: 'yesterday',
          query: 'reasn:x AND (',
          limit: 0,
          limt: 3,
          view: 'x',
          severity: 'hgih,low',
          cluster: 7,
          from2: 1,
        },
        NOON,
      ),
    )
    expect(mistakes.map(({ parameter, position }) => [parameter, position])).toEqual([
      ['query', 0],
      ['query', 13],
      ['from', undefined],
      ['cluster', undefined],
      ['severity', undefined],
      ['view', undefined],
      ['limit', undefined],
      ['limt', undefined],
      ['from2', undefined],
    ])
    expect(mistakes.find(({ parameter }) => parameter === 'limt')?.message).toContain('Did you mean limit?')
  })

  const refusals: readonly (readonly [name: string, says: string, parse: () => unknown])[] = [
    [
      'a range that ends before it begins',
      'to: the range ends (-1h) before it begins (now)',
      () => parseExportRequest({ from: 'now', to: '-1h' }, NOON),
    ],
    ['a time before 1970', 'from: -30000d is outside the years', () => parseExportRequest({ from: '-30000d' }, NOON)],
    [
      'too many rows',
      'limit: must be a whole number from 1 to 10,000',
      () => parseEventRequest({ limit: 10_001 }, NOON),
    ],
    ['half a row', 'limit: must be a whole number', () => parseEventRequest({ limit: '1.5' }, NOON)],
    [
      'too many windows',
      'window: the range would have more than 11,000 windows',
      () => parseAggregateRequest({ from: '-7d', window: '1s' }, NOON),
    ],
    ['a window of no width', 'window: "0s" is not the width', () => parseAggregateRequest({ window: '0s' }, NOON)],
    [
      'an unknown zone',
      'timezone: there is no time zone "Mars"',
      () => parseAggregateRequest({ timezone: 'Mars' }, NOON),
    ],
    [
      'an unknown metric',
      'metrics: there is no metric "speed". The metrics are occurrences',
      () => parseAggregateRequest({ metrics: 'speed' }, NOON),
    ],
    ['no metric', 'metrics: must name at least one metric', () => parseAggregateRequest({ metrics: [] }, NOON)],
    [
      'a grouping by notes',
      'groupBy: note cannot be grouped by',
      () => parseAggregateRequest({ groupBy: 'note' }, NOON),
    ],
    [
      'a grouping by an unknown field',
      'groupBy: there is no field "reasn". Did you mean reason?',
      () => parseAggregateRequest({ groupBy: 'reasn' }, NOON),
    ],
    [
      'a field twice',
      'groupBy: names a field twice',
      () => parseAggregateRequest({ groupBy: 'kind,regarding.kind' }, NOON),
    ],
    ['a pattern without key', 'key: must name at least one field', () => parsePatternRequest({ key: [] }, NOON)],
    ['values of no field', 'field: must be a field', () => parseValueRequest({}, NOON)],
    ['values of notes', 'field: note has too many values', () => parseValueRequest({ field: 'note' }, NOON)],
    ['no object', 'request: must be an object of parameters: query', () => parseExportRequest([], NOON)],
  ]
  it.each(refusals)('refuses %s', (_name, says, parse) => {
    expect(mistakesOf(parse).length).toBe(1)
    expect(parse).toThrow(says)
  })
})

function mistakesOf(parse: () => unknown): InvalidQueryError['mistakes'] {
  try {
    parse()
  } catch (error) {
    if (error instanceof InvalidQueryError) return error.mistakes
    throw error
  }
  return []
}
