import { aCorrelation, aRecord } from '../../../test/support/a-record.ts'
import type { CorrelationBody } from '../event/correlation.ts'
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { problemRecordsOf } from '../../../test/support/problem-records.ts'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { HOUR, MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import type { Accounts } from '../event/outcome.ts'
import type { Observation } from '../event/observation.ts'
import type { StoreRecord } from '../event/record.ts'
import { LATEST } from '../query/time.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'
import { StoreUnavailableError, type EventReader } from '../store/store.ts'
import { createLogger } from '../telemetry/logger.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createApi, createProbes, Tails, type ApiDependencies, type Health } from './api.ts'
import type { Notice } from './notices.ts'
import type { ObservationJson } from './observation-json.ts'
import { ENDPOINTS } from './endpoints.ts'
import { parametersOf } from './parameters.ts'
import { apiReference, errorReference } from './reference.ts'
import { problemSchema } from './answer-schemas.ts'

/** Whatever an answer of any endpoint may hold: each test looks at its own part. */
interface Body {
  readonly total: number
  readonly detail: string
  readonly type: string
  readonly cursor: string | null
  readonly observations: readonly ObservationJson[]
  readonly notices: readonly Notice[]
  readonly groups: readonly unknown[]
  readonly patterns: readonly [{ readonly id: string; readonly query: string }]
  readonly correlations: readonly { readonly id: string }[]
  readonly problems: readonly { readonly parameter: string }[]
  readonly paths: Readonly<
    Record<string, { readonly get: { readonly parameters: readonly { readonly name: string }[] } }>
  >
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: object }>> }
}

function bodyOf(response: { readonly body: unknown }): Body {
  return response.body as Body
}

const NOW = NOON + 5 * MINUTE
const ACCOUNTS: Accounts = { received: 3, stored: 2, alreadyStored: 0, filtered: { 'noise/leases': 1 }, signalled: {}, dropped: {}, deadLettered: {}, buffered: 0 } // prettier-ignore
const LETTERS = [1, 2].map((resourceVersion) => {
  const observation = anObservation({ resourceVersion })
  return { id: observation.id, cause: 'mapping', detail: 'count: out of range', observation }
})
const signal = new AbortController().signal

async function storeWith(rows: readonly Observation[], records: readonly StoreRecord[] = []): Promise<EventReader> {
  const store = createMemoryStore()
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'test', sequence: 1, rows: pending, records }, signal)
  return store
}

function apiOver(reader: EventReader, overrides: Partial<ApiDependencies> = {}) {
  const log: string[] = []
  const metrics = createMetrics({
    accounts: () => ACCOUNTS,
    buffer: () => ({ rows: 0, bytes: 0, fullness: 0 }),
    rules: () => [],
    usage: () => ({ residentBytes: 0, cpuSeconds: 0, loopDelay: { p50: 0, p99: 0, max: 0 } }),
    version: '0.1.0',
  })
  const app = createApi({
    reader,
    tails: new Tails(),
    accounts: () => ACCOUNTS,
    deadLetters: (limit) => ({ total: 2, letters: LETTERS.slice(0, limit) }),
    health: () => ({ live: true, ready: true, problems: [] }),
    metrics,
    token: null,
    requestsPerMinute: 0,
    version: '0.1.0',
    clock: () => NOW,
    logger: createLogger({ level: 'debug', format: 'json', isTerminal: false, write: (line) => log.push(line) }),
    ...overrides,
  })
  return { app, log, metrics }
}

/** Pods of one workload that fail to pull, one a minute before noon. */
function failures(count: number): Observation[] {
  return Array.from({ length: count }, (_, index) =>
    anObservation({
      uid: `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`,
      resourceVersion: 1_000 + index,
      lastObserved: NOON - (count - 1 - index) * MINUTE,
      firstObserved: NOON - (count - 1 - index) * MINUTE,
      regarding: { ...anObservation().regarding, name: `payments-${index}`, uid: `p-${index}` },
    }),
  )
}

function gap(from: EpochMicros, to: EpochMicros): StoreRecord {
  const body = { cluster: 'lab', stream: 'all namespaces', cause: 'the API server forgot its history' }
  return { kind: 'gap', id: 'g-1', revision: 1, from, to, body }
}

