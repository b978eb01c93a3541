import express, { type RequestHandler, Router } from 'express'
import { BusyError } from './problem-details.ts'

/** Longest body of a request, bytes. */
const MOST_BODY = 1_000_000
/** A body must be there by then. */
const BODY_MS = 30_000
/** Of all bodies that are received at once. */
const MOST_BODIES = 32_000_000

/** Reads bodies of JSON, so many at once that they fit into the collector's memory: a body is there before anybody knows what it asks. */
export function boundedBodies(): Router {
  let bytes = 0
  const count: RequestHandler = (request, response, next) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
    const mine = encoding === undefined ? Math.min(Number(length ?? 0), MOST_BODY) : MOST_BODY
    if (mine === 0) {
      next()
      return
    }
    if (bytes + mine > MOST_BODIES) throw new BusyError()
    bytes += mine
    const timer = setTimeout(() => request.destroy(), BODY_MS)
    request.on('end', () => clearTimeout(timer))
    response.on('close', () => {
      clearTimeout(timer)
      bytes -= mine
    })
    next()
  }
  return Router().use(count, express.json({ limit: MOST_BODY }))
}
