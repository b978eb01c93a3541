import type { RawEvent } from '../event/raw-event.ts'
import { isRecord, setOwn, type JsonRecord } from './json-record.ts'
import { REDACTED, type Redactor } from './redact.ts'
import { NAMES, spellingOf } from './spelling.ts'

/** An event as it is kept, and what had to be done to it. */
export interface CanonicalEvent {
  readonly event: JsonRecord
  readonly isTextRepaired: boolean
  readonly isRedacted: boolean
}

/** Deeper than any object of Kubernetes; what is deeper breaks JSON writers and search engines. */
export const MAX_NESTING = 64

/** The event is nested deeper than {@link MAX_NESTING}. */
export class NestedTooDeepError extends Error {
  override readonly name = 'NestedTooDeepError'
  constructor() {
    super(`nested deeper than ${MAX_NESTING} levels`)
  }
}

/** Objects that hold names, ids and times in fields known by name: those need no search for credentials. */
const PLAIN_PARTS = new Set(['regarding', 'involvedObject', 'related', 'source', 'deprecatedSource', 'series'])
const PLAIN_FIELDS = new Set([
  ...['apiVersion', 'kind', 'type', 'reason', 'action', 'eventTime', 'reportingController', 'reportingComponent'],
  ...['reportingInstance', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'firstTimestamp', 'lastTimestamp'],
  ...['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'fieldPath', 'component', 'host'],
  'lastObservedTime',
])

/**
 * A copy of the event as every store can keep it: without managedFields, with the kind and apiVersion that items of a
 * list leave out, with U+FFFD for NUL and for halves of surrogate pairs, with text for numbers that JSON has not
 * (1e999), and without credentials.
 *
 * @throws NestedTooDeepError
 */
export function canonicalEvent(raw: RawEvent, redactor: Redactor): CanonicalEvent {
  const cleaner = new Cleaner(redactor)
  const event: JsonRecord = {}
  for (const key of Object.keys(raw)) {
    const value = raw[key]
    if (key === 'metadata' && isRecord(value)) event[key] = cleaner.metadata(value)
    else if (PLAIN_PARTS.has(key) && isRecord(value)) event[key] = cleaner.record(value, 1, PLAIN_FIELDS)
    else if (value !== undefined) setOwn(event, cleaner.key(key), cleaner.value(key, value, 1, PLAIN_FIELDS))
  }
  event['kind'] ??= 'Event'
  event['apiVersion'] ??= NAMES[spellingOf(event)].apiVersion
  return { event, isTextRepaired: cleaner.isTextRepaired, isRedacted: cleaner.isRedacted }
}

const NO_FIELDS: ReadonlySet<string> = new Set()

/** Gives back the same object where nothing had to be changed, which is nearly always: copies cost half the time. */
class Cleaner {
  isTextRepaired = false
  isRedacted = false
  readonly #redactor: Redactor

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  metadata(value: JsonRecord): JsonRecord {
    const copy: JsonRecord = {}
    for (const key of Object.keys(value)) {
      if (key === 'managedFields' || value[key] === undefined) continue
      setOwn(copy, this.key(key), this.value(key, value[key], 2, PLAIN_FIELDS))
    }
    return copy
  }

  /** @param plain fields that need no search for credentials */
  record(value: JsonRecord, depth: number, plain: ReadonlySet<string>): JsonRecord {
    if (depth > MAX_NESTING) throw new NestedTooDeepError()
    let copy: JsonRecord | null = null
    const keys = Object.keys(value)
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] ?? ''
      const kept = this.value(key, value[key], depth + 1, plain)
      const name = this.key(key)
      if (copy === null && (!Object.is(kept, value[key]) || name !== key || kept === undefined))
        copy = firstOf(value, keys, index)
      if (copy !== null && kept !== undefined) setOwn(copy, name, kept)
    }
    return copy ?? value
  }

  key(key: string): string {
    return this.#wellFormed(key)
  }

  value(key: string, value: unknown, depth: number, plain: ReadonlySet<string>): unknown {
    if (typeof value === 'string') {
      if (plain.has(key)) return this.#wellFormed(value)
      return plain === NO_FIELDS && this.#redactor.isSecretKey(key) ? this.#replaced(value) : this.#text(value)
    }
    if (value === null || value === undefined) return value
    if (typeof value !== 'object') {
      if (plain === NO_FIELDS && this.#redactor.isSecretKey(key)) return this.#replaced(value)
      return typeof value === 'number' ? jsonNumber(value) : value
    }
    return this.#nested(value, depth)
  }

  #nested(value: object, depth: number): unknown {
    if (!Array.isArray(value)) return this.record(value as JsonRecord, depth, NO_FIELDS)
    if (depth > MAX_NESTING) throw new NestedTooDeepError()
    const copy = value.map((item) => this.value('', item, depth + 1, NO_FIELDS) ?? null)
    return copy.every((item, index) => Object.is(item, value[index])) ? value : copy
  }

  #text(value: string): string {
    const text = this.#wellFormed(value)
    const redacted = this.#redactor.text(text)
    if (redacted !== text) this.isRedacted = true
    return redacted
  }

  #wellFormed(text: string): string {
    if (text.isWellFormed() && !text.includes('\0')) return text
    this.isTextRepaired = true
    return text.toWellFormed().replaceAll('\0', '\ufffd')
  }

  #replaced(value: unknown): string {
    if (value !== REDACTED) this.isRedacted = true
    return REDACTED
  }
}

function firstOf(value: JsonRecord, keys: readonly string[], count: number): JsonRecord {
  const copy: JsonRecord = {}
  for (const key of keys.slice(0, count)) setOwn(copy, key, value[key])
  return copy
}

/** JSON has no infinity (1e999 is read as one) and no negative zero. */
function jsonNumber(value: number): number | string {
  if (Number.isFinite(value)) return value === 0 ? 0 : value
  return String(value)
}
