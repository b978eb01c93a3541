import type { EpochMicros } from '../clock.ts'
import type { AlertChange } from '../event/alert.ts'
import type { Edge } from './edge.ts'
import type { AlertRule } from './rule.ts'
import { Sweep } from './sweep.ts'

/** How far time has passed in a cluster, and when it was not watched. */
export interface ClusterTime {
  readonly cluster: string
  /** Times in which nobody watched, ascending; the last one may still go on. */
  readonly breaks: readonly { readonly from: EpochMicros; readonly to: EpochMicros | null }[]
  /** How far it is known what happened. */
  readonly clock: EpochMicros
  /** Now: what goes on unwatched goes on until here. */
  readonly now: EpochMicros
}

/** What one rule would have said, in the order of time, and how many alerts it did not make since there were too many. */
export interface Evaluation {
  readonly changes: readonly AlertChange[]
  /** Of the alerts that still fire, and those that are about to. */
  readonly sweeps: readonly Sweep[]
  readonly overflow: number
}

/** Sweeps once over what a rule has to know of: live, afterwards and in tests it is this sweep. */
export function evaluate(
  rule: AlertRule,
  edges: ReadonlyMap<string, readonly Edge[]>,
  clusters: readonly ClusterTime[],
): Evaluation {
  const changes: AlertChange[] = []
  const sweeps = clusters.map((time) => {
    const isOnClusters = rule.form.on === 'clusters'
    const sweep = new Sweep(rule, time.cluster, (change) =>
      changes.push(isOnClusters ? change : markLate(change, time.breaks)),
    )
    for (const edge of inOrder(isOnClusters ? breakEdges(time) : (edges.get(time.cluster) ?? []))) sweep.take(edge)
    sweep.pass(isOnClusters ? time.now : time.clock)
    return sweep
  })
  return {
    changes: changes.sort((a, b) => a.at - b.at),
    sweeps,
    overflow: sweeps.reduce((sum, { overflow }) => sum + overflow, 0),
  }
}

/** By when they became known; of one time what silences comes first. */
export function inOrder(edges: readonly Edge[]): readonly Edge[] {
  return edges.toSorted((a, b) => a.at - b.at || rankOf(a) - rankOf(b))
}

function rankOf(edge: Edge): number {
  return edge.kind === 'silencer' && edge.isOn ? 0 : edge.kind === 'silencer' ? 2 : 1
}

/** A rule on clusters hears of nothing but of the times in which nobody watched. */
function breakEdges({ cluster, breaks }: Pick<ClusterTime, 'cluster' | 'breaks'>): readonly Edge[] {
  const member = { kind: 'member', id: cluster, labels: { cluster }, example: null, keys: [], class: '' } as const
  return breaks.flatMap(({ from, to }): Edge[] => [
    { ...member, at: from, happened: from, isOn: true },
    ...(to === null ? [] : [{ ...member, at: to, happened: to, isOn: false }]),
  ])
}

/** What was due while nobody watched was judged late, whatever the cluster's clock says. */
function markLate(change: AlertChange, breaks: ClusterTime['breaks']): AlertChange {
  const wasMissed = breaks.some(({ from, to }) => from <= change.due && (to === null || change.due < to))
  return wasMissed ? { ...change, isLate: true } : change
}
