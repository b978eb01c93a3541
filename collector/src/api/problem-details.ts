import type { ErrorRequestHandler } from 'express'
import { InvalidQueryError, QuerySyntaxError, type QueryMistake } from '../query/invalid-query.ts'
import { StoreUnavailableError, type StoreTrouble } from '../store/store.ts'
import type { Logger } from '../telemetry/logger.ts'

/** Every kind of failure that the API answers with: code, status, and what to do. The page docs/errors.md is this. */
export const PROBLEM_TYPES = {
  'invalid-query': [400, 'The request cannot be answered as it was asked', 'Correct what `problems` lists; nothing was done.'],
  'malformed-request': [400, 'The address or the body cannot be read', 'Send bodies as JSON with Content-Type: application/json, and addresses escaped as UTF-8.'],
  unauthorized: [401, 'The token is missing or wrong', 'Send the header Authorization: Bearer TOKEN.'],
  'foreign-origin': [403, 'A page of another origin asked', 'Open the address itself, or ask from a program that is no browser.'],
  'not-found': [404, 'There is nothing under this address', 'The addresses are listed under /docs.'],
  'method-not-allowed': [405, 'The address does not take this method', 'Use one of those in the header Allow.'],
  'no-alerts': [409, 'Silences are not possible here', 'Ask the collector that watches the clusters; remove silences that are not needed.'],
  'refused-recording': [409, 'The recording cannot be taken', 'Give it a cluster name of its own, or ask another collector.'],
  'body-too-large': [413, 'The body is too large', 'Send at most 1 MB; of a recording, at most 32 MB at once.'],
  'wrong-host': [421, 'The request was meant for another host', 'Use http://127.0.0.1 or http://localhost.'],
  'too-large': [422, 'The store has too little memory for this question', 'Ask for a shorter range, a narrower filter, or fewer fields in groupBy. store.duckdb.memoryLimit says how much it may take.'],
  'too-many-requests': [429, 'Too many requests', 'Wait as long as Retry-After says.'],
  internal: [500, 'The collector failed on this request', 'The log of the collector tells more.'],
  busy: [503, 'Too much is being answered already', 'Wait as long as Retry-After says, or ask for less: a shorter range, a lower limit or top, a narrower filter.'],
  'store-unavailable': [503, 'The store does not answer', 'Try again after the seconds of Retry-After.'],
  'too-slow': [504, 'The answer took too long', 'Ask for a shorter range or a narrower filter.'],
} as const satisfies Record<string, readonly [number, string, string]> // prettier-ignore

export type ProblemType = keyof typeof PROBLEM_TYPES

/** RFC 9457 problem details. `problems` has one entry for each mistake of a request. */
export interface ProblemDetails {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly problems?: readonly (QueryMistake & { readonly text?: string })[]
}

/** Seconds after which to ask again while the store is away, or while others are answered. */
const RETRY_AFTER_SECONDS = { 'store-unavailable': 5, busy: 2 } as const

const TROUBLES = { away: 'store-unavailable', memory: 'too-large', mistake: 'internal' } as const satisfies Record<
  StoreTrouble,
  ProblemType
>

type Refusal =
  | 'unauthorized'
  | 'wrong-host'
  | 'foreign-origin'
  | 'too-many-requests'
  | 'method-not-allowed'
  | 'refused-recording'
  | 'no-alerts'

/** The request was refused before anybody looked at what it asks. */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly code: Refusal

  constructor(code: Refusal, detail: string) {
    super(detail)
    this.code = code
  }
}

/** A body that nobody can read: it is not there, is no JSON, or does not say that it is. */
export class UnreadableBodyError extends Error {
  override readonly name = 'UnreadableBodyError'
  readonly code = 'UNREADABLE_BODY'
}

/** What was asked for by its id or name does not exist. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
  readonly code = 'NOT_FOUND'
}

/** An answer that took longer than it may. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError'
  readonly code = 'TOO_SLOW'
}

/** Others are answered, and as many wait as may. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
  readonly code = 'BUSY'

  constructor() {
    super(PROBLEM_TYPES.busy[2])
  }
}

/** What an error is for the one who asked. Unknown errors stay opaque. */
export function problemDetailsOf(error: unknown): ProblemDetails {
  if (error instanceof InvalidQueryError) {
    const text = error instanceof QuerySyntaxError ? { text: error.text } : {}
    const problems = error.mistakes.map((mistake) => ({ ...mistake, ...(mistake.position === undefined ? {} : text) }))
    return details('invalid-query', error.message, problems)
  }
  if (error instanceof AccessError) return details(error.code, error.message)
  if (error instanceof UnreadableBodyError) return details('malformed-request', error.message)
  if (error instanceof NotFoundError) return details('not-found', error.message)
  if (error instanceof TooSlowError) return details('too-slow', error.message)
  if (error instanceof BusyError) return details('busy', error.message)
  if (error instanceof StoreUnavailableError) {
    const code = TROUBLES[error.trouble]
    return details(code, PROBLEM_TYPES[code][2])
  }
  const status = statusOf(error)
  if (status === 413) return details('body-too-large', PROBLEM_TYPES['body-too-large'][2])
  // Express gives addresses that are not UTF-8 and bodies that are not JSON a status of 4xx.
  if (status >= 400 && status < 500) return details('malformed-request', PROBLEM_TYPES['malformed-request'][2])
  return details('internal', PROBLEM_TYPES.internal[2])
}

/** The same as sentences, for who reads no JSON; `tell` hears of what is our own fault. */
export function explainedOf(error: unknown, tell: (error: unknown) => void): string {
  const { title, status, detail, problems = [] } = problemDetailsOf(error)
  if (status === 500) tell(error)
  const mistakes = problems.map(({ parameter, message }) => `${parameter}: ${message}`)
  return mistakes.length > 0 ? mistakes.join('\n') : `${title}. ${detail}`
}

function details(code: ProblemType, detail: string, problems?: ProblemDetails['problems']): ProblemDetails {
  const [status, title] = PROBLEM_TYPES[code]
  return { type: `/docs#${code}`, title, status, detail, ...(problems === undefined ? {} : { problems }) }
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : 500
  return typeof status === 'number' ? status : 500
}

/** The one place where errors become HTTP. What is our own fault is logged once; who left gets no answer. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.destroyed) return
    const answer = problemDetailsOf(error)
    if (answer.status === 500) logger.error('A request failed', { method: request.method, path: request.path, error })
    if (response.headersSent) {
      // An export broke off in the middle: only closing the connection tells that it is not complete.
      next(error)
      return
    }
    if (answer.status === 503) response.set('Retry-After', String(RETRY_AFTER_SECONDS[error instanceof BusyError ? 'busy' : 'store-unavailable'])) // prettier-ignore
    response.status(answer.status).type('application/problem+json').send(JSON.stringify(answer))
  }
}
