/** First and longest pause between two attempts, ms. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/**
 * How long to wait before attempt `attempt + 1`: exponential with full jitter, so that many clients that failed
 * together do not come back together.
 *
 * @param random in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt))
}
