import { DAY, MINUTE, type EpochMicros } from '../../clock.ts'
import type { Incident } from '../../incident/incident.ts'
import type { Filter } from '../../query/model.ts'
import { allOf } from '../../query/simplify-filter.ts'
import { EARLIEST, LATEST } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'

/** How many ordinary events there were just before a time, beside what is usual. */
export interface Ordinary {
  /** In the {@link SPAN} before. */
  readonly occurrences: number
  /** The mean of all such spans of the week before. */
  readonly usual: number
  /** Which share of those spans had fewer, 0 to 1. */
  readonly above: number
  readonly isPeak: boolean
}

/** What is counted before an incident begins, and what it is compared with, µs. */
export const SPAN = 15 * MINUTE
const COMPARED = 7 * DAY

/** A change and its first effect often have the same second: events this much later still count as before. */
const ROUNDING = MINUTE

/** Fewer spans than these tell nothing of what is usual. */
const LEAST_SPANS = 8

/** A peak has at least so many, so often the usual number, and more than so many of the other spans. */
const PEAK_OCCURRENCES = 3
const PEAK_FACTOR = 3
const PEAK_ABOVE = 0.95

const SCALING = ['ScalingReplicaSet', 'SuccessfulRescale', 'SuccessfulCreate', 'TriggeredScaleUp', 'KEDAScaleTargetActivated'] // prettier-ignore
const JOBS = ['Job', 'CronJob']

/** What grows with the load: workloads that are scaled, and pods that are made for them, in the namespaces that suffer. */
export function scalingBeside(incident: Incident): Filter {
  const namespaces = [...new Set(incident.problems.map(({ body }) => body.object.namespace))].filter((name) => name !== '') // prettier-ignore
  return allOf([
    { op: 'in', field: 'reason', values: SCALING },
    { op: 'not', filter: { op: 'in', field: 'regarding.kind', values: JOBS } },
    ...(namespaces.length === 0 ? [] : [{ op: 'in', field: 'namespace', values: namespaces } as const]),
  ])
}

/** Since when ordinary events of a cluster are kept; null when none are. */
export async function keptSince(
  reader: EventReader,
  cluster: string,
  signal: AbortSignal,
): Promise<EpochMicros | null> {
  const { groups } = await reader.aggregate(
    {
      from: EARLIEST,
      to: LATEST,
      filter: allOf([
        { op: 'in', field: 'cluster', values: [cluster] },
        { op: 'in', field: 'severity', values: ['info'] },
      ]),
      groupBy: [],
      window: null,
      metrics: ['first'],
      top: null,
      zeroFill: false,
    },
    signal,
  )
  return groups[0]?.points[0]?.values[0] ?? null
}

/**
 * Ordinary events before a time; null where they are not kept that long, or where too little is kept to say what is usual.
 *
 * @param ordinary which of the cluster's events are counted.
 * @param kept since when there are any.
 */
export async function ordinaryBefore(
  reader: EventReader,
  { cluster, opened }: Pick<Incident, 'cluster' | 'opened'>,
  ordinary: Filter,
  kept: EpochMicros | null,
  signal: AbortSignal,
): Promise<Ordinary | null> {
  const to = opened + ROUNDING
  const spans = Math.floor((to - Math.max(kept ?? to, to - SPAN - COMPARED)) / SPAN)
  if (spans < LEAST_SPANS) return null
  const { groups } = await reader.aggregate(
    {
      from: to - spans * SPAN,
      to,
      filter: allOf([{ op: 'in', field: 'cluster', values: [cluster] }, ordinary]),
      groupBy: [],
      window: { kind: 'fixed', every: MINUTE },
      metrics: ['occurrences'],
      top: null,
      zeroFill: false,
    },
    signal,
  )
  const counts = new Array<number>(spans).fill(0)
  for (const { start, values } of groups[0]?.points ?? []) {
    const span = Math.min(spans - 1, Math.max(0, Math.floor((to - 1 - start) / SPAN)))
    counts[span] = (counts[span] ?? 0) + (values[0] ?? 0)
  }
  return compared(counts)
}

/** @param counts of spans, that before the time first. */
function compared([occurrences = 0, ...others]: readonly number[]): Ordinary {
  const usual = others.reduce((sum, count) => sum + count, 0) / others.length
  const above = others.filter((count) => count < occurrences).length / others.length
  return {
    occurrences,
    usual,
    above,
    isPeak: occurrences >= PEAK_OCCURRENCES && occurrences >= PEAK_FACTOR * usual && above >= PEAK_ABOVE,
  }
}
