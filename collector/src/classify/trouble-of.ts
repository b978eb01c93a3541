import { MINUTE } from '../clock.ts'
import type { Gone, Trouble } from '../event/trouble.ts'
import { catalogueEntries, lookUp, type CatalogueSubject } from './catalogue/catalogue.ts'
import type { ReasonEntry } from './catalogue/reason-entry.ts'

/** Controllers retry a failed create up to 16 min 40 s apart, and a series is refreshed every 30 min. */
const USUAL_HOLD = 35 * MINUTE

/** Most reporters repeat what lasts within this time. */
const USUAL_REPEAT = 10 * MINUTE

const NOTHING_CLEARS: Trouble['clearedBy'] = []

const TROUBLES = new Map<ReasonEntry, Trouble>()

/** The kind of trouble that an event reports, if it reports one. An unknown reason is a kind of its own. */
export function troubleOf(event: CatalogueSubject): Trouble {
  const entry = lookUp(event)
  if (entry === null) return unknownTrouble(event.reason)
  const known = TROUBLES.get(entry) ?? toTrouble(entry)
  TROUBLES.set(entry, known)
  return known
}

/** Reasons of which some entry says so: few, and asked of every event. */
const GONE_REASONS = new Set(catalogueEntries().flatMap(({ reason, gone }) => (gone === undefined ? [] : [reason])))

/** Whether the event says that an object is gone, and which. */
export function goneBy(event: CatalogueSubject): Gone | null {
  return GONE_REASONS.has(event.reason) ? (lookUp(event)?.gone ?? null) : null
}

function toTrouble(entry: ReasonEntry): Trouble {
  const { persists, holdsMinutes, repeatsMinutes } = entry
  return {
    class: entry.problem ?? entry.reason,
    end: entry.end ?? 'unknown',
    clearedBy: entry.clearedBy ?? NOTHING_CLEARS,
    repeats: repeatsMinutes === undefined ? USUAL_REPEAT : repeatsMinutes * MINUTE,
    holds: holdsMinutes === undefined ? USUAL_HOLD : holdsMinutes * MINUTE,
    persists: persists === undefined ? null : { after: persists.afterMinutes * MINUTE, severity: persists.severity },
  }
}

function unknownTrouble(reason: string): Trouble {
  const life = { end: 'unknown', clearedBy: NOTHING_CLEARS, repeats: USUAL_REPEAT, holds: USUAL_HOLD } as const
  return { class: reason, ...life, persists: null }
}
