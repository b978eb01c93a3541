import { createHmac } from 'node:crypto'
import { isSystemName } from './words.ts'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/

/** What k8s.io/apimachinery invents: five random characters, the hash of a pod template, and wider hashes of others. */
const RANDOM = 'bcdfghjklmnpqrstvwxz2456789'
const TEMPLATE = '456789bcdf'
const RANDOM_SUFFIX = /^[bcdfghjklmnpqrstvwxz2456789]{5}$/
const TEMPLATE_HASH = /^[456789bcdf]{6,10}$/
const WIDE_HASH = /^[bcdfghjklmnpqrstvwxz2456789]{8,10}$/
const HEXADECIMAL = /^[0-9a-f]{8,64}$/

/** Ordinals, and the minutes or seconds since 1970 in the name of a CronJob's Job. */
const TELLING_NUMBER = /^(?:\d{1,4}|[234]\d{7}|1\d{9})$/
/** With so many numbers a name is an address, a date or a serial number. */
const MANY_NUMBERS = 3

/**
 * Pseudonyms for names under a key. Each part between hyphens and dots has its own, so that what names tell about one another
 * stays: which pod is of which ReplicaSet, which claim of which pod. The shape of what controllers invent stays as well.
 * Takes time linear in the name.
 */
export class Pseudonyms {
  readonly #key: string

  constructor(key: string) {
    this.#key = key
  }

  /** Tells recordings apart that were made with different keys, and nothing about a key. */
  get fingerprint(): string {
    return this.#digest('key', '').slice(0, 16)
  }

  secret(text: string): string {
    return this.#digest('secret', text).slice(0, 32)
  }

  /** @param name without spaces, slashes and the like. */
  name(name: string): string {
    if (isSystemName(name)) return name
    if (ADDRESS.test(name)) return this.#address(name)
    const pieces = name.split(UUID)
    const uuids = name.match(UUID) ?? []
    // The volume of a claim is called after the uid of the claim.
    if (pieces.length === 2 && pieces[0] === 'pvc-' && pieces[1] === '') return `pvc-${this.#uuid(uuids[0] ?? '')}`
    return pieces
      .map((piece, index) => this.#parts(piece) + (index < uuids.length ? this.#uuid(uuids[index] ?? '') : ''))
      .join('')
  }

  #parts(text: string): string {
    const parts = text.split(/([-.])/)
    const numbers = parts.filter((part) => /^\d+$/.test(part)).length
    return parts
      .map((part, index) => {
        if (index % 2 === 1 || part === '') return part
        return numbers < MANY_NUMBERS && TELLING_NUMBER.test(part) ? part : this.#part(part)
      })
      .join('')
  }

  #part(part: string): string {
    const { length } = part
    if (/^\d+$/.test(part)) return this.#of(part, '0123456789', length)
    if (RANDOM_SUFFIX.test(part)) return this.#of(part, RANDOM, length)
    if (TEMPLATE_HASH.test(part)) return this.#of(part, TEMPLATE, length)
    if (WIDE_HASH.test(part) && /\d/.test(part)) return `2${this.#of(part, RANDOM, length - 1)}`
    if (HEXADECIMAL.test(part) && /\d/.test(part)) return this.#digest('hex', part).slice(0, length)
    // 0 is in no invented suffix: this is never taken for one.
    return `n0${this.#digest('word', part).slice(0, 8)}`
  }

  #uuid(uuid: string): string {
    const digits = this.#digest('uuid', uuid)
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(13, 16)}`,
      `8${digits.slice(17, 20)}`,
      digits.slice(20, 32),
    ].join('-')
  }

  #address(address: string): string {
    const bytes = Buffer.from(this.#digest('address', address), 'hex')
    return `10.${bytes[0]}.${bytes[1]}.${bytes[2]}`
  }

  /** Letters of an alphabet, a byte of the digest for each: 32 at most. */
  #of(part: string, alphabet: string, length: number): string {
    const bytes = Buffer.from(this.#digest(alphabet, part), 'hex').subarray(0, length)
    return Array.from(bytes, (byte) => alphabet.charAt(byte % alphabet.length)).join('')
  }

  #digest(use: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${use}\0${text}`).digest('hex')
  }
}
