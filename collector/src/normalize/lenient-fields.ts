import type { ObjectReference } from '../event/object-reference.ts'
import { isRecord, ownValue, setOwn, type JsonRecord } from './json-record.ts'

/**
 * Names, reasons and reporters are at most 253 characters in Kubernetes, and search engines index no longer words than
 * some kB. A longer one is cut here and whole in `rest`.
 */
const MAX_FIELD_CHARACTERS = 1_024

/** Reads fields of any type as the type they should have, and remembers whether one had to be repaired. */
export class LenientFields {
  isRepaired = false

  /** Absent and null are the empty text; other types are their JSON text. Cut to {@link MAX_FIELD_CHARACTERS}. */
  text(value: unknown): string {
    const text = this.whole(value)
    if (text.length <= MAX_FIELD_CHARACTERS) return text
    this.isRepaired = true
    return cutText(text, MAX_FIELD_CHARACTERS)
  }

  /** Like {@link text}, for fields where tools that turn YAML into JSON leave the text "null". */
  textOrNull(value: unknown): string {
    return value === 'null' ? '' : this.text(value)
  }

  /** Like {@link text}, of any length. */
  whole(value: unknown): string {
    if (typeof value === 'string') return value
    if (value === undefined || value === null) return ''
    this.isRepaired = true
    return JSON.stringify(value)
  }

  reference(value: unknown): ObjectReference {
    const reference = this.record(value)
    return {
      kind: this.text(reference['kind']),
      namespace: this.text(reference['namespace']),
      name: this.text(reference['name']),
      uid: this.text(reference['uid']),
      apiVersion: this.text(reference['apiVersion']),
      fieldPath: this.text(reference['fieldPath']),
    }
  }

  /** Labels or annotations: values of other types are their JSON text. */
  map(value: unknown): Record<string, string> {
    const map: Record<string, string> = {}
    if (value === undefined) return map
    const record = this.record(value)
    for (const key of Object.keys(record)) setOwn(map, key, this.whole(ownValue(record, key)))
    return map
  }

  record(value: unknown): JsonRecord {
    if (isRecord(value)) return value
    if (value !== undefined && value !== null && value !== 'null') this.isRepaired = true
    return {}
  }
}

/** At most `maxBytes` of UTF-8, never half a character. */
export function cutText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text
  const bytes = Buffer.from(text.slice(0, maxBytes), 'utf8')
  let end = Math.min(maxBytes, bytes.length)
  while (end < bytes.length && end > 0 && isContinuation(bytes[end])) end--
  return bytes.toString('utf8', 0, end).toWellFormed()
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000
}
