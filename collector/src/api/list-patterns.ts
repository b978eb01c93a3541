import { TRAITS, TREND_SLICES, type Trait } from '../event/pattern.ts'
import { mapInSlices } from '../event/slices.ts'
import { severityRank } from '../event/words.ts'
import type { Filter, PatternQuery, PatternSummary } from '../query/model.ts'
import type { AskedPatterns } from '../query/request.ts'
import { allOf } from '../query/simplify-filter.ts'
import { byWorst } from '../query/summarize-patterns.ts'
import { EARLIEST, LATEST } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import { estimateNotices, lowerBoundNotices, type Notice } from './notices.ts'
import { followedPatterns, traitsOf, type Found } from './pattern-traits.ts'

/** Patterns that a trait is looked up for at once: each is a condition of the question to the store. */
const MOST_WITH_TRAIT = 500

/** Texts of templates looked up for one answer. */
const MOST_TEMPLATES = 100

/** Traits that deserve a word where the thresholds hide them, and from which severity on. */
const TOLD: readonly Trait[] = ['burst', 'novel', 'silent']
const TOLD_FROM = severityRank('medium')

/** A pattern over the rows of a range, with what the collector found about it while they came in. */
export interface ListedPattern {
  readonly summary: PatternSummary
  readonly found: Found | undefined
  /** Of its examples, where nothing was found. */
  readonly templates: readonly { readonly templateId: string; readonly text: string; readonly occurrences: null }[]
}

/**
 * The patterns over the thresholds, or with one of the traits that are asked for: the worst first, of these what goes on now,
 * then the most frequent.
 */
export async function listPatterns(
  reader: EventReader,
  query: AskedPatterns,
  signal: AbortSignal,
): Promise<{ readonly patterns: readonly ListedPattern[]; readonly notices: readonly Notice[] }> {
  const isSilentAsked = query.traits.includes('silent')
  const { found, notices } = await followedPatterns(reader, query, isSilentAsked, signal)
  const summaries = query.traits.length === 0 ? await reader.patterns(query, signal) : await withTraits(reader, query, found, signal) // prettier-ignore
  const listed = await mapInSlices(summaries, (summary) => {
    const of = found.get(JSON.stringify(summary.key))
    return { summary, found: of, rank: stateRank(traitsOf(of, query)) }
  })
  listed.sort(
    ({ summary: a, rank }, { summary: b, rank: other }) =>
      severityRank(b.maxSeverity) - severityRank(a.maxSeverity) || rank - other || byWorst(a, b),
  )
  const unfollowed = listed.flatMap((each) => (each.found === undefined ? [each.summary] : []))
  const texts = await templateTexts(reader, query, unfollowed, signal)
  return {
    patterns: await mapInSlices(listed, ({ summary, found: of }) => ({
      summary,
      found: of,
      templates: templateIds(query, summary).flatMap((templateId) => {
        const text = texts.get(templateId)
        return text === undefined ? [] : [{ templateId, text, occurrences: null }]
      }),
    })),
    notices: [
      ...notices,
      ...fullNotices(summaries.length, query.limit),
      ...hiddenNotices(query, found, summaries),
      ...lowerBoundNotices(summaries.some(({ isLowerBound }) => isLowerBound)),
      ...estimateNotices(Math.max(0, ...summaries.map(({ objectsError }) => objectsError))),
    ],
  }
}

/** The rows with these values of the key. */
export function withKey(fields: readonly string[], values: readonly string[]): Filter {
  return allOf(fields.map((field, place): Filter => ({ op: 'in', field, values: [values[place] ?? ''] })))
}

/** What goes on stands before what is over. */
function stateRank(traits: readonly Trait[]): number {
  const [worst] = traits
  return worst === undefined ? TRAITS.length : TRAITS.indexOf(worst)
}

async function withTraits(
  reader: EventReader,
  query: AskedPatterns,
  found: ReadonlyMap<string, Found>,
  signal: AbortSignal,
): Promise<readonly PatternSummary[]> {
  const named = [...found.values()].filter((each) =>
    traitsOf(each, query).some((trait) => query.traits.includes(trait)),
  )
  const wanted = named.sort((a, b) => worstOf(b) - worstOf(a)).slice(0, MOST_WITH_TRAIT)
  const ask = (keys: readonly Found[], from: number) => {
    if (keys.length === 0) return []
    const filter = allOf([query.filter, { op: 'or', filters: keys.map(({ key }) => withKey(query.key, key)) }])
    return reader.patterns({ ...query, from, filter, minOccurrences: 1, minRatePerMinute: 0 }, signal)
  }
  const seen = await ask(wanted, query.from)
  if (!query.traits.includes('silent')) return seen
  const keys = new Set(seen.map(({ key }) => JSON.stringify(key)))
  const before = await ask(wanted.filter(({ key }) => !keys.has(JSON.stringify(key))), EARLIEST) // prettier-ignore
  return [...seen, ...before.map(absent)].slice(0, query.limit)
}

/** What fell silent before the range has none of its occurrences in it. */
function absent(summary: PatternSummary): PatternSummary {
  const none = { occurrences: 0, observations: 0, objects: 0, objectsError: 0, ratePerMinute: 0 }
  return { ...summary, ...none, trend: new Array<number>(TREND_SLICES).fill(0) }
}

function worstOf({ bodies }: Found): number {
  return Math.max(...bodies.map(({ severity }) => severityRank(severity)))
}

async function templateTexts(
  reader: EventReader,
  query: PatternQuery,
  summaries: readonly PatternSummary[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(summaries.flatMap((summary) => templateIds(query, summary)))].slice(0, MOST_TEMPLATES)
  const found = await Promise.all(
    ids.map(async (id) => {
      const [record] = await reader.records('template', { from: EARLIEST, to: LATEST, id, limit: 1 }, signal)
      const text = record?.body.templateText
      return text === undefined ? [] : [[id, text] as const]
    }),
  )
  return new Map(found.flat())
}

function templateIds({ key: fields }: PatternQuery, { key, samples }: PatternSummary): readonly string[] {
  const named = key[fields.indexOf('templateId')]
  const ids = named === undefined ? samples.map(({ templateId }) => templateId) : [named]
  return [...new Set(ids)].filter((id) => id !== '')
}

function fullNotices(returned: number, limit: number): readonly Notice[] {
  const text = `These are the first ${returned} patterns; there may be more. Use a higher limit.`
  return returned < limit ? [] : [{ severity: 'info', text }]
}

/** Only where no filter could have left them out. */
function hiddenNotices(
  query: AskedPatterns,
  found: ReadonlyMap<string, Found>,
  shown: readonly PatternSummary[],
): readonly Notice[] {
  if (query.traits.length > 0 || query.filter.op !== 'all') return []
  const keys = new Set(shown.map(({ key }) => JSON.stringify(key)))
  const hidden = [...found].flatMap(([at, each]) => {
    const traits = traitsOf(each, query).filter((trait) => TOLD.includes(trait))
    return keys.has(at) || traits.length === 0 || worstOf(each) < TOLD_FROM ? [] : [traits]
  })
  if (hidden.length === 0) return []
  const traits = TOLD.filter((trait) => hidden.flat().includes(trait)).join(',')
  const text = `${hidden.length} more ${hidden.length === 1 ? 'pattern' : 'patterns'} of severity medium or worse with too few occurrences for this list: ask with trait ${traits}.`
  return [{ severity: 'info', text }]
}
