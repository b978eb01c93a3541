/** Written by the older recorder before the note of one of several similar events (client-go events_cache.go). */
const COMBINED_PREFIX = '(combined from similar events): '

/** Whether the note stands for several: the reporter combined similar events, and this is one of their notes. */
export function isCombined(note: string): boolean {
  return note.startsWith(COMBINED_PREFIX)
}

/** The note as the reporter's program wrote it, without the words by which its recorder says that it combined events. */
export function plainNote(note: string): string {
  return isCombined(note) ? note.slice(COMBINED_PREFIX.length) : note
}
