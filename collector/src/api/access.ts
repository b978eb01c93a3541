import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { isLoopback } from '../config/config.ts'
import { AccessError } from './problem-details.ts'

/**
 * Lets through who sends `Authorization: Bearer TOKEN`. Hashes of equal length are compared in constant time, so that an
 * answer's delay tells neither the token nor its length.
 */
export function requireToken(token: string): RequestHandler {
  const expected = digest(token)
  return (request, response, next) => {
    const [scheme, given] = (request.headers.authorization ?? '').split(' ')
    if (scheme?.toLowerCase() === 'bearer' && given !== undefined && timingSafeEqual(digest(given), expected)) {
      next()
      return
    }
    response.set('WWW-Authenticate', 'Bearer realm="eventloom"')
    throw new AccessError('unauthorized', 'Send the token of the collector: "Authorization: Bearer …".')
  }
}

/**
 * Refuses requests whose Host is not this machine. Without it, a web page could point a name of its own at 127.0.0.1 and
 * read everything through the browser of whoever opens it (DNS rebinding).
 */
export const requireLoopbackHost: RequestHandler = (request, _response, next) => {
  const host = (request.headers.host ?? '').replace(/:\d*$/, '')
  if (!isLoopback(host)) {
    throw new AccessError(
      'wrong-host',
      'This collector answers only to localhost and loopback addresses in the header Host.',
    )
  }
  next()
}

/**
 * Refuses what a page of another origin has a browser send, whatever the method: the page cannot read the answer, but the work
 * would be done. Browsers say who asks in Origin or Sec-Fetch-Site; other programs send neither.
 */
export const requireOwnOrigin: RequestHandler = (request, _response, next) => {
  const { origin, host, 'sec-fetch-site': site = 'none' } = request.headers
  const isOwn = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
  if (!isOwn || !OWN_SITES.includes(site)) {
    throw new AccessError('foreign-origin', 'A page of another origin may not ask this collector through a browser.')
  }
  next()
}

/** What Sec-Fetch-Site is for requests of the collector's own pages, and of whoever types an address. */
const OWN_SITES: readonly unknown[] = ['same-origin', 'none']

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