describe('GET /api/v1/events', () => {
  it('gives the newest first, with names of the frame and times to the microsecond', async () => {
    const { app } = apiOver(await storeWith([anObservation({ lastObserved: NOON + 408_032 })]))
    const body = bodyOf(await request(app).get('/api/v1/events').expect(200))
    expect(body).toMatchObject({ total: 1, returned: 1, cursor: null, notices: [] })
    expect(body.observations[0]).toMatchObject({
      lastObserved: '2026-05-11T12:00:00.408032Z',
      firstObserved: '2026-05-11T11:59:00Z',
      resourceVersion: 4101,
      regarding: { kind: 'Pod', name: 'payments-0' },
    })
  })

  it('says how many there are when a limit hides some', async () => {
    const { app } = apiOver(await storeWith(failures(600)))
    const body = bodyOf(await request(app).get('/api/v1/events?limit=5').expect(200))
    expect(body).toMatchObject({ total: 600, returned: 5 })
    expect(body.observations[0]?.regarding.name).toBe('payments-599')
    expect(body.notices.map(({ text }) => text).join()).toContain('5 of 600 events')
  })

  it('pages to the end by the Link header, each row once', async () => {
    const { app } = apiOver(await storeWith(failures(25)))
    const seen: string[] = []
    let next: string | undefined = '/api/v1/events?limit=10'
    while (next !== undefined) {
      const response: request.Response = await request(app).get(next).expect(200)
      seen.push(...bodyOf(response).observations.map(({ id }) => id))
      next = /<([^>]+)>; rel="next"/.exec(response.headers['link'] ?? '')?.[1]
    }
    expect(new Set(seen).size).toBe(25)
    expect(seen).toHaveLength(25)
  })

  it('filters by text, parameters and a range relative to now', async () => {
    const { app } = apiOver(await storeWith(failures(25)))
    const query = { query: 'reason:BackOff', object: 'payments-24,payments-1', from: '-10m' }
    const body = bodyOf(await request(app).get('/api/v1/events').query(query).expect(200))
    expect(body.observations.map(({ regarding }) => regarding.name)).toEqual(['payments-24'])
  })
})

describe('answers over a gap', () => {
  it.each([
    '/events',
    '/aggregate?groupBy=reason',
    '/latest',
    '/patterns?minOccurrences=1',
    '/correlations',
    '/fields/reason/values',
  ])('say so: %s', async (path) => {
    const { app } = apiOver(await storeWith([anObservation()], [gap(NOON - HOUR, NOON - MINUTE)]))
    const body = bodyOf(await request(app).get(`/api/v1${path}`).expect(200))
    expect(body.notices).toContainEqual({
      severity: 'warning',
      text: 'Data may be missing from 2026-05-11T11:00:00Z to 2026-05-11T11:59:00Z (lab, all namespaces): the API server forgot its history',
    })
  })

  it('say so in the header of an export', async () => {
    const { app } = apiOver(await storeWith([anObservation()], [gap(NOON - HOUR, NOON)]))
    const { headers } = await request(app).get('/api/v1/export').expect(200)
    expect(JSON.parse(headers['eventloom-notices'] ?? '')).toHaveLength(1)
  })

  it('tell nothing where the gap is outside the range', async () => {
    const { app } = apiOver(await storeWith([anObservation()], [gap(NOON - 2 * HOUR, NOON - HOUR)]))
    const body = bodyOf(await request(app).get('/api/v1/events?from=-10m').expect(200))
    expect(body.notices).toEqual([])
  })

  it('tell five gaps and the number of the others', async () => {
    const gaps = Array.from({ length: 8 }, (_, index) => ({
      ...gap(NOON - HOUR + index * SECOND, NOON),
      id: `g-${index}`,
    }))
    const { app } = apiOver(await storeWith([], gaps))
    const body = bodyOf(await request(app).get('/api/v1/events').expect(200))
    expect(body.notices).toHaveLength(6)
    expect(body.notices[4]?.text).toContain('from 2026-05-11T11:00:07Z')
    expect(body.notices[5]?.text).toContain('3 further gaps')
    const listed = await request(app).get('/api/v1/gaps?limit=2').expect(200)
    expect(listed.body).toMatchObject({ gaps: [{ id: 'g-6' }, { id: 'g-7' }] })
  })

  it('say of a gap that is still open since when', async () => {
    const { app } = apiOver(await storeWith([anObservation()], [gap(NOON - HOUR, LATEST)]))
    const body = bodyOf(await request(app).get('/api/v1/events?from=-1m').expect(200))
    expect(body.notices.map(({ text }) => text).join()).toContain('missing since 2026-05-11T11:00:00Z (lab')
    const listed = await request(app).get('/api/v1/gaps').expect(200)
    expect(listed.body).toMatchObject({ gaps: [{ from: '2026-05-11T11:00:00Z', to: null }] })
  })
})

