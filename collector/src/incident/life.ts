import { hash } from 'node:crypto'
import type { EpochMicros } from '../clock.ts'
import type { ProblemBody } from '../event/problem.ts'
import { SEVERITIES, severityRank, type Severity } from '../event/words.ts'
import { greatest } from './extremes.ts'
import type { Incident } from './model.ts'

type WithBody = Readonly<{ body: ProblemBody }>

/** Id of an incident of which this problem, or this event of planned work, is the first. */
export function incidentIdOf(first: string): string {
  return `i-${hash('sha256', first, 'base64url').slice(0, 12)}`
}

/**
 * The incident that is or was called `id`. What was once the first of an incident may be part of another by now, since one led to
 * the other, or something came late that had begun before.
 */
export function findIncident(incidents: Iterable<Incident>, id: string): Incident | undefined {
  let holder: Incident | undefined
  for (const incident of incidents) {
    if (incident.id === id) return incident
    holder ??= namesOf(incident).some((name) => incidentIdOf(name) === id) ? incident : undefined
  }
  return holder
}

function namesOf({ problems, events }: Incident): readonly string[] {
  return [...problems.map((problem) => problem.id), ...events]
}

/** When the state of a problem last changed. */
export function lastChange({ transitions, lastObserved }: ProblemBody): EpochMicros {
  return transitions.at(-1)?.at ?? lastObserved
}

/** The worst of them; `info` where there is none. */
export function severityOf(problems: readonly WithBody[]): Severity {
  return (
    SEVERITIES[
      Math.max(
        0,
        greatest(problems, ({ body }) => severityRank(body.severity)),
      )
    ] ?? 'info'
  )
}

/** When it last began again after all of it had been over; null when it never did. */
export function reopenedAt(problems: readonly WithBody[]): EpochMicros | null {
  const spans = problems.flatMap(({ body }) => spansOf(body)).toSorted((a, b) => a.from - b.from)
  let end = spans[0]?.to ?? 0
  let reopened: EpochMicros | null = null
  for (const { from, to } of spans) {
    if (from > end) reopened = from
    end = Math.max(end, to)
  }
  return reopened
}

/** The times in which a problem was not over. */
function spansOf({ firstObserved, transitions }: ProblemBody): { from: EpochMicros; to: EpochMicros }[] {
  const spans: { from: EpochMicros; to: EpochMicros }[] = []
  let from: EpochMicros | null = firstObserved
  for (const { state, at } of transitions) {
    if (state === 'over' && from !== null) {
      spans.push({ from, to: at })
      from = null
    } else if (state !== 'over') from ??= at
  }
  return from === null ? spans : [...spans, { from, to: Number.POSITIVE_INFINITY }]
}
