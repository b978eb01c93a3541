import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import type { SimilarJson } from '../api/incidents/similar-schemas.ts'
import type { EpochMicros } from '../clock.ts'
import { fieldWords } from '../event/change.ts'
import { parseTime } from '../query/time.ts'
import { causeTree } from './cause-tree.ts'
import { timelineLines } from './incident-timeline.ts'
import type { Paint } from './paint.ts'
import { problemLines } from './problem-table.ts'
import { similarLines } from './similar-lines.ts'
import type { Output } from './terminal.ts'
import { cutEnd, oneLine, span, wrapped } from './text.ts'

export interface PageLook {
  readonly output: Output
  readonly paint: Paint
  readonly now: EpochMicros
  readonly isWide: boolean
}

/** One incident as a page that reads from top to bottom: what, why, how it went, whom it hits, what changed, and was it so before. */
export function incidentPage(
  incident: IncidentJson & { readonly at: string },
  similar: SimilarJson | null,
  look: PageLook,
): readonly string[] {
  const { output, now, paint, isWide } = look
  const { columns } = output
  const fit = (text: string) => cutEnd(oneLine(text), columns)
  return [
    ...headLines(incident, look),
    '',
    ...wrapped(oneLine(summaryOf(incident, similar)), columns, 0),
    '',
    'WHY',
    ...causeLines(incident, columns),
    '',
    'TIMELINE',
    ...timelineLines(incident).map(fit),
    '',
    'WHOM IT HITS',
    ...problemLines(incident.problems, incident.at, { columns, now, paint, hasTitle: true, isWide }),
    ...(incident.moreProblems === 0 ? [] : [`and ${String(incident.moreProblems)} more: --json`]),
    '',
    'WHAT CHANGED BEFORE',
    ...changeLines(incident).map(fit),
    '',
    'WAS IT LIKE THIS BEFORE',
    ...(similar === null ? earlierLines(incident).map(fit) : similarLines(similar, columns)),
    ...(incident.checks.length === 0 ? [] : ['', 'WHAT TO CHECK']),
    ...incident.checks.flatMap(({ reason, words }) => wrapped(oneLine(`${reason}: ${words}`), columns, 3)),
  ]
}

/** Title, and beside the id how bad, how long and where. */
function headLines(
  incident: IncidentJson & { readonly at: string },
  { output, paint, now }: PageLook,
): readonly string[] {
  const { id, title, severity, state, planned, opened, ended, at, cluster } = incident
  const time = (text: string) => parseTime(text, now) ?? now
  const facts = [
    `${id}  ${paint(severity, severity)}, ${planned ? `${state}, planned` : state}`,
    `${toSeconds(opened)} to ${ended === null ? 'now' : endText(opened, ended)} (${span(time(ended ?? at) - time(opened))})`,
    oneLine(cluster),
  ]
  return [...wrapped(paint('bold', oneLine(title)), output.columns, 0), facts.join('  ')]
}

/** On the same day the day is not told again. */
function endText(from: string, to: string): string {
  return from.slice(0, 10) === to.slice(0, 10) ? toSeconds(to).slice(11, 19) : toSeconds(to)
}

/** The whole story in a few sentences, for who reads no further. */
function summaryOf(incident: IncidentJson, similar: SimilarJson | null): string {
  const { causes, problems, moreProblems, triggers, worstSeverity, opened, lastObserved, unknownBecause } = incident
  const [cause, other] = causes
  const [trigger] = triggers
  const places = [...new Set(problems.map(({ object, workload }) => placeOf(workload.kind === '' ? object : workload)))]
  const more = places.length - MOST_PLACES
  const kinds = problems.length + moreProblems
  const before = similar?.total ?? incident.similar.length
  const isTie = other !== undefined && other.rank === cause?.rank
  return [
    `${kinds === 1 ? 'One kind' : `${String(kinds)} kinds`} of trouble, the worst ${worstSeverity}, at ${places.slice(0, MOST_PLACES).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`,
    ` from ${toSeconds(opened).slice(11, 19)} to ${endText(opened, lastObserved)}, when the last of it was seen.`,
    cause === undefined ? ` The cause is unknown: ${unknownBecause ?? ''}` : ` ${isTie ? 'Two causes are as likely as each other, one of them' : `The cause is ${ADVERBS[cause.confidence]}`}: ${cause.words}.`,
    ...(trigger === undefined ? [] : [` Before it began, ${trigger.object.name} changed (${trigger.reason}).`]),
    before === 0 ? ' It was not like this before, as far as is known.' : ` It was like this ${timesBefore(before)} before${similar === null ? '' : atPeaks(similar)}.`,
  ].join('') // prettier-ignore
}

const MOST_PLACES = 3

const ADVERBS = { certain: 'certain', likely: 'likely', possible: 'possibly' } as const

function timesBefore(count: number): string {
  return count === 1 ? 'once' : `${String(count)} times`
}

/** The words that make the difference between "often" and "whenever the load grows". */
function atPeaks({ ordinary: { known, peaks, words } }: SimilarJson): string {
  return peaks === 0
    ? ''
    : `, ${peaks === known && known > 1 ? 'each time' : `${timesBefore(peaks)}`} at a peak of ${words}`
}

function placeOf({ kind, namespace, name }: IncidentJson['problems'][number]['object']): string {
  return namespace === '' ? `${kind} ${name}` : `${namespace}/${name}`
}

/** A page is read by people: microseconds are in --json. */
function toSeconds(time: string): string {
  return time.replace(/\.[0-9]+Z$/, 'Z')
}

function causeLines({ causes, problems, unknownBecause }: IncidentJson, columns: number): readonly string[] {
  if (causes.length === 0) return wrapped(oneLine(`Cause unknown: ${unknownBecause ?? ''}`), columns, 3)
  return causes.flatMap((cause) => causeTree(cause, problems, columns))
}

/** What somebody changed, by the objects that are watched beside events, and what events tell of. */
function changeLines({ changes, triggers }: IncidentJson): readonly string[] {
  const told = changes.map((change) => {
    const fields = fieldWords(change)
    return `${toSeconds(change.at)}  ${change.words}${fields === '' ? '' : ` (${fields})`}`
  })
  const both = [...told, ...triggerLines(triggers)]
  return both.length === 0 ? ['Nothing that is known of, in the 15 minutes before.'] : both
}

function triggerLines(triggers: IncidentJson['triggers']): readonly string[] {
  return triggers.map(({ at, reason, object, words }) => {
    const place = object.namespace === '' ? object.name : `${object.namespace}/${object.name}`
    return `${toSeconds(at)}  ${reason} ${object.kind} ${place}: ${words}`
  })
}

/** Of a collector that does not know how it was before. */
function earlierLines({ similar }: IncidentJson): readonly string[] {
  if (similar.length === 0) return ['Not that is known.']
  return similar.map(({ id, at, words }) => `${toSeconds(at)}  ${id}  ${words}`)
}