describe('aggregates', () => {
  it('answer the same to GET and to POST', async () => {
    const { app } = apiOver(await storeWith(failures(25)))
    const range = { from: '2026-05-11T11:00:00Z', to: '2026-05-11T13:00:00Z' }
    const get = await request(app).get('/api/v1/aggregate').query({ ...range, groupBy: 'reason', window: '1h', metrics: 'occurrences,last,maxSeverity' }).expect(200) // prettier-ignore
    const post = await request(app).post('/api/v1/aggregate').send({ ...range, groupBy: ['reason'], window: '1h', metrics: ['occurrences', 'last', 'maxSeverity'] }).expect(200) // prettier-ignore
    expect(bodyOf(get)).toEqual(bodyOf(post))
    expect(bodyOf(get).groups[0]).toEqual({
      key: ['BackOff'],
      points: [
        {
          start: '2026-05-11T11:00:00Z',
          values: { occurrences: 24, last: '2026-05-11T11:59:00Z', maxSeverity: 'high' },
        },
        {
          start: '2026-05-11T12:00:00Z',
          values: { occurrences: 1, last: '2026-05-11T12:00:00Z', maxSeverity: 'high' },
        },
      ],
    })
  })

  it('say what no window holds, and that counts are lower bounds', async () => {
    const row = anObservation({ count: 40, countUnplaced: 39, deltaSince: NOON - 3 * HOUR, countIsLowerBound: true })
    const { app } = apiOver(await storeWith([row]))
    const body = bodyOf(await request(app).get('/api/v1/aggregate?from=2026-05-11&to=2026-05-12&window=1h').expect(200))
    expect(body).toMatchObject({ unplaced: 39, isLowerBound: true })
    expect(body.notices.map(({ text }) => text).join(' ')).toMatch(/39 more occurrences.*at least/)
  })

  it('say that distinct objects were estimated, and to how much', async () => {
    const store = await storeWith([anObservation()])
    const aggregate: EventReader['aggregate'] = async (...asked) => {
      return { ...(await store.aggregate(...asked)), distinctError: 0.023 }
    }
    const asIs = { statistics: () => store.statistics(signal), records: async () => [] }
    const { app } = apiOver({ ...asIs, aggregate } as unknown as EventReader)
    const answer = await request(app).get('/api/v1/aggregate?metrics=objects').expect(200)
    const text = 'There are too many objects or events to count one by one: their numbers are estimates, to 2.3 %.'
    expect(answer.body).toMatchObject({ notices: [{ severity: 'info', text }] })
  })

  it('count all that is stored when no range is given, also what began before the first row was seen', async () => {
    const row = anObservation({ count: 40, countDelta: 1, countUnplaced: 39, firstObserved: NOON - 3 * HOUR, deltaSince: NOON - 3 * HOUR }) // prettier-ignore
    const { app } = apiOver(await storeWith([row]))
    const count = async (query: string) => bodyOf(await request(app).get(`/api/v1/aggregate${query}`).expect(200))
    expect(await count('')).toMatchObject({ from: '2026-05-11T09:00:00Z', groups: [{ points: [{ values: { occurrences: 40 } }] }], unplaced: 0 }) // prettier-ignore
    expect(await count('?metrics=rate')).toMatchObject({ groups: [{ points: [{ values: { rate: expect.closeTo(40 / 180) as number } }] }] }) // prettier-ignore
    // Windows hold only what has a time: they begin with the first row.
    expect(await count('?window=1m')).toMatchObject({ from: '2026-05-11T12:00:00Z', unplaced: 39 })
  })

  it('look at what is stored when no range is given, also in an empty store', async () => {
    for (const rows of [failures(25), []]) {
      const { app } = apiOver(await storeWith(rows))
      await request(app).get('/api/v1/aggregate?window=1m&groupBy=reason').expect(200)
    }
  })
})

