/**
 * Observation ids as UUIDs that sort like the text.
 *
 * An id is 22 characters of base64url, whose alphabet is not in code order, while the order of observations compares
 * ids as text. Each character is therefore replaced by its rank among the 64 in code order; the resulting 16 bytes,
 * compared as a number, give the order of the text.
 */
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const IN_CODE_ORDER = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

const toRank = translation(IN_CODE_ORDER, BASE64URL)
const fromRank = translation(BASE64URL, IN_CODE_ORDER)

/** 21 free characters, and a last one of which 16 bytes use only the two highest bits. */
const ID = /^[A-Za-z0-9_-]{21}[AQgw]$/

export function isSortableId(id: string): boolean {
  return ID.test(id)
}

/** 32 hexadecimal digits, which DuckDB reads as UUID. `id` must satisfy {@link isSortableId}. */
export function uuidOfId(id: string): string {
  return Buffer.from(translate(id, toRank), 'base64url').toString('hex')
}

/** The id that {@link uuidOfId} was made of. Dashes are ignored. */
export function idOfUuid(uuid: string): string {
  return translate(Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url'), fromRank)
}

function translation(from: string, to: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let index = 0; index < 64; index++) table[from.charCodeAt(index)] = to.charCodeAt(index)
  return table
}

/** Reused, because a row has an id each; nothing is kept in it between calls. */
const scratch = Buffer.alloc(22)

/** The last character stays: of its six bits only the first two mean something, and those sort as they are. */
function translate(text: string, table: Uint8Array): string {
  for (let index = 0; index < 21; index++) scratch[index] = table[text.charCodeAt(index)] ?? 0
  scratch[21] = text.charCodeAt(21)
  return scratch.toString('latin1')
}
