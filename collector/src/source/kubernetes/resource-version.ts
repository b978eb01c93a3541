const DIGITS = /^(0|[1-9]\d{0,19})$/

/** Whether a value may be sent as a resourceVersion. The server's own are decimal numbers up to 2^64. */
export function isResourceVersion(value: unknown): value is string {
  return typeof value === 'string' && DIGITS.test(value)
}

/**
 * Orders two resourceVersions of one resource, as KEP-5504 allows. Negative when `a` is the older one.
 * By length and digits, because a number holds 2^53 at most.
 */
export function compareResourceVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}