describe('patterns', () => {
  it('have an id that finds them again in any range, and a query that shows their events', async () => {
    const { app } = apiOver(await storeWith(failures(25)))
    const body = bodyOf(await request(app).get('/api/v1/patterns').expect(200))
    expect(body.patterns).toHaveLength(1)
    const [pattern] = body.patterns
    expect(pattern).toMatchObject({ id: 'BackOff:Pod:shop', occurrences: 25, objects: 25, maxSeverity: 'high' })
    const one = await request(app)
      .get(`/api/v1/patterns/${encodeURIComponent(pattern.id)}?from=-7m`)
      .expect(200)
    expect(bodyOf(one)).toMatchObject({ id: 'BackOff:Pod:shop', occurrences: 3 })
    const events = await request(app).get('/api/v1/events').query({ query: pattern.query }).expect(200)
    expect(bodyOf(events).total).toBe(25)
  })

  it('count all that is stored when no range is given, and their trend begins with the first row', async () => {
    const old = anObservation({ uid: 'old', count: 40, countDelta: 1, countUnplaced: 39, firstObserved: NOON - 3 * HOUR, deltaSince: NOON - 3 * HOUR, lastObserved: NOON - 12 * MINUTE }) // prettier-ignore
    const { app } = apiOver(await storeWith([old, ...failures(2)]))
    const { patterns } = bodyOf(await request(app).get('/api/v1/patterns?minRatePerMinute=0').expect(200))
    expect(patterns).toMatchObject([
      { occurrences: 42, firstObserved: '2026-05-11T09:00:00Z', trend: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1] },
    ])
  })

  it('with names that bite keep id and query', async () => {
    const rows = failures(9).map((row) => ({ ...row, reason: 'Sync/"a:b"\\', namespace: '' }))
    const { app } = apiOver(await storeWith(rows))
    const body = bodyOf(await request(app).get('/api/v1/patterns').expect(200))
    const [{ id, query }] = body.patterns
    await request(app)
      .get(`/api/v1/patterns/${encodeURIComponent(id)}`)
      .expect(200)
    const events = await request(app).get('/api/v1/events').query({ query }).expect(200)
    expect(bodyOf(events).total).toBe(9)
  })

  it('that did not happen in the range are not found', async () => {
    const { app } = apiOver(await storeWith(failures(3)))
    const body = bodyOf(await request(app).get('/api/v1/patterns/Killing:Pod:shop').expect(404))
    expect(body.detail).toContain('Ask for another range')
  })
})

describe('correlations', () => {
  const record = (id: string, body: Partial<CorrelationBody>) =>
    aRecord('correlation', { id, from: NOON - HOUR, body: aCorrelation(body) })
  it('tell every time in RFC 3339', async () => {
    const change = { observation: 'o', reason: 'ScalingReplicaSet', object: 'Deployment shop/web', observed: NOON }
    const { app } = apiOver(await storeWith([], [record('c-0', { changes: [change] })]))
    const { correlations } = bodyOf(await request(app).get('/api/v1/correlations?from=-2h').expect(200))
    expect(correlations[0]).toMatchObject({ changes: [{ ...change, observed: '2026-05-11T12:00:00Z' }] })
  })

  const [first, second] = failures(2).map((row, index) => ({ ...row, correlationId: `c-${index}` }))
  const records = [
    record('c-0', { title: 'payments: BackOff', mergedInto: null, absorbed: ['c-1'] }),
    record('c-1', { title: 'payments', mergedInto: 'c-0', absorbed: [] }),
  ]

  it('show a merged group once, as the one it became', async () => {
    const { app } = apiOver(await storeWith([], records))
    const body = bodyOf(await request(app).get('/api/v1/correlations?from=-2h').expect(200))
    expect(body.correlations.map(({ id }) => id)).toEqual(['c-0'])
  })

  it('are those with a matching observation, whatever group it was born into', async () => {
    const rows = [{ ...first, namespace: 'shop' }, { ...second, namespace: 'bank' }] as Observation[] // prettier-ignore
    const { app } = apiOver(await storeWith(rows, [...records, record('c-2', { title: 'none' })]))
    const found = async (query: string) =>
      bodyOf(await request(app).get(`/api/v1/correlations?from=-2h&${query}`).expect(200)).correlations.map(({ id }) => id) // prettier-ignore
    expect(await found('namespace=bank')).toEqual(['c-0'])
    expect(await found('query=reason:Nothing')).toEqual([])
    expect(await found('')).toEqual(['c-0', 'c-2'])
  })

  it('are the newest, when there are more than asked for', async () => {
    const many = ['c-2', 'c-3', 'c-4'].map((id, hours) => ({ ...record(id, {}), from: NOON + hours * HOUR - 3 * HOUR })) // prettier-ignore
    const { app } = apiOver(await storeWith([], many))
    const body = bodyOf(await request(app).get('/api/v1/correlations?from=-4h&limit=2').expect(200))
    expect(body.correlations.map(({ id }) => id)).toEqual(['c-3', 'c-4'])
    expect(body.notices).toMatchObject([{ text: expect.stringContaining('newest 2 of 3') as string }])
  })

  it('are the newest, when there are more than are looked through, and say so', async () => {
    const many = Array.from({ length: 5_001 }, (_, index) => ({
      ...record(`c-${index}`, {}),
      from: NOON - HOUR + index,
    }))
    const { app } = apiOver(await storeWith([], many.toReversed()))
    const { correlations, notices } = bodyOf(
      await request(app).get('/api/v1/correlations?from=-2h&limit=2').expect(200),
    )
    expect(correlations.map(({ id }) => id)).toEqual(['c-4999', 'c-5000'])
    expect(notices.map(({ text }) => text).join()).toContain('Only the newest 5000 groups')
  })

  it('lead from the id at birth to the whole', async () => {
    const { app } = apiOver(await storeWith([first, second] as Observation[], records))
    const body = bodyOf(await request(app).get('/api/v1/correlations/c-1').expect(200))
    expect(body).toMatchObject({ id: 'c-0', title: 'payments: BackOff', total: 2 })
  })

  it('that lead in a circle are not found', async () => {
    const circle = [record('c-0', { mergedInto: 'c-1' }), record('c-1', { mergedInto: 'c-0' })]
    const { app } = apiOver(await storeWith([], circle))
    await request(app).get('/api/v1/correlations/c-1').expect(404)
  })
})

