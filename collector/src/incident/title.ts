import { severityRank } from '../event/words.ts'
import type { Cause } from './causes.ts'
import type { Suspect } from './suspect.ts'

const MOST_NAMES = 3

/** What is wrong in one line: the likeliest cause, and who suffers; of what has no cause, the worst of it. */
export function titleOf(problems: readonly Suspect[], causes: readonly Cause[]): string {
  const [cause] = causes
  const names = affected(problems)
  if (cause === undefined) return `${worstClass(problems)}: ${listed(names)}`
  const others = names.filter((name) => !mentions(cause.words, name))
  return others.length === 0 ? cause.words : `${cause.words}: ${listed(others)}`
}

/** Names of the workloads that suffer, the worst off first. */
function affected(problems: readonly Suspect[]): readonly string[] {
  const ranked = problems.toSorted((a, b) => severityRank(b.body.severity) - severityRank(a.body.severity))
  return [...new Set(ranked.map(({ body }) => (body.workload.name === '' ? body.object.name : body.workload.name)))]
}

function mentions(words: string, name: string): boolean {
  return words.split(/[^A-Za-z0-9.-]+/).includes(name)
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES)
  const more = names.length - shown.length
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${String(more)} more`
}

function worstClass(problems: readonly Suspect[]): string {
  const ranked = problems.toSorted((a, b) => severityRank(b.body.severity) - severityRank(a.body.severity))
  return ranked[0]?.body.class ?? 'Unknown'
}
