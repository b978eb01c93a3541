const MIN_PAUSE_MS = 500
/** Of what may pass by itself soon. */
export const MAX_PAUSE_MS = 30_000

/** A server may ask for patience, but no answer may park a stream for longer than this. */
export const MAX_RETRY_AFTER_MS = 300_000

/**
 * Pause before trying again: exponential with full jitter, from 0.5 s to `maxMs` ("Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015), and not before the server's Retry-After.
 *
 * @param failures how many requests in a row have failed, 1 or more
 * @param random in [0, 1)
 */
export function pauseMs(failures: number, random: number, retryAfterMs: number | null, maxMs = MAX_PAUSE_MS): number {
  const ceiling = Math.min(maxMs, 2 * MIN_PAUSE_MS * 2 ** Math.min(failures - 1, 16))
  const jittered = MIN_PAUSE_MS + random * (ceiling - MIN_PAUSE_MS)
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS))
}

/** Reads a Retry-After header (RFC 9110 §10.2.3): seconds, or a date compared with `nowMs`. Null when it says nothing. */
export function parseRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null || value.trim() === '') return null
  if (/^\d+$/.test(value.trim())) return Math.min(Number(value) * 1_000, MAX_RETRY_AFTER_MS)
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.min(Math.max(0, date - nowMs), MAX_RETRY_AFTER_MS)
}
