import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import type { EventReader } from '../../store/store.ts'
import { sentBody } from '../bounded-bodies.ts'
import { oneAnswer, type Admit, type Door } from '../one-answer.ts'
import { jsonPieces } from '../send-pieces.ts'
import type { Health } from '../health.ts'
import { formatTime } from '../../query/time.ts'
import { WEIGHT_OF_LOOKUP } from '../../query/weight.ts'
import { readQuery } from './asked-query.ts'
import { completeAnswer, completeRequest } from './completion.ts'
import { tagKeysAnswer, tagKeysRequest, tagValuesAnswer, tagValuesRequest, variableAnswer, variableRequest } from './lookups.ts' // prettier-ignore
import { previewAnswer } from './preview.ts'
import { migrateQuery } from './query-schema.ts'
import { queryAnswer } from './results.ts'
import { streamTail, tailRequest } from './tail.ts'
import type { Tails } from './tails.ts'

/** Version of this interface. It changes only when plugin and collector of two versions cannot work together. */
const GRAFANA_API = 1

export interface GrafanaDependencies {
  readonly reader: EventReader
  readonly tails: Tails
  readonly health: () => Health
  readonly version: string
  readonly clock: Clock
  readonly door: Door
}

const queryOnly = z.object({ query: z.unknown() })
const previewRequest = z.object({ query: z.record(z.string(), z.unknown()), timeRange: z.unknown(), intervalMs: z.number().optional(), maxDataPoints: z.number().optional() }) // prettier-ignore

/** For queries that are read without being run over a range. */
const ANY_RANGE = { from: 0, to: 1 }

type Answer = (body: unknown, signal: AbortSignal, admit: Admit, request: Request) => Promise<Iterable<string>>

/**
 * What the Grafana data source asks, under `/api/v1/grafana`. Answers to `query` are data frames as JSON. Nothing is cached
 * here, so a request with `X-Cache-Skip` is answered like any other.
 */
export function grafanaRoutes({ reader, tails, health, version, clock, door }: GrafanaDependencies): Router {
  const posts: Readonly<Record<string, Answer>> = {
    query: (body, signal, admit, request) => queryAnswer(reader, body, { isAlert: request.get('FromAlert') === 'true', now: clock(), admit }, signal), // prettier-ignore
    variables: (body, signal, admit) => lookedUp(admit, () => variableAnswer(reader, read(variableRequest, body), clock(), signal)), // prettier-ignore
    'tag-keys': (body, signal, admit) => lookedUp(admit, () => tagKeysAnswer(reader, read(tagKeysRequest, body), clock(), signal)), // prettier-ignore
    'tag-values': (body, signal, admit) => lookedUp(admit, () => tagValuesAnswer(reader, read(tagValuesRequest, body), clock(), signal)), // prettier-ignore
    complete: (body, signal, admit) => lookedUp(admit, () => completeAnswer(reader, read(completeRequest, body), signal)), // prettier-ignore
    check: async (body) => jsonPieces({ problems: problemsOf(read(queryOnly, body).query, clock()) }),
    migrate: async (body) => jsonPieces({ query: migrateQuery(read(queryOnly, body).query) }),
    preview: async (body, signal, admit) => {
      const { query, ...rest } = read(previewRequest, body)
      return jsonPieces(await previewAnswer(reader, { ...query, ...rest }, { now: clock(), admit }, signal))
    },
  }
  const router = Router()
  const handle = (answer: Answer, request: Request, response: Response) =>
    oneAnswer(response, door, async (signal, admit) => {
      const pieces = await answer(request.method === 'POST' ? sentBody(request) : undefined, signal, admit, request)
      response.type('json')
      return pieces
    })
  for (const [name, answer] of Object.entries(posts)) {
    router.post(`/${name}`, (request, response) => handle(answer, request, response))
  }
  router.post('/tail', async (request, response) => {
    const { query, after } = read(tailRequest, sentBody(request))
    const now = clock()
    const { filter } = readQuery({ ...migrateQuery(query), timeRange: ANY_RANGE }, false, now)
    await streamTail({ reader, tails, door, now }, filter, after, response)
  })
  return router.get('/health', (request, response) =>
    handle(
      async (_body, signal) => jsonPieces(await healthAnswer(reader, health(), version, signal)),
      request,
      response,
    ),
  )
}

async function healthAnswer(reader: EventReader, { problems }: Health, version: string, signal: AbortSignal) {
  const trouble = problems.map(({ component, text }) => `${component}: ${text}`)
  try {
    const { backend, observations, oldest, newest } = await reader.statistics(signal)
    const time = (micros: number | null) => (micros === null ? null : formatTime(micros))
    const store = { kind: backend, state: 'ok', observations, oldest: time(oldest), newest: time(newest) }
    return { name: 'eventloom', version, grafanaApi: GRAFANA_API, store, trouble }
  } catch (error) {
    if (signal.aborted) throw error
    const state = error instanceof Error ? error.message : String(error)
    const store = { kind: 'store', state, observations: 0, oldest: null, newest: null }
    return { name: 'eventloom', version, grafanaApi: GRAFANA_API, store, trouble }
  }
}

/** Menus are small, whatever they are made of. */
async function lookedUp(admit: Admit, look: () => Promise<object>): Promise<Iterable<string>> {
  await admit(WEIGHT_OF_LOOKUP)
  return jsonPieces(await look())
}

/** Every problem of a query as an editor shows them; its range does not matter there. */
function problemsOf(query: unknown, now: number) {
  try {
    readQuery({ ...migrateQuery(query), timeRange: ANY_RANGE }, false, now)
    return []
  } catch (error) {
    if (error instanceof InvalidQueryError) return error.mistakes.map(({ parameter, ...rest }) => ({ place: parameter, ...rest })) // prettier-ignore
    throw error
  }
}

/** @throws InvalidQueryError with every problem of the body. */
function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new InvalidQueryError(result.error.issues.map(({ path, message }) => ({ parameter: path.join('.') || 'body', message }))) // prettier-ignore
}
