import express, { type RequestHandler, Router } from 'express'
import { parseJson } from '../event/json.ts'
import { BusyError, UnreadableBodyError } from './problem-details.ts'

/** Longest body of a request, bytes. */
const MOST_BODY = 1_000_000
/** A body must be there by then. */
const BODY_MS = 30_000
/** Of all bodies that are received at once. */
const MOST_BODIES = 32_000_000

/**
 * Reads bodies of JSON, so many at once that they fit into the collector's memory: a body is there before anybody knows what it asks.
 *
 * @param most bytes of one body; `all` of them together take at most so many.
 */
export function boundedBodies(most: number = MOST_BODY, all: number = MOST_BODIES): Router {
  let bytes = 0
  const count: RequestHandler = (request, response, next) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
    const mine = encoding === undefined ? Math.min(Number(length ?? 0), most) : most
    if (mine === 0) {
      next()
      return
    }
    if (bytes + mine > all) throw new BusyError()
    bytes += mine
    const timer = setTimeout(() => request.destroy(), BODY_MS)
    request.on('end', () => clearTimeout(timer))
    response.on('close', () => {
      clearTimeout(timer)
      bytes -= mine
    })
    next()
  }
  return Router().use(count, jsonBodies(most))
}

/** Reads bodies of JSON of at most so many bytes, nested no deeper than `parseJson` takes. */
function jsonBodies(limit: number): Router {
  const parse: RequestHandler = (request, _response, next) => {
    if (typeof request.body === 'string') request.body = parsed(request.body)
    next()
  }
  return Router().use(express.text({ type: 'application/json', limit }), parse)
}

function parsed(text: string): unknown {
  if (text === '') return undefined
  try {
    return parseJson(text)
  } catch (error) {
    throw new UnreadableBodyError(
      `The body cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
}

/** @throws UnreadableBodyError there is none: one of another type is not read, and must not be taken for a question without parameters. */
export function sentBody({ body }: { readonly body?: unknown }): unknown {
  if (body === undefined || body === null)
    throw new UnreadableBodyError('Send a body of JSON, at least {}, with Content-Type: application/json.')
  return body
}