describe('dead letters', () => {
  it('are listed with the reason, and how many there are in all', async () => {
    const { app } = apiOver(await storeWith([]))
    const answer = await request(app).get('/api/v1/dead-letters?limit=1').expect(200)
    const observation = { resourceVersion: 1, lastObserved: '2026-05-11T12:00:00Z' }
    expect(answer.body).toMatchObject({
      total: 2,
      letters: [{ cause: 'mapping', detail: 'count: out of range', observation }],
    })
    expect(answer.body).toHaveProperty('letters.length', 1)
  })
})

describe('the export', () => {
  it('is one JSON object a line, oldest first, however many', async () => {
    const { app } = apiOver(await storeWith(failures(2_500)))
    const response = await request(app).get('/api/v1/export').buffer(true).parse((stream, done) => {
      let text = ''
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      stream.on('end', () => done(null, text))
    }).expect(200) // prettier-ignore
    const lines = (response.body as string).trimEnd().split('\n').map((line) => JSON.parse(line) as { regarding: { name: string } }) // prettier-ignore
    expect(lines).toHaveLength(2_500)
    expect([lines[0]?.regarding.name, lines.at(-1)?.regarding.name]).toEqual(['payments-0', 'payments-2499'])
  })
})

describe('a client that leaves', () => {
  /** A store that has no end, and tells how far it was read and whether it was told to stop. */
  async function endless() {
    const state = { batches: 0, isStopped: false }
    const batch = failures(200)
    async function* scan(_query: unknown, given: AbortSignal) {
      given.addEventListener('abort', () => (state.isStopped = true))
      for (; state.batches < 100_000; state.batches++) {
        given.throwIfAborted()
        yield batch
        await new Promise(setImmediate)
      }
    }
    const reader = { ...(await storeWith([])), records: async () => [], scan } as unknown as EventReader
    const server = apiOver(reader).app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { state, server, port }
  }

  it('ends the export in the store, which is read no faster than the client reads', async () => {
    const { state, server, port } = await endless()
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /api/v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'readable')
    // It fills what lies between the two, and then stands still.
    for (let before = -1; before !== state.batches;) {
      before = state.batches
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    expect(state.isStopped).toBe(false)
    socket.destroy()
    await expect.poll(() => state.isStopped).toBe(true)
    server.close()
  })
})

