import { DAY, HOUR, SECOND, type EpochMicros } from '../clock.ts'
import { PATTERN_RECORDED_WITHIN, TRAITS, type PatternBody, type Trait } from '../event/pattern.ts'
import type { PatternQuery } from '../query/model.ts'
import type { AskedPatterns } from '../query/request.ts'
import { EARLIEST, formatTime, LATEST } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import type { Notice } from './notices.ts'

/** Records of patterns looked through; a cluster has some hundred. */
const MOST_FOLLOWED = 10_000

/** What is new stays new for a day, and nothing is new before its cluster was watched for an hour. */
const NOVEL_FOR = DAY
const NOVEL_AFTER = HOUR
const BEATS_MISSED = 3

/** The range that is looked at; silence lies behind the last row. */
type Looked = Pick<AskedPatterns, 'from' | 'to' | 'isOpenEnded'>

/** What the collector found about a pattern while events came in, over all clusters; of one definition or several with its key. */
export interface Found {
  readonly key: readonly string[]
  readonly bodies: readonly PatternBody[]
}

/**
 * What was found about the patterns of a key, by the key's values as JSON. There is nothing about keys that the configuration
 * does not follow.
 */
export async function followedPatterns(
  reader: EventReader,
  { key, from, to }: Pick<PatternQuery, 'key' | 'from' | 'to'>,
  isSilentAsked: boolean,
  signal: AbortSignal,
): Promise<{ readonly found: ReadonlyMap<string, Found>; readonly notices: readonly Notice[] }> {
  // What has fallen silent was last seen before the range, mostly. The end of a record is the last event that it counts.
  const range = {
    from: isSilentAsked ? EARLIEST : Math.max(EARLIEST, from - PATTERN_RECORDED_WITHIN),
    to: isSilentAsked ? LATEST : to,
    limit: MOST_FOLLOWED,
  }
  const records = await reader.records('pattern', range, signal)
  const found = new Map<string, { key: readonly string[]; bodies: PatternBody[] }>()
  for (const { body } of records) {
    if (!isOfKey(body, key)) continue
    const values = key.map((field) => body.key[field] ?? '')
    const at = JSON.stringify(values)
    const known = found.get(at) ?? { key: values, bodies: [] }
    known.bodies.push(body)
    found.set(at, known)
  }
  const text = `Only the ${MOST_FOLLOWED} patterns that were first seen longest ago were looked through for traits. Ask for a shorter range.`
  return { found, notices: records.length < MOST_FOLLOWED ? [] : [{ severity: 'warning', text }] }
}

function isOfKey({ key: values }: PatternBody, key: readonly string[]): boolean {
  return Object.keys(values).length === key.length && key.every((field) => Object.hasOwn(values, field))
}

/** What a pattern is called in a range, worst first as {@link TRAITS} has them. */
export function traitsOf(found: Found | undefined, range: Looked): readonly Trait[] {
  const bodies = found?.bodies ?? []
  return TRAITS.filter((trait) => bodies.some((body) => HAS[trait](body, range)))
}

const HAS: Readonly<Record<Trait, (body: PatternBody, range: Looked) => boolean>> = {
  burst: ({ burst }, { from, to }) => burst !== null && burst.from < to && (burst.to ?? LATEST) > from,
  recurring: ({ recurringSince }, { to }) => recurringSince !== null && recurringSince < to,
  novel: ({ firstObserved, watchedSince }, { to }) =>
    firstObserved - watchedSince >= NOVEL_AFTER && firstObserved < to && to - firstObserved <= NOVEL_FOR,
  silent: ({ rhythms }, { to, isOpenEnded }) =>
    rhythms.some((rhythm) => rhythm.isSilent && (isOpenEnded || silentSince(rhythm) < to)),
  periodic: ({ rhythms, firstObserved }, { to }) => rhythms.length > 0 && firstObserved < to,
}

type RhythmOf = PatternBody['rhythms'][number]

function silentSince({ lastBeat, periodSeconds }: RhythmOf): EpochMicros {
  return lastBeat + BEATS_MISSED * periodSeconds * SECOND
}

/** What was found, in the answer about a pattern. */
export function foundJson(found: Found | undefined, range: Looked) {
  const bodies = found?.bodies ?? []
  const first = bodies.filter(({ name }) => name === bodies[0]?.name)
  return {
    traits: traitsOf(found, range),
    counted: bodies.length === 0 ? null : { occurrences: first.reduce((sum, { occurrences }) => sum + occurrences, 0), since: formatTime(Math.min(...first.map(({ firstObserved }) => firstObserved))) }, // prettier-ignore
    rhythms: unique(bodies.flatMap(({ cluster, rhythms }) => rhythms.map((rhythm) => rhythmJson(cluster, rhythm)))),
    bursts: unique(bodies.flatMap(({ cluster, burst }) => (burst === null ? [] : [burstJson(cluster, burst)]))),
    templates: templatesJson(first),
  }
}

function rhythmJson(cluster: string, { workload, periodSeconds, lastBeat, isSilent }: RhythmOf) {
  return {
    cluster,
    workload,
    periodSeconds,
    lastBeat: formatTime(lastBeat),
    nextExpected: formatTime(Math.round(lastBeat + periodSeconds * SECOND)),
    isSilent,
  }
}

function burstJson(cluster: string, { from, to, usualRatePerMinute }: NonNullable<PatternBody['burst']>) {
  return { cluster, from: formatTime(from), to: to === null ? null : formatTime(to), usualRatePerMinute }
}

/** Message templates with all that was ever counted for them, most frequent first. Two definitions of one key count the same. */
function templatesJson(bodies: readonly PatternBody[]) {
  const byId = new Map<string, { readonly templateId: string; readonly text: string; occurrences: number }>()
  for (const { templates } of bodies) {
    for (const { templateId, templateText, occurrences } of templates) {
      const known = byId.get(templateId) ?? { templateId, text: templateText, occurrences: 0 }
      known.occurrences += occurrences
      byId.set(templateId, known)
    }
  }
  return [...byId.values()].sort((a, b) => b.occurrences - a.occurrences)
}

function unique<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
