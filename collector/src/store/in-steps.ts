/** Characters of text that one page holds at most: rows are small, but one may have notes and annotations of a megabyte. */
const MOST_CHARACTERS = 16 * 1024 * 1024
/** Rows of one step, and characters wanted of the next one: others have their turn between two steps. */
export const FIRST_STEP = 250
const MOST_STEP = 2_500
const STEP_CHARACTERS = 2 * 1024 * 1024

/**
 * Reads whole rows whose keys a cheap search has found, some at a time, and only the first of them when their text is too long.
 *
 * @param read reads the rows of some keys, and says how many characters of text they hold.
 * @returns how many keys were read.
 */
export async function readInSteps<Key>(
  keys: readonly Key[],
  read: (some: readonly Key[]) => Promise<number>,
): Promise<number> {
  let [start, step, characters] = [0, FIRST_STEP, 0]
  while (start < keys.length && characters < MOST_CHARACTERS) {
    const some = keys.slice(start, start + step)
    const length = await read(some)
    ;[start, characters] = [start + some.length, characters + length]
    step = Math.max(1, Math.min(MOST_STEP, Math.floor((STEP_CHARACTERS * some.length) / Math.max(1, length))))
  }
  return start
}

/** Characters of all texts in a value made of lists and objects, names of fields left out. */
export function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  let length = 0
  for (const part of Array.isArray(value) ? value : Object.values(value)) length += textLength(part)
  return length
}
