import type { NormalizedEvent } from '../../event/observation.ts'
import { ENTRIES } from './entries.ts'
import type { ReasonEntry } from './reason-entry.ts'

export type { ReasonEntry } from './reason-entry.ts'

/** What the catalogue looks at. */
export type CatalogueSubject = Pick<NormalizedEvent, 'reason' | 'type' | 'note' | 'reportingController' | 'regarding'>

const ENTRIES_BY_REASON = groupByReason(ENTRIES)

/** All entries, grouped by area, most specific first within a reason. */
export function catalogueEntries(): readonly ReasonEntry[] {
  return ENTRIES
}

/** The entries of one reason; none when it is unknown. */
export function entriesOf(reason: string): readonly ReasonEntry[] {
  return ENTRIES_BY_REASON.get(reason) ?? []
}

/**
 * The entry that describes an event best, or null when its reason is unknown, or is one word (Failed, Created, Ready)
 * on a kind that no entry names: such a word means something else for each kind.
 */
export function lookUp(event: CatalogueSubject): ReasonEntry | null {
  const entries = ENTRIES_BY_REASON.get(event.reason)
  if (entries === undefined) return null
  const fitting = entries.filter((entry) => fitsKind(entry, event) && fitsSelectors(entry, event))
  const candidates =
    fitting.length > 0 || isOneWord(event.reason) ? fitting : entries.filter((entry) => fitsSelectors(entry, event))
  return candidates.find((entry) => entry.type === event.type) ?? candidates[0] ?? null
}

/** What to look at when such an event comes; null when the catalogue does not say. */
export function adviceOn(event: CatalogueSubject): string | null {
  const check = lookUp(event)?.check ?? ''
  return check === '' ? null : check
}

/** Whether events of this entry are problems: of medium severity or worse, or low ones that may be warnings. */
export function mayBeProblem({ severity, type }: ReasonEntry): boolean {
  return severity === 'low' ? type !== 'Normal' : severity !== 'info'
}

function fitsKind({ kinds }: ReasonEntry, { regarding }: CatalogueSubject): boolean {
  return kinds.length === 0 || regarding.kind === '' || kinds.includes(regarding.kind)
}

function fitsSelectors({ note, controllers }: ReasonEntry, event: CatalogueSubject): boolean {
  if (note !== undefined && !note.some((text) => event.note.includes(text))) return false
  return controllers === undefined || controllers.some((name) => event.reportingController.startsWith(name))
}

function isOneWord(reason: string): boolean {
  return /^[A-Za-z]?[a-z]*$/.test(reason)
}

function groupByReason(entries: readonly ReasonEntry[]): ReadonlyMap<string, readonly ReasonEntry[]> {
  const byReason = new Map<string, ReasonEntry[]>()
  for (const entry of entries) {
    const others = byReason.get(entry.reason)
    if (others === undefined) byReason.set(entry.reason, [entry])
    else others.push(entry)
  }
  for (const group of byReason.values()) group.sort((a, b) => specificity(b) - specificity(a))
  return byReason
}

/** Entries with more conditions are asked first, so that the general one is what remains. */
function specificity({ note, controllers, kinds }: ReasonEntry): number {
  return (note === undefined ? 0 : 4) + (controllers === undefined ? 0 : 2) + (kinds.length === 0 ? 0 : 1)
}
