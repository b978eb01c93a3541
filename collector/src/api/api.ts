import express, { type Express, type RequestHandler, type Response } from 'express'
import { rateLimit } from 'express-rate-limit'
import helmet from 'helmet'
import type { Clock } from '../clock.ts'
import { isLoopback } from '../config/config.ts'
import type { DeadLetterList } from '../event/dead-letter.ts'
import type { Accounts } from '../event/outcome.ts'
import { parseExportRequest } from '../query/request.ts'
import { WEIGHT_OF_STREAM } from '../query/weight.ts'
import type { EventReader } from '../store/store.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { requireLoopbackHost, requireOwnOrigin, requireToken } from './access.ts'
import { Admission } from './admission.ts'
import { boundedBodies, sentBody } from './bounded-bodies.ts'
import { docsPage } from './docs-page.ts'
import type { Described, Endpoint } from './endpoint.ts'
import { ENDPOINTS, EXPORT } from './endpoints.ts'
import { exportAnswer } from './export.ts'
import { addMcp } from './mcp-route.ts'
import { grafanaRoutes } from './grafana/routes.ts'
import type { Tails } from './grafana/tails.ts'
import { healthRoutes, type Health } from './health.ts'
import { oneAnswer, type Door } from './one-answer.ts'
import { openApi } from './openapi.ts'
import { addRecordings, RECORDINGS, type RecordingInlet } from './recordings.ts'
import { addSilences, SILENCES, type Silences } from './silences.ts'
import { AccessError, answerErrors, NotFoundError } from './problem-details.ts'
import { jsonPieces } from './send-pieces.ts'

export { Tails } from './grafana/tails.ts'
export type { RecordingInlet } from './recordings.ts'
export type { Health, ObjectsHealth } from './health.ts'

/** Time an answer may take before the client is told to ask for less. */
const ANSWER_TIMEOUT_MS = 30_000
const ANSWER_BYTES = 200_000_000

export interface ApiDependencies {
  readonly reader: EventReader
  /** Takes recordings; absent where what is there stays as it is. */
  readonly inlet?: RecordingInlet
  /** Where silences are kept; absent where nobody is told of alerts. */
  readonly silences?: Silences
  /** Those who watch rows as they are stored. */
  readonly tails: Tails
  readonly accounts: () => Accounts
  /** What the store refused for good; at most `limit`. */
  readonly deadLetters: (limit: number) => DeadLetterList
  readonly health: () => Health
  readonly metrics: Metrics
  /** Null only on loopback: then the header Host must be of this machine. */
  readonly token: string | null
  /** Per address that is not loopback; 0 for no limit. */
  readonly requestsPerMinute: number
  readonly version: string
  readonly clock: Clock
  readonly logger: Logger
  readonly answerTimeoutMs?: number
  /** Bytes that all answers together may take while they are made and sent. */
  readonly answerBytes?: number
}

/** The HTTP API under `/api/v1`, with health, metrics, OpenAPI and a page that lists it all. All but recordings and silences only reads. */
export function createApi(dependencies: ApiDependencies): Express {
  const { health, metrics, token, requestsPerMinute, version, logger } = dependencies
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // an answer is sent while it is made
  app.set('query parser', 'simple')
  const door = token === null ? requireLoopbackHost : limited(requestsPerMinute)
  app.use(securityHeaders(), door, requireOwnOrigin, measured(metrics))
  if (token !== null) app.use(requireToken(token))
  app.use(healthRoutes(health, { withProblems: true }))
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.text())
  })
  const document = openApi(version)
  app.get('/openapi.json', (_request, response) => void response.json(document))
  app.get('/docs', (_request, response) => void response.type('html').send(docsPage(version)))
  app.get('/', (_request, response) => void response.redirect('/docs'))
  const { reader, tails, clock, answerTimeoutMs = ANSWER_TIMEOUT_MS, answerBytes = ANSWER_BYTES } = dependencies
  const answers: Door = { admission: new Admission(answerBytes), answerTimeoutMs }
  addRecordings(app, dependencies.inlet, { reader, admission: answers.admission })
  app.use('/api/v1', boundedBodies())
  for (const endpoint of ENDPOINTS) addEndpoint(app, endpoint, answers, dependencies)
  addExport(app, answers, dependencies)
  addMcp(app, answers, dependencies)
  addSilences(app, dependencies.silences, clock)
  app.use('/api/v1/grafana', grafanaRoutes({ reader, tails, health, version, clock, door: answers }))
  const all = [...ENDPOINTS, EXPORT, RECORDINGS, ...SILENCES]
  for (const [path, same] of Map.groupBy(all, (each) => each.path)) refuseOtherMethods(app, path, same)
  app.use((request) => {
    throw new NotFoundError(`There is nothing under ${request.method} ${request.path}. The addresses are listed under /docs.`) // prettier-ignore
  })
  app.use(answerErrors(logger))
  return app
}

