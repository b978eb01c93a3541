import { MINUTE, SECOND, type Clock, type EpochMicros } from '../clock.ts'
import type { AlertChange, Notification } from '../event/alert.ts'
import type { Observation } from '../event/observation.ts'
import type { Problem, Transition } from '../event/problem.ts'
import type { RecordOf } from '../event/record.ts'
import { isRecorded } from '../event/raw-event.ts'
import type { Passage } from '../event/recorder.ts'
import type { AsRow, Edge } from './edge.ts'
import { problemEdges, rowEdges } from './edges-of.ts'
import { inOrder } from './evaluate.ts'
import { isFiring } from './instance.ts'
import { notificationOf, recordOf } from './notification.ts'
import type { AlertRule } from './rule.ts'
import { RulesOf } from './rules-of.ts'
import { Sweep, type SavedSweep } from './sweep.ts'

/** What happens is told within this time: patience goes by the clock but for this. */
const LAG = 10 * SECOND

/** What is told this much later than it was due was missed. */
const LATE = 5 * MINUTE

/** A restart is no break. */
const SHORT = MINUTE

/** A sweep of a rule in a cluster as it is kept; of no rule what is known of the cluster. Null: forget it. */
export interface SavedRow {
  readonly rule: string
  readonly cluster: string
  readonly body: string | null
}

/** What becomes true together with the rows that it was made of. */
export interface AlertChanges {
  readonly rows: readonly SavedRow[]
  readonly messages: readonly Notification[]
  readonly records: readonly RecordOf<'alert'>[]
}

/** What is known of a cluster. */
interface ClusterState {
  /** How far it was judged; null before anything was. */
  clock: EpochMicros | null
  isLost: boolean
  /** Whether it was watched once: what came before is told by what still fires alone. */
  isBegun: boolean
}

interface Judged {
  readonly state: ClusterState
  readonly sweeps: Map<string, Sweep>
  /** Whether it goes on after a restart, and was not seen since. */
  isResumed: boolean
  edges: { readonly rule: AlertRule; readonly edge: Edge }[]
  /** Changes from before the cluster was watched for the first time, by alert. */
  readonly held: Map<string, AlertChange>
}

/**
 * Judges rules while events come in: the sweep of the back-test, resumed from where it was saved. Only what live clusters tell
 * counts; a recording that is played alerts nobody.
 */
export class LiveAlerts {
  readonly #asRow: AsRow
  readonly #clock: Clock
  readonly #clusters = new Map<string, Judged>()
  readonly #told = new WeakMap<Problem, Transition>()
  #rules: ReadonlyMap<string, AlertRule>
  #onProblems: RulesOf
  #onEvents: readonly AlertRule[]
  #rows: SavedRow[] = []
  #messages: Notification[] = []
  #records: RecordOf<'alert'>[] = []

  constructor(rules: readonly AlertRule[], asRow: AsRow, clock: Clock) {
    this.#asRow = asRow
    this.#clock = clock
    this.#rules = new Map(rules.map((rule) => [rule.name, rule]))
    this.#onProblems = new RulesOf(rules)
    this.#onEvents = rules.filter(({ form }) => form.on === 'count' || form.on === 'missing')
  }

