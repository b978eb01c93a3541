import type { LinearRegex } from '../expression/expression.ts'

/** A pattern for notes: of a shipped rule, which is linear by its shape, or of a user's rule, which is by RE2. */
export type NotePattern = RegExp | LinearRegex

/** What the named groups of the first find hold; null when nothing is found. */
export function findInNote(pattern: NotePattern, note: string): Readonly<Record<string, string>> | null {
  if (!(pattern instanceof RegExp)) return pattern.find(note)
  const found = pattern.exec(note)
  return found === null ? null : { ...found.groups }
}
