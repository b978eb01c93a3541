import type { NormalizedEvent } from '../event/observation.ts'

/** What an entry of the index asks of an event before it is worth evaluating; null means anything. */
export interface Indexable {
  readonly reasons: readonly string[] | null
  readonly kinds: readonly string[] | null
}

/** Finds the entries that may match an event, in their order. */
export type RuleIndex<Entry> = (event: Pick<NormalizedEvent, 'reason' | 'regarding'>) => readonly Entry[]

/** Stands for all reasons, or kinds, that no entry names. */
const OTHER = '\0other'

/** Most candidates kept for all pairs together (8 bytes each); beyond it they are worked out anew. */
const MAX_KEPT_CANDIDATES = 1_000_000

/**
 * Indexes entries by the reasons and kinds they require. The candidates of each pair of reason and kind are worked out
 * once; the number of pairs is bounded by the words in the rules, not by those in the events.
 */
export function indexRules<Entry extends Indexable>(entries: readonly Entry[]): RuleIndex<Entry> {
  const reasons = new Set(entries.flatMap((entry) => entry.reasons ?? []))
  const kinds = new Set(entries.flatMap((entry) => entry.kinds ?? []))
  const candidatesByKind = new Map<string, Map<string, readonly Entry[]>>()
  let kept = 0

  return (event) => {
    const reason = reasons.has(event.reason) ? event.reason : OTHER
    const kind = kinds.has(event.regarding.kind) ? event.regarding.kind : OTHER
    const known = candidatesByKind.get(kind)?.get(reason)
    if (known !== undefined) return known

    const candidates = entries.filter((entry) => admits(entry.reasons, reason) && admits(entry.kinds, kind))
    kept += candidates.length
    if (kept > MAX_KEPT_CANDIDATES) {
      candidatesByKind.clear()
      kept = candidates.length
    }
    const byReason = candidatesByKind.get(kind) ?? new Map<string, readonly Entry[]>()
    candidatesByKind.set(kind, byReason.set(reason, candidates))
    return candidates
  }
}

function admits(words: readonly string[] | null, word: string): boolean {
  return words === null || words.includes(word)
}