  /** Problems that changed. */
  follow(problems: readonly Problem[]): void {
    for (const problem of problems) {
      const { body } = problem
      if (isRecorded(body)) continue
      const after = this.#told.get(problem) ?? null
      const newest = body.transitions.at(-1)
      if (newest === undefined || newest === after) continue
      this.#told.set(problem, newest)
      const { edges } = this.#of(body.cluster)
      for (const rule of this.#onProblems.concerning(body)) {
        for (const edge of problemEdges(rule, problem, this.#asRow, after)) edges.push({ rule, edge })
      }
    }
  }

  /** A row that is new. */
  see(row: Observation): void {
    if (this.#onEvents.length === 0 || isRecorded(row)) return
    const { edges } = this.#of(row.cluster)
    const at = Math.min(row.lastObserved, row.received)
    for (const rule of this.#onEvents) for (const edge of rowEdges(rule, row, at)) edges.push({ rule, edge })
  }

  /** Time passed in a cluster; while nobody watches it, its alerts stay as they are. */
  advance({ cluster, until, isWatched }: Passage): void {
    const judged = this.#of(cluster)
    const { state } = judged
    const now = this.#clock()
    this.#tellWatched(judged, cluster, { until, isWatched, now })
    this.#judge(judged, cluster)
    for (const sweep of judged.sweeps.values()) {
      const isOnClusters = sweep.rule.form.on === 'clusters'
      if (isWatched || isOnClusters) sweep.pass(isOnClusters ? now : now - LAG)
    }
    if (isWatched) state.clock = now - LAG
    if (isWatched && !state.isBegun) this.#begin(judged)
    this.#rows.push({ rule: '', cluster, body: JSON.stringify(state) })
  }

  /** What changed since the last call. */
  take(): AlertChanges {
    for (const [cluster, judged] of this.#clusters) {
      this.#judge(judged, cluster)
      for (const sweep of judged.sweeps.values()) {
        if (!sweep.isChanged) continue
        this.#rows.push({ rule: sweep.rule.name, cluster, body: JSON.stringify(sweep.save()) })
      }
    }
    const changes = { rows: this.#rows, messages: this.#messages, records: this.#records }
    this.#rows = []
    this.#messages = []
    this.#records = []
    return changes
  }

  /** Goes on from what was kept, with the problems that are known now. */
  resume(saved: readonly SavedRow[], problems: readonly Problem[]): void {
    for (const { rule: name, cluster, body } of saved) {
      if (body === null) continue
      const judged = this.#of(cluster)
      judged.isResumed = true
      if (name === '') Object.assign(judged.state, JSON.parse(body) as ClusterState)
      else this.#restore(judged, cluster, name, JSON.parse(body) as SavedSweep)
    }
    const live = problems.filter(({ body }) => !isRecorded(body))
    for (const problem of live) {
      const newest = problem.body.transitions.at(-1)
      if (newest !== undefined) this.#told.set(problem, newest)
    }
    const byCluster = Map.groupBy(live, ({ body }) => body.cluster)
    for (const cluster of new Set([...this.#clusters.keys(), ...byCluster.keys()])) {
      this.#reconcile(cluster, byCluster.get(cluster) ?? [])
    }
  }

  /** What is there now: a crash may have lost what made it so, and a rule may have changed. */
  #reconcile(cluster: string, problems: readonly Problem[]): void {
    const judged = this.#of(cluster)
    const at = judged.state.clock ?? 0
    const known = new Set(problems.map(({ id }) => id))
    for (const problem of problems) {
      for (const rule of this.#onProblems.concerning(problem.body)) {
        const newest = new Map(problemEdges(rule, problem, this.#asRow).map((edge) => [edge.kind, edge]))
        for (const edge of newest.values()) {
          const isNews = 'isOn' in edge && (edge.isOn || judged.sweeps.has(rule.name))
          if (isNews) judged.edges.push({ rule, edge: { ...edge, at: Math.max(at, edge.at) } })
        }
      }
    }
    for (const { rule, memberIds } of judged.sweeps.values()) {
      if (rule.form.on !== 'problems') continue
      for (const id of memberIds) {
        if (known.has(id)) continue
        const member = { kind: 'member', id, isOn: false, labels: {}, example: null, keys: [], class: '' } as const
        judged.edges.push({ rule, edge: { ...member, at, happened: at } })
      }
    }
    this.#judge(judged, cluster)
  }

  #restore(judged: Judged, cluster: string, name: string, saved: SavedSweep): void {
    const rule = this.#rules.get(name)
    if (rule !== undefined) {
      judged.sweeps.set(name, this.#sweep(judged, rule, cluster, saved))
      return
    }
    // Whoever was told of an alert of a rule that is no more is told that it is over.
    this.#rows.push({ rule: name, cluster, body: null })
    const at = judged.state.clock ?? saved.clock
    for (const { labels, instance, example } of saved.groups) {
      if (!isFiring(instance)) continue
      const { startsAt, since } = instance
      const change = { rule: name, cluster, labels, state: 'resolved', at, due: at, startsAt, since, value: 0, isLowerBound: false, isLate: false, example } as const // prettier-ignore
      this.#messages.push(notificationOf(null, change))
      this.#records.push(recordOf(null, change))
    }
  }

  /** A rule on clusters hears when one is lost, and when it is back; what nobody watched before a restart was lost as well. */
  #tellWatched(
    judged: Judged,
    cluster: string,
    { until, isWatched, now }: Pick<Passage, 'until' | 'isWatched'> & { readonly now: EpochMicros },
  ): void {
    const { state, edges } = judged
    const last = state.clock ?? until
    const wasAway = isWatched && judged.isResumed && !state.isLost && now - last > SHORT
    const isBack = isWatched && (state.isLost || wasAway)
    const lostAt = state.isLost ? null : wasAway ? last : isWatched ? null : Math.max(until, last)
    judged.isResumed = false
    state.isLost = !isWatched
    const member = { kind: 'member', id: cluster, labels: { cluster }, example: null, keys: [], class: '' } as const
    for (const rule of this.#rules.values()) {
      if (rule.form.on !== 'clusters') continue
      if (lostAt !== null) edges.push({ rule, edge: { ...member, at: lostAt, happened: lostAt, isOn: true } })
      if (isBack) edges.push({ rule, edge: { ...member, at: now, happened: now, isOn: false } })
    }
  }

  #judge(judged: Judged, cluster: string): void {
    if (judged.edges.length === 0) return
    const byRule = Map.groupBy(judged.edges, ({ rule }) => rule)
    judged.edges = []
    for (const [rule, edges] of byRule) {
      const sweep = judged.sweeps.get(rule.name) ?? this.#sweep(judged, rule, cluster, null)
      judged.sweeps.set(rule.name, sweep)
      for (const edge of inOrder(edges.map((each) => each.edge))) sweep.take(edge)
    }
  }

  #sweep(judged: Judged, rule: AlertRule, cluster: string, saved: SavedSweep | null): Sweep {
    const onChange = (change: AlertChange) => {
      const isLate = change.isLate || this.#clock() - change.due > LATE
      if (judged.state.isBegun) return this.#tell(rule, { ...change, isLate })
      const { fingerprint } = notificationOf(rule, change)
      if (change.state === 'resolved') judged.held.delete(fingerprint)
      else judged.held.set(fingerprint, { ...change, isLate })
    }
    return new Sweep(rule, cluster, onChange, saved)
  }

  /** Seen for the first time: of what was before, only what still fires is told. */
  #begin({ state, held }: Judged): void {
    state.isBegun = true
    for (const change of held.values()) {
      const rule = this.#rules.get(change.rule)
      if (rule !== undefined) this.#tell(rule, change)
    }
    held.clear()
  }

  #tell(rule: AlertRule, change: AlertChange): void {
    this.#messages.push(notificationOf(rule, change))
    this.#records.push(recordOf(rule, change))
  }

  #of(cluster: string): Judged {
    const known = this.#clusters.get(cluster)
    if (known !== undefined) return known
    const state = { clock: null, isLost: false, isBegun: false }
    const judged: Judged = { state, sweeps: new Map(), isResumed: false, edges: [], held: new Map() }
    this.#clusters.set(cluster, judged)
    return judged
  }
}
