/**
 * An odd number of backslashes starts an escape; JSON.stringify escapes a surrogate only when its other half is
 * missing.
 */
const LONE_SURROGATE = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g

/** DuckDB refuses a JSON text with half a surrogate pair. Such halves become U+FFFD, as in any UTF-8 file. */
export function wellFormed(json: string): string {
  // The plain search takes a tenth of the time, and mostly finds nothing.
  return json.includes('\\ud') ? json.replace(LONE_SURROGATE, '$1\ufffd') : json
}
