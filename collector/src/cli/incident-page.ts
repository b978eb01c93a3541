import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import type { EpochMicros } from '../clock.ts'
import { parseTime } from '../query/time.ts'
import type { Paint } from './paint.ts'
import { problemLines } from './problem-table.ts'
import type { Output } from './terminal.ts'
import { cutEnd, oneLine, span, wrapped } from './text.ts'

export interface PageLook {
  readonly output: Output
  readonly paint: Paint
  readonly now: EpochMicros
  readonly isWide: boolean
}

/** Of the second line of what does not fit on one. */
const INDENT = 5

/** Evidence shown of one cause; --json has all. */
const MOST_EVIDENCE = 6

/** One incident as a page that reads from top to bottom: what, why, whom, what changed before, and was it so before. */
export function incidentPage(
  incident: IncidentJson & { readonly at: string },
  { output, paint, now, isWide }: PageLook,
): readonly string[] {
  const { id, title, severity, state, planned, opened, ended, at, cluster } = incident
  const time = (text: string) => parseTime(text, now) ?? now
  const until = ended ?? at
  const fit = (text: string) => cutEnd(oneLine(text), output.columns)
  const facts = [
    `${id}  ${paint(severity, severity)}, ${planned ? `${state}, planned` : state}`,
    `${toSeconds(opened)} to ${ended === null ? 'now' : toSeconds(ended)} (${span(time(until) - time(opened))})`,
    oneLine(cluster),
  ]
  return [
    fit(title),
    facts.join('  '),
    '',
    'WHY',
    ...causeLines(incident).flatMap((line) =>
      wrapped(cutEnd(oneLine(line), 3 * output.columns - 2 * INDENT), output.columns, INDENT),
    ),
    '',
    'WHOM IT HITS',
    ...problemLines(incident.problems, at, { columns: output.columns, now, paint, hasTitle: true, isWide }),
    ...(incident.moreProblems === 0 ? [] : [`and ${String(incident.moreProblems)} more: --json`]),
    '',
    'WHAT CHANGED BEFORE',
    ...triggerLines(incident).map(fit),
    '',
    'WAS IT LIKE THIS BEFORE',
    ...similarLines(incident).map(fit),
  ]
}

/** A page is read by people: microseconds are in --json. */
function toSeconds(time: string): string {
  return time.replace(/\.[0-9]+Z$/, 'Z')
}

function causeLines({ causes, unknownBecause }: IncidentJson): readonly string[] {
  if (causes.length === 0) return [`The cause is unknown. ${unknownBecause ?? ''}`.trimEnd()]
  return causes.flatMap(({ rank, confidence, words, explains, evidence }) => [
    `${String(rank)}. ${confidence}: ${words}${explains > 1 ? ` (explains ${String(explains)} problems)` : ''}`,
    ...evidence
      .slice(0, MOST_EVIDENCE)
      .map(({ from, to, rule, words: told, lagSeconds }) =>
        rule === 'says' ? `   ${to}: ${told}` : `   ${from} → ${to}, ${String(lagSeconds)} s later: ${told}`,
      ),
    ...(evidence.length > MOST_EVIDENCE ? [`   and ${String(evidence.length - MOST_EVIDENCE)} more: --json`] : []),
  ])
}

function triggerLines({ triggers }: IncidentJson): readonly string[] {
  if (triggers.length === 0) return ['Nothing that events tell of, in the 15 minutes before.']
  return triggers.map(({ at, reason, object, words }) => {
    const place = object.namespace === '' ? object.name : `${object.namespace}/${object.name}`
    return `${toSeconds(at)}  ${reason} ${object.kind} ${place}: ${words}`
  })
}

function similarLines({ similar }: IncidentJson): readonly string[] {
  if (similar.length === 0) return ['Not that is known.']
  return similar.map(({ id, at, words }) => `${toSeconds(at)}  ${id}  ${words}`)
}