/** The listener for probes: `/healthz` and `/readyz`, one word each, nothing else. */
export function createProbes(health: () => Health): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(healthRoutes(health, { withProblems: false }))
  app.use((_request, response) => void response.status(404).end())
  return app
}

function addEndpoint(app: Express, endpoint: Endpoint, door: Door, dependencies: ApiDependencies): void {
  const { reader, accounts, deadLetters, health, clock } = dependencies
  const handle: RequestHandler = (request, response) =>
    oneAnswer(response, door, async (signal, admit) => {
      const sent = request.method === 'POST' ? sentBody(request) : request.query
      const asked = { path: request.params as Record<string, string>, parameters: sent }
      const body = await endpoint.answer({ reader, accounts, deadLetters, health, now: clock(), admit }, asked, signal)
      linkNext(response, request.originalUrl, request.method, body)
      response.type('json')
      return jsonPieces(body)
    })
  for (const method of endpoint.methods) app[method](`/api/v1${endpoint.path}`, handle)
}

function addExport(app: Express, door: Door, { reader, clock }: ApiDependencies): void {
  app.get('/api/v1/export', (request, response) => {
    const query = parseExportRequest(request.query, clock())
    return oneAnswer(response, door, async (signal, admit) => {
      await admit(WEIGHT_OF_STREAM)
      return exportAnswer(reader, query, response, signal)
    })
  })
}

/** Behind the handlers of an address: what they did not take has another method. */
function refuseOtherMethods(app: Express, path: string, described: readonly Described[]): void {
  const methods = described.flatMap((each) => each.methods)
  const allowed = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])).join(', ')
  app.all(`/api/v1${path}`, (request, response) => {
    response.set('Allow', allowed)
    throw new AccessError('method-not-allowed', `${request.method} is not possible here. Use ${allowed}.`)
  })
}

/** RFC 8288: the next page as a link, so that clients need not build it. */
function linkNext(response: Response, address: string, method: string, body: object): void {
  if (method !== 'GET' || !('cursor' in body) || typeof body.cursor !== 'string') return
  const url = new URL(address, 'http://collector')
  url.searchParams.set('cursor', body.cursor)
  response.set('Link', `<${url.pathname}${url.search}>; rel="next"`)
}

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'style-src': ["'unsafe-inline'"] },
    },
    // Plain HTTP: whoever adds TLS in front adds this as well.
    strictTransportSecurity: false,
  })
}

function limited(requestsPerMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: requestsPerMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    skip: ({ socket }) => requestsPerMinute === 0 || isLoopback((socket.remoteAddress ?? '').replace(/^::ffff:/, '')),
    handler: () => {
      throw new AccessError(
        'too-many-requests',
        `More than ${requestsPerMinute} requests in a minute from this address.`,
      )
    },
  })
}

/** Times every answer by its route, never by its address: ids would make a series each. */
function measured(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const started = performance.now()
    response.on('close', () => {
      const { route } = request as { readonly route?: { readonly path?: unknown } }
      const path = typeof route?.path === 'string' ? route.path : 'none'
      metrics.requestTook(path, response.statusCode, (performance.now() - started) / 1_000)
    })
    next()
  }
}
