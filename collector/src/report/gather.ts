import type { Asked, EndpointName } from '../api/endpoint.ts'
import type { AggregateAnswerJson as AggregateJson, PatternsJson } from '../api/answer-schemas.ts'
import type { GapsJson } from '../api/status-schemas.ts'
import type { IncidentsJson } from '../api/incidents/incident-schemas.ts'
import type { Notice } from '../api/notices.ts'
import { DAY, HOUR, type EpochMicros } from '../clock.ts'
import { formatTime } from '../query/time.ts'

/** Rows of each part of a report; the rest is counted. */
const MOST_INCIDENTS = 50
const MOST_PLANNED = 30
const MOST_ROWS = 12
const MOST_GAPS = 20

export interface ReportQuestion {
  readonly from: EpochMicros
  readonly to: EpochMicros
  /** Query and flags that select, as every question takes them. */
  readonly selection: Readonly<Record<string, string>>
  /** Label or field that sums are told by; null for none. */
  readonly by: string | null
}

/** Answers that a report is made of. */
export interface Gathered {
  readonly incidents: IncidentsJson
  readonly planned: IncidentsJson
  readonly overTime: AggregateJson
  readonly frequent: PatternsJson
  readonly noisy: AggregateJson
  readonly fresh: PatternsJson
  readonly gone: PatternsJson
  readonly byLabel: AggregateJson | null
  readonly gaps: GapsJson
  readonly notices: readonly Notice[]
}

type Ask = (name: EndpointName, asked: Asked, signal: AbortSignal) => Promise<unknown>

const TROUBLE = 'medium,high,critical'

/** Asks one question after another: a report is in no hurry, and others ask as well. */
export async function gather(
  ask: Ask,
  { from, to, selection, by }: ReportQuestion,
  signal: AbortSignal,
): Promise<Gathered> {
  const range = { from: formatTime(from), to: formatTime(to) }
  const selected = { ...selection, ...range }
  const question = async <Answer>(name: EndpointName, parameters: object) =>
    (await ask(name, { path: {}, parameters }, signal)) as Answer
  const then = { ...selection, from: range.from, at: range.to, all: 'true' }
  const incidents = await question<IncidentsJson>('incidents', { ...then, limit: MOST_INCIDENTS + MOST_PLANNED })
  const planned = await question<IncidentsJson>('incidents', { ...then, planned: 'true', limit: MOST_PLANNED })
  const window = to - from > 3 * DAY ? '1d' : to - from > 6 * HOUR ? '1h' : '10m'
  const trouble = { ...selected, severity: selection['severity'] ?? TROUBLE }
  const overTime = await question<AggregateJson>('aggregate', {
    ...trouble,
    groupBy: 'severity',
    window,
    zeroFill: 'true',
  })
  const frequent = await question<PatternsJson>('patterns', {
    ...trouble,
    minOccurrences: 2,
    minRatePerMinute: 0,
    limit: MOST_ROWS,
    samples: 1,
  })
  const workloads = 'cluster,namespace,owner.kind,owner.name'
  const noisy = await question<AggregateJson>('aggregate', { ...selected, groupBy: workloads, metrics: 'occurrences,objects', top: MOST_ROWS }) // prettier-ignore
  const fresh = await question<PatternsJson>('patterns', { ...selected, trait: 'novel', limit: MOST_ROWS, samples: 1 })
  const gone = await question<PatternsJson>('patterns', { ...selected, trait: 'silent', limit: MOST_ROWS, samples: 1 })
  const metrics = 'occurrences,objects,last'
  const byLabel = by === null ? null : await question<AggregateJson>('aggregate', { ...trouble, groupBy: by, metrics, top: MOST_ROWS }) // prettier-ignore
  const gaps = await question<GapsJson>('gaps', { ...range, limit: MOST_GAPS })
  const all = [incidents, planned, overTime, frequent, noisy, fresh, gone, gaps, ...(byLabel === null ? [] : [byLabel])]
  const notices = new Map<string, Notice>(
    all.flatMap((answer) => answer.notices).map((notice) => [notice.text, notice]),
  )
  return {
    incidents: withoutPlanned(incidents, planned),
    planned,
    overTime,
    frequent,
    noisy,
    fresh,
    gone,
    byLabel,
    gaps,
    notices: [...notices.values()],
  }
}

/** A list of all holds planned work too, which has a part of its own. */
function withoutPlanned(all: IncidentsJson, planned: IncidentsJson): IncidentsJson {
  const incidents = all.incidents.filter((each) => !each.planned).slice(0, MOST_INCIDENTS)
  return { ...all, incidents, total: Math.max(incidents.length, all.total - planned.total) }
}
