/** What tests look at of an observation. */
export interface Row {
  readonly id: string
  readonly uid: string
  readonly resourceVersion: number
  readonly firstObserved: string
  readonly lastObserved: string
  readonly count: number
  readonly countIsLowerBound: boolean
  readonly countDelta: number
  readonly countUnplaced: number
  readonly type: string
  readonly reason: string
  readonly note: string
  readonly regarding: { readonly kind: string; readonly namespace: string; readonly name: string; readonly uid: string }
  readonly annotations: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
  readonly flags: readonly string[]
  readonly node: string
  readonly category: string
  readonly severity: string
  readonly rule: string
  readonly owner: { readonly kind: string; readonly name: string }
  readonly correlationId: string
  readonly templateId: string
}

/** An aggregate. */
export interface Table {
  readonly groups: readonly {
    readonly key: readonly string[] | null
    readonly points: readonly { readonly start: string; readonly values: Readonly<Record<string, number>> }[]
  }[]
  readonly unplaced: number
  readonly notices: readonly { readonly text: string }[]
}

/** A group of observations that belong together. */
export interface Correlation {
  readonly id: string
  readonly title: string
  readonly severity: string
  readonly isOpen: boolean
  readonly lastObserved: string
  readonly objects: readonly string[]
  readonly workloads: readonly string[]
  readonly causes: readonly { readonly cause: EdgeEnd; readonly effect: EdgeEnd }[]
  readonly changes: readonly { readonly reason: string; readonly object: string }[]
}

interface EdgeEnd {
  readonly reason: string
  readonly object: string
}

export interface Pattern {
  readonly id: string
  readonly occurrences: number
  readonly objects: number
  readonly maxSeverity: string
}

interface ObjectName {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** One kind of trouble of one workload. */
export interface Problem {
  readonly id: string
  readonly cluster: string
  readonly object: ObjectName
  readonly workload: ObjectName
  readonly reason: string
  readonly thing: { readonly kind: string; readonly name: string; readonly detail: string } | null
  readonly state: 'open' | 'quiet' | 'over'
  readonly unseen: boolean
  readonly endedBy: { readonly how: 'cleared' | 'gone' | 'replaced' | 'silent'; readonly at: string } | null
  readonly severity: string
  readonly occurrences: number
  readonly objects: { readonly open: number; readonly all: number }
  readonly note: string
}

/** `{ key: value of the metric }`, of a table without windows. */
export function byKey({ groups }: Table, metric = 'occurrences'): Readonly<Record<string, number>> {
  return Object.fromEntries(
    groups.map(({ key, points }) => [
      key?.join(' ') ?? 'other',
      points.reduce((sum, { values }) => sum + (values[metric] ?? 0), 0),
    ]),
  )
}

/** `{ start: value }`, of a table without groups; windows without events are left out. */
export function byWindow({ groups }: Table, metric = 'occurrences'): Readonly<Record<string, number>> {
  const points = groups.flatMap((group) => group.points)
  return Object.fromEntries(
    points.map(({ start, values }) => [start, values[metric] ?? 0] as const).filter(([, value]) => value !== 0),
  )
}

/** `CAUSE → EFFECT` by reason, of all groups. */
export function edgesOf(groups: readonly Correlation[]): readonly string[] {
  return groups.flatMap(({ causes }) => causes.map(({ cause, effect }) => `${cause.reason} → ${effect.reason}`))
}
