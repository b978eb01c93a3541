import { DAY, HOUR, type EpochMicros } from '../../clock.ts'
import { incidentsOf, type Incident } from '../../incident/incident.ts'
import type { EventReader } from '../../store/store.ts'
import type { Notice } from '../notices.ts'
import { readProblems } from '../problems/read-problems.ts'
import { incidentRulesOf } from './incident-rules.ts'
import { readPlanned } from './read-planned.ts'

/** How far back incidents are looked for that were like those of a list, and like one: as long as problems are kept by default. */
const HISTORY_OF_LIST = 30 * DAY
export const HISTORY_OF_ONE = 400 * DAY

/** How long before the first problem a change may have led to it, and changes that are looked at: the newest. */
const BEFORE_FIRST = HOUR
const MOST_CHANGES = 20_000

export interface IncidentsAt {
  /** Of recordings without a time asked for: when the last of them ends. */
  readonly at: EpochMicros
  /** Also those that are over, however long ago; the most important first. Without what is planned. */
  readonly incidents: readonly Incident[]
  /** What is done on purpose, the newest first. */
  readonly planned: readonly Incident[]
  /** Mild trouble that is no outage, or none any more. */
  readonly minor: readonly Incident[]
  readonly notices: readonly Notice[]
}

/** All incidents as they were known at a time (null: now), as far as they were there after `from`. */
export async function readIncidents(
  reader: EventReader,
  { at, from }: { readonly at: EpochMicros | null; readonly from: EpochMicros },
  now: EpochMicros,
  signal: AbortSignal,
): Promise<IncidentsAt> {
  const { problems, clusters, notices } = await readProblems(reader, { at, from }, now, signal)
  const clocks = [...clusters.values()].map((cluster) => cluster.at)
  const time = at ?? (clocks.length === 0 ? now : Math.max(...clocks))
  const begins = problems.map(({ body }) => body.firstObserved)
  const since = begins.reduce((first, each) => Math.min(first, each), time) - BEFORE_FIRST
  const range = { from: Math.max(0, since), to: time + 1, order: 'newest', limit: MOST_CHANGES } as const
  const records = problems.length === 0 ? [] : await reader.records('change', range, signal)
  const changes = records.map(({ id, from: changed, body }) => ({ id, at: changed, body }))
  const said: Notice[] = []
  const all = await incidentsOf(problems, (cluster) => clusters.get(cluster)?.at ?? time, {
    rules: incidentRulesOf(reader),
    changes,
    onNotice: (text) => said.push({ severity: 'warning', text }),
  })
  const outages = all.filter(({ isMinor }) => !isMinor)
  const told = await readPlanned(reader, outages, { from, at: time }, signal)
  return { at: time, ...told, minor: all.filter(({ isMinor }) => isMinor), notices: [...notices, ...said] }
}

/** From when on a list reads: what is asked for, and some history before. */
export function historyFrom(at: EpochMicros, from: EpochMicros | null): EpochMicros {
  return Math.max(0, Math.min(from ?? at, at - HISTORY_OF_LIST))
}