describe('a wrong request', () => {
  it('is answered with every problem at once, and where it is', async () => {
    const { app, log } = apiOver(await storeWith([]))
    const response = await request(app).get('/api/v1/events?query=raeson:x&limt=5&from=yesterday').expect(400)
    const [body, headers] = [bodyOf(response), response.headers as Record<string, string>]
    expect(headers['content-type']).toContain('application/problem+json')
    expect(problemSchema.parse(body)).toMatchObject({ type: '/docs#invalid-query', status: 400 })
    expect(body.problems.map(({ parameter }) => parameter).sort()).toEqual(['from', 'limt', 'query']) // prettier-ignore
    expect(body.problems.find(({ parameter }) => parameter === 'query')).toMatchObject({ position: 0 }) // prettier-ignore
    expect(log).toEqual([])
  })

  const refused: readonly { readonly name: string; readonly send: (app: ReturnType<typeof apiOver>['app']) => request.Test; readonly status: number; readonly type: string }[] = [
    { name: 'an address that is none', send: (app) => request(app).get('/api/v1/event'), status: 404, type: 'not-found' },
    { name: 'a method that is none', send: (app) => request(app).delete('/api/v1/events'), status: 405, type: 'method-not-allowed' },
    { name: 'a body that is not JSON', send: (app) => request(app).post('/api/v1/aggregate').type('json').send('{"a":'), status: 400, type: 'malformed-request' },
    { name: 'a body of two megabytes', send: (app) => request(app).post('/api/v1/aggregate').send({ query: 'x'.repeat(2e6) }), status: 413, type: 'body-too-large' },
    { name: 'a body that does not say it is JSON', send: (app) => request(app).post('/api/v1/aggregate').type('text').send('{}'), status: 400, type: 'malformed-request' },
    { name: 'a body that is a list', send: (app) => request(app).post('/api/v1/aggregate').send([1]), status: 400, type: 'invalid-query' },
    { name: 'an address that is not UTF-8', send: (app) => request(app).get('/api/v1/patterns/%ff'), status: 400, type: 'malformed-request' },
    { name: 'a parameter where none is taken', send: (app) => request(app).get('/api/v1/accounts?x=1'), status: 400, type: 'invalid-query' },
    { name: 'a filter where only a range is taken', send: (app) => request(app).get('/api/v1/gaps?reason=x'), status: 400, type: 'invalid-query' },
    { name: 'more a minute than a store can count', send: (app) => request(app).get('/api/v1/patterns?minRatePerMinute=1.7976931348623157e308'), status: 400, type: 'invalid-query' },
    { name: 'a pattern id with too few parts', send: (app) => request(app).get('/api/v1/patterns/BackOff'), status: 400, type: 'invalid-query' },
    { name: 'a cursor that was made up', send: (app) => request(app).get('/api/v1/events?cursor=abc'), status: 400, type: 'invalid-query' },
    { name: 'a name of every object as a parameter', send: (app) => request(app).get('/api/v1/events?__proto__=1'), status: 400, type: 'invalid-query' },
  ] // prettier-ignore

  it.each(refused)('gets a problem: $name', async ({ send, status, type }) => {
    const { app, log } = apiOver(await storeWith([]))
    const body = bodyOf(await send(app).expect(status))
    expect(problemSchema.parse(body).type).toBe(`/docs#${type}`)
    expect(log).toEqual([])
  })
})

describe('a store that fails', () => {
  const failing = async (error: Error) => {
    const store = await storeWith([])
    const fail = () => Promise.reject(error)
    return { ...store, events: fail, records: async () => [], statistics: fail } as unknown as EventReader
  }

  it('is a 503 that says when to ask again', async () => {
    const { app } = apiOver(await failing(new StoreUnavailableError('search', { cause: new Error('disk') })))
    const response = await request(app).get('/api/v1/events').expect(503)
    const [body, headers] = [bodyOf(response), response.headers as Record<string, string>]
    expect(headers['retry-after']).toBe('5')
    expect(body.type).toBe('/docs#store-unavailable')
  })

  it('for want of memory is refused, with what to narrow, and is not asked for again', async () => {
    const { app, log } = apiOver(await failing(new StoreUnavailableError('read', { cause: '', trouble: 'memory' })))
    const response = await request(app).get('/api/v1/events').expect(422)
    expect(bodyOf(response).type).toBe('/docs#too-large')
    expect(bodyOf(response).detail).toContain('shorter range')
    expect(response.headers).not.toHaveProperty('retry-after')
    expect(log).toEqual([])
  })

  it('by a mistake of ours is not said to be away', async () => {
    const { app, log } = apiOver(await failing(new StoreUnavailableError('read', { cause: '', trouble: 'mistake' })))
    await request(app).get('/api/v1/events').expect(500)
    expect(log).toHaveLength(1)
  })

  it('unexpectedly is an opaque 500, told once in the log', async () => {
    const { app, log } = apiOver(await failing(new Error('column "secret" is missing')))
    const { text } = await request(app).get('/api/v1/events').expect(500)
    expect(text).not.toContain('secret')
    expect(log).toHaveLength(1)
  })

  it('to answer in time is a 504, and is told to stop', async () => {
    const store = await storeWith([])
    let asked: AbortSignal | undefined
    const never = (_query: unknown, given: AbortSignal) => {
      asked = given
      return new Promise((_resolve, reject) => given.addEventListener('abort', () => reject(new Error('aborted'))))
    }
    const reader = { ...store, records: async () => [], events: never } as unknown as EventReader
    const { app } = apiOver(reader, { answerTimeoutMs: 30 })
    await request(app).get('/api/v1/events').expect(504)
    expect(asked?.aborted).toBe(true)
  })
})

