import { hash } from 'node:crypto'
import type { EpochMicros } from '../clock.ts'
import { sortedJson, type JsonRecord } from './json-record.ts'

const FULL_CHARACTERS = 21
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const LAST_CHARACTERS = 'AQgw'

export interface Version {
  readonly cluster: string
  readonly uid: string
  readonly resourceVersion: number
  readonly count: number
  readonly lastObserved: EpochMicros
}

/**
 * The id of a version: the first 16 bytes of SHA-256 over its fields, each ended by NUL, in base64url. Count and time
 * are in it because a restored etcd hands out resourceVersions again.
 */
export function versionId({ cluster, uid, resourceVersion, count, lastObserved }: Version): string {
  return shortHash(`${cluster}\0${uid}\0${resourceVersion}\0${count}\0${lastObserved}\0`)
}

/** The id of an event without uid or resourceVersion: the same hash over its cluster and its canonical JSON. */
export function contentId(cluster: string, event: JsonRecord): string {
  return shortHash(`${cluster}\0${sortedJson(event)}\0`)
}

/** 16 bytes are 21 characters of 6 bits and 2 bits more; the last character's other 4 bits are 0. */
function shortHash(text: string): string {
  const whole = hash('sha256', text, 'base64url')
  return whole.slice(0, FULL_CHARACTERS) + LAST_CHARACTERS.charAt(BASE64URL.indexOf(whole.charAt(FULL_CHARACTERS)) >> 4)
}

/** An integer below 2^53, written as text; null for anything else. */
export function readResourceVersion(value: unknown): number | null {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : -1
  return Number.isSafeInteger(number) && number >= 0 ? number : null
}
