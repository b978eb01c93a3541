/** What an event is about. The closed list of docs, API, rules and panels. */
export const CATEGORIES = [
  'scheduling',
  'image',
  'container',
  'probe',
  'storage',
  'network',
  'node',
  'pressure',
  'workload',
  'scaling',
  'quota',
  'job',
  'security',
  'control-plane',
  'config',
  'application',
  'other',
] as const
export type Category = (typeof CATEGORIES)[number]

/** How bad one event of its kind is, mildest first. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** 0 for the mildest; -1 for what is no severity. */
export function severityRank(severity: string): number {
  return (SEVERITIES as readonly string[]).indexOf(severity)
}

/** Some reporters say `Error` where Kubernetes says `Warning`. */
export const TROUBLED_TYPES: readonly string[] = ['Warning', 'Error']

/** Whether an event means trouble, as opposed to the ordinary life of objects. */
export function isProblem({ severity, type }: { readonly severity: string; readonly type: string }): boolean {
  return severityRank(severity) >= 2 || (severity === 'low' && TROUBLED_TYPES.includes(type))
}

/** What normalize may say about a repaired or guessed field, each with the sentence shown to people. */
export const FLAGS = {
  combined: 'the note is a sample: the reporter combined similar events',
  countAbsent: 'no count was reported: one occurrence',
  futureTime: 'a time more than 90 days after the creation of the Event object was taken for none',
  hybrid: 'both the old and the new time fields are set',
  idFromContent: 'no uid or resourceVersion: the id is a hash of the event itself',
  noteTruncated: 'the note was longer than is kept',
  oldTime: 'a time before 2014 was taken for none',
  recreated: 'the event was written again after its TTL',
  redacted: 'credentials were removed from the note',
  repaired: 'values of the wrong type were repaired; the originals are in rest',
  textRepaired: 'characters that no store keeps (NUL, half a surrogate pair) were replaced by U+FFFD',
  timeFromServer: 'a time of the reporter is missing: the creation time of the Event object is used',
  timesSwapped: 'the first time was after the last',
  timesUnknown: 'when the occurrences were is not known: the reporter gave no first or no last time that can be',
  unknownType: 'the type is neither Normal nor Warning',
} as const
export type Flag = keyof typeof FLAGS
