import { isRecord, ownValue, setOwn, type JsonRecord } from './json-record.ts'
import type { Spelling } from './spelling.ts'

/**
 * What of a received event the fields of an observation do not hold: `received` less what `usual` has alike. Values
 * that differ stand at the place where they were received; Paths of what is missing in it stand under
 * `~absent`. Keys of our own begin with `~`; a received key that does so gets one more.
 */
export type Rest = Readonly<JsonRecord>

/** Paths of values that the usual event has and the received one has not. Their names need no escaping. */
const ABSENT = '~absent'
/** `core` for an event with the field names of core/v1. */
const SPELLING = '~spelling'
/** UTF-8 bytes and SHA-256 (hex) of the whole note (after redaction), where it was cut. */
const NOTE_LENGTH = '~noteLength'
const NOTE_HASH = '~noteHash'
const OWN_KEYS: ReadonlySet<string> = new Set([ABSENT, SPELLING, NOTE_LENGTH, NOTE_HASH])

export interface RestParts {
  readonly received: JsonRecord
  readonly usual: JsonRecord
  readonly spelling: Spelling
  readonly cutNote: { readonly length: number; readonly hash: string } | null
}

/** @returns null when the received event is the usual one. */
export function restOf({ received, usual, spelling, cutNote }: RestParts): Rest | null {
  const absent: string[] = []
  const difference = differenceOf(received, usual, absent)
  const rest: JsonRecord = {}
  for (const key of Object.keys(difference ?? {})) {
    setOwn(rest, key.startsWith('~') ? `~${key}` : key, ownValue(difference ?? {}, key))
  }
  if (absent.length > 0) rest[ABSENT] = absent
  if (spelling !== 'events.k8s.io') rest[SPELLING] = spelling
  if (cutNote !== null) {
    rest[NOTE_LENGTH] = cutNote.length
    rest[NOTE_HASH] = cutNote.hash
  }
  return Object.keys(rest).length === 0 ? null : rest
}

export function spellingOfRest(rest: Rest | null): Spelling {
  return (rest?.[SPELLING] as Spelling | undefined) ?? 'events.k8s.io'
}

/** The received event: the inverse of {@link restOf}. */
export function withRest(usual: JsonRecord, rest: Rest | null): JsonRecord {
  if (rest === null) return usual
  const difference: JsonRecord = {}
  for (const key of Object.keys(rest)) {
    if (!OWN_KEYS.has(key)) setOwn(difference, key.startsWith('~') ? key.slice(1) : key, ownValue(rest, key))
  }
  const absent = new Set((rest[ABSENT] as readonly string[] | undefined) ?? [])
  return merged(usual, difference, '', absent)
}

function differenceOf(received: JsonRecord, usual: JsonRecord, absent: string[]): JsonRecord | null {
  let difference: JsonRecord | null = null
  for (const key of Object.keys(received)) {
    const value = received[key]
    if (value === usual[key]) continue
    const expected = ownValue(usual, key)
    const isNested = isRecord(value) && isRecord(expected)
    const kept = isNested ? nestedDifference(key, value, expected, absent) : value
    if (isNested && kept === null) continue
    difference ??= {}
    setOwn(difference, key, kept)
  }
  for (const key of Object.keys(usual)) {
    if (!Object.hasOwn(received, key)) absent.push(`/${key}`)
  }
  return difference
}

function nestedDifference(key: string, value: JsonRecord, expected: JsonRecord, absent: string[]): JsonRecord | null {
  const known = absent.length
  const difference = differenceOf(value, expected, absent)
  for (let index = known; index < absent.length; index++) absent[index] = `/${key}${absent[index]}`
  return difference
}

function merged(usual: JsonRecord, difference: JsonRecord, path: string, absent: ReadonlySet<string>): JsonRecord {
  const result: JsonRecord = {}
  for (const key of Object.keys(usual)) {
    const place = `${path}/${key}`
    if (absent.has(place)) continue
    const expected = ownValue(usual, key)
    const own = ownValue(difference, key)
    if (isRecord(expected) && (own === undefined || isRecord(own)))
      setOwn(result, key, merged(expected, own ?? {}, place, absent))
    else setOwn(result, key, own === undefined ? expected : own)
  }
  for (const key of Object.keys(difference)) {
    if (!Object.hasOwn(usual, key)) setOwn(result, key, ownValue(difference, key))
  }
  return result
}
