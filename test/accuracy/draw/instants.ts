import type { Fields, Json, Line } from './piece.ts'

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z$/

/** Milliseconds since 1970 of a time as Kubernetes writes it; -Infinity of anything else. */
export function millisOf(value: Json | undefined): number {
  const [, seconds, fraction = ''] = (typeof value === 'string' ? INSTANT.exec(value) : null) ?? []
  return seconds === undefined ? -Infinity : Date.parse(`${seconds}Z`) + Number(`0${fraction}`) * 1_000
}

/** RFC 3339 with whole milliseconds, the next one. */
export function instantOf(millis: number): string {
  return new Date(Math.ceil(millis)).toISOString()
}

/** The same value with each time in it moved; what was before `since` stays. Digits below the second stay. */
export function movedBy(value: Json, seconds: number, since = -Infinity): Json {
  if (typeof value === 'string') {
    const [, whole, fraction = ''] = INSTANT.exec(value) ?? []
    if (whole === undefined || millisOf(value) < since) return value
    return `${new Date(Date.parse(`${whole}Z`) + seconds * 1_000).toISOString().slice(0, 19)}${fraction}Z`
  }
  if (Array.isArray(value)) return value.map((each: Json) => movedBy(each, seconds, since))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as Fields)
  return Object.fromEntries(entries.map(([key, each]) => [key, movedBy(each, seconds, since)]))
}

export function moveLine({ type, object }: Line, seconds: number, since = -Infinity): Line {
  return { type, object: movedBy(object, seconds, since) as Fields }
}

/** When a version was written: the latest time in it. */
export function writtenAt({ object }: Line): number {
  const { metadata, series, deprecatedLastTimestamp, eventTime } = object as {
    readonly metadata?: Fields
    readonly series?: Fields | null
    readonly deprecatedLastTimestamp?: Json
    readonly eventTime?: Json
  }
  const times = [metadata?.['creationTimestamp'], series?.['lastObservedTime'], deprecatedLastTimestamp, eventTime]
  return Math.max(...times.map(millisOf))
}

/** The lines with when each was written. They keep their order: none is before the one that was seen before it. */
export function timed(lines: readonly Line[]): readonly (readonly [number, Line])[] {
  let latest = -Infinity
  return lines.map((line) => [(latest = Math.max(latest, writtenAt(line))), line] as const)
}