describe('access', () => {
  const TOKEN = 'a-token-of-more-than-16-characters'

  it.each(['evil.example', '10.0.0.7:8085', 'localhost.evil.example', ''])(
    'on loopback is refused to the host "%s"',
    async (host) => {
      const { app } = apiOver(await storeWith([]))
      const body = bodyOf(await request(app).get('/api/v1/events').set('Host', host).expect(421))
      expect(body.type).toBe('/docs#wrong-host')
    },
  )

  it.each(['localhost:8085', '127.0.0.1', '[::1]:8085'])('on loopback is given to %s', async (host) => {
    const { app } = apiOver(await storeWith([]))
    await request(app).get('/api/v1/events').set('Host', host).expect(200)
  })

  it.each([
    { Origin: 'https://evil.example' },
    { Origin: 'http://localhost:3000' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'http://localhost:8085', 'Sec-Fetch-Site': 'cross-site' },
  ])('is refused to a page of another origin before anything is asked: %j', async (headers) => {
    for (const token of [null, TOKEN]) {
      const { app } = apiOver(await storeWith([]), { token })
      const sent = { Host: 'localhost:8085', Authorization: `Bearer ${TOKEN}`, ...headers }
      for (const path of ['/api/v1/aggregate?groupBy=reason', '/api/v1/export', '/metrics', '/docs']) {
        expect(bodyOf(await request(app).get(path).set(sent).expect(403)).type).toBe('/docs#foreign-origin')
      }
      await request(app).post('/api/v1/grafana/query').set(sent).send({ queries: [] }).expect(403)
    }
  })

  it.each([
    {},
    { 'Sec-Fetch-Site': 'none' },
    { 'Sec-Fetch-Site': 'same-origin' },
    { Origin: 'http://localhost:8085', 'Sec-Fetch-Site': 'same-origin' },
  ])('is given to programs, to who types the address and to its own pages: %j', async (headers) => {
    const { app } = apiOver(await storeWith([]))
    await request(app).get('/docs').set({ Host: 'localhost:8085', ...headers }).expect(200) // prettier-ignore
  })

  it.each(['/api/v1/events', '/api/v1/export', '/metrics', '/openapi.json', '/docs', '/healthz', '/nothing'])(
    'with a token is refused without it: %s',
    async (path) => {
      const { app } = apiOver(await storeWith([]), { token: TOKEN })
      for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`]) {
        const body = bodyOf(await request(app).get(path).set('Authorization', authorization).expect(401))
        expect(JSON.stringify(body)).not.toContain(TOKEN)
      }
    },
  )

  it('with the token is given, from any host', async () => {
    const { app } = apiOver(await storeWith([]), { token: TOKEN })
    await request(app).get('/api/v1/events').set({ Authorization: `Bearer ${TOKEN}`, Host: 'eventloom.example' }).expect(200) // prettier-ignore
  })

  it('carries headers that keep browsers from running anything', async () => {
    const { app } = apiOver(await storeWith([]))
    const { headers } = await request(app).get('/docs').expect(200)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['x-powered-by']).toBeUndefined()
  })
})

describe('health', () => {
  const problems = [{ component: 'cluster prod', text: 'may not list events' }]
  const cases: readonly { readonly name: string; readonly health: Health; readonly healthz: number; readonly readyz: number }[] = [
    { name: 'all well', health: { live: true, ready: true, problems: [] }, healthz: 200, readyz: 200 },
    { name: 'a cluster that forbids', health: { live: true, ready: false, problems }, healthz: 200, readyz: 503 },
    { name: 'beyond help', health: { live: false, ready: false, problems }, healthz: 503, readyz: 503 },
  ] // prettier-ignore

  it.each(cases)('tells restart from wait: $name', async ({ health, healthz, readyz }) => {
    const { app } = apiOver(await storeWith([]), { health: () => health })
    const alive = await request(app).get('/healthz').expect(healthz)
    const ready = await request(app).get('/readyz').expect(readyz)
    expect([bodyOf(alive).problems, bodyOf(ready).problems]).toEqual([health.problems, health.problems])
    const probes = createProbes(() => health)
    const probe = await request(probes).get('/healthz').expect(healthz)
    expect(probe.text).not.toContain('prod')
    await request(probes).get('/readyz').expect(readyz)
    await request(probes).get('/api/v1/events').expect(404)
    await request(probes).get('/metrics').expect(404)
  })
})

describe('what describes itself', () => {
  it('answers as OpenAPI says, every endpoint', async () => {
    const gaps = [gap(NOON - HOUR, NOON), aRecord('correlation', { id: 'c-0', body: aCorrelation() })]
    const rows = failures(9)
    const { app } = apiOver(await storeWith(rows, [...gaps, ...problemRecordsOf(rows, NOON)]))
    const listed = await request(app).get('/api/v1/incidents?all=true').expect(200)
    const { incidents } = listed.body as { readonly incidents: readonly { readonly id: string }[] }
    const incident = incidents[0]?.id ?? 'none'
    const paths: Record<string, string> = {
      pattern: '/patterns/BackOff:Pod:shop',
      correlation: '/correlations/c-0',
      values: '/fields/reason/values',
      incident: `/incidents/${incident}`,
      similar: `/incidents/${incident}/similar`,
    }
    for (const { name, path, methods, answerSchema } of ENDPOINTS) {
      const address = `/api/v1${paths[name] ?? path}`
      const asked = methods.includes('get') ? request(app).get(address) : request(app).post(address).send({})
      const body = bodyOf(await asked.expect(200))
      expect(answerSchema.safeParse(body).error?.issues, name).toBeUndefined()
    }
  })

  it('has an OpenAPI document with every address', async () => {
    const { app } = apiOver(await storeWith([]))
    const body = bodyOf(await request(app).get('/openapi.json').expect(200))
    const paths = ENDPOINTS.map(({ path }) => path.replace(/:(\w+)/g, '{$1}'))
    expect(Object.keys(body.paths).sort()).toEqual(
      [...paths, '/silences', '/silences/{id}', '/export', '/recordings'].sort(),
    )
    expect(body.paths['/events']?.get.parameters.map(({ name }) => name)).toContain('cursor')
    expect(body.components.schemas.Observation?.properties).toHaveProperty('lastObserved')
  })

  it('has a page without script that lists every address and failure', async () => {
    const { app } = apiOver(await storeWith([]))
    const { text } = await request(app).get('/docs').expect(200)
    for (const { path } of ENDPOINTS) expect(text).toContain(path)
    expect(text).toContain('id="store-unavailable"')
    expect(text).not.toMatch(/<script|(href|src)="http/)
  })

  it('counts answers by route, not by address', async () => {
    const { app } = apiOver(await storeWith([]))
    for (let index = 0; index < 30; index++) await request(app).get(`/api/v1/patterns/e-${index}:Pod:x`)
    for (let index = 0; index < 30; index++) await request(app).get(`/nothing/${index}`)
    const { text } = await request(app).get('/metrics').expect(200)
    expect(text).toContain('eventloom_http_request_seconds_count{route="/api/v1/patterns/:id",status="4xx"} 30')
    expect(text).not.toContain('e-17')
    expect(text.split('\n').filter((line) => line.includes('route=')).length).toBeLessThan(40)
  })
})

describe('the pages in docs', () => {
  it('are made from the code', async () => {
    await expect(apiReference()).toMatchFileSnapshot('../../../docs/api.md')
    await expect(errorReference()).toMatchFileSnapshot('../../../docs/errors.md')
  })

  it('explain every parameter', () => {
    const silent = ENDPOINTS.flatMap(({ request: asked }) => parametersOf(asked)).filter(({ text }) => text === '')
    expect(silent).toEqual([])
  })
})
