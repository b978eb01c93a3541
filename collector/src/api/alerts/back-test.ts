import { DAY, HOUR, type EpochMicros } from '../../clock.ts'
import {
  evaluate,
  problemEdges,
  rowEdges,
  RulesOf,
  type AlertRule,
  type ClusterTime,
  type Edge,
  type Evaluation,
} from '../../alert/alert.ts'
import { mapInSlices } from '../../event/slices.ts'
import { formatDuration } from '../../query/duration.ts'
import { parseLucene } from '../../query/lucene.ts'
import { anyOf } from '../../query/simplify-filter.ts'
import type { EventReader } from '../../store/store.ts'
import { asObservation } from '../problems/as-observation.ts'
import { clustersAt, type ClusterAt } from '../problems/clusters.ts'
import { problemHistory } from '../problems/read-problems.ts'
import { clusterTimes } from './cluster-times.ts'

/** Of a range, and what lies before it that matters to a rule. */
export interface TestRange {
  readonly from: EpochMicros
  /** Null for now; of a recording its end. */
  readonly to: EpochMicros | null
}

export interface TestedRule {
  readonly rule: AlertRule
  readonly evaluation: Evaluation
  /** The same with another patience or threshold. */
  readonly variations: readonly { readonly what: string; readonly evaluation: Evaluation }[]
}

/** What rules would have said of what is stored: the sweep that judges live, over the records of the past. */
export async function backTest(
  reader: EventReader,
  rules: readonly AlertRule[],
  { from, to }: TestRange,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<readonly TestedRule[]> {
  const clusters = await clustersAt(reader, to, now, signal)
  const range = { from: Math.max(0, from - Math.max(0, ...rules.map(lookBack))), to: to ?? endOf(clusters, now) }
  const times = await clusterTimes(reader, range, clusters, signal)
  const edges = new Map(rules.map((rule) => [rule, new Map<string, Edge[]>()]))
  const add = (rule: AlertRule, cluster: string, found: readonly Edge[]) => {
    if (found.length === 0) return
    const ofRule = edges.get(rule)
    const known = ofRule?.get(cluster)
    if (known === undefined) ofRule?.set(cluster, [...found])
    else known.push(...found)
  }
  const onProblems = new RulesOf(rules)
  for await (const piece of problemHistory(reader, range, clusters, to === null, signal)) {
    await mapInSlices(piece, (problem) => {
      for (const rule of onProblems.concerning(problem.body)) {
        add(rule, problem.body.cluster, problemEdges(rule, problem, asObservation))
      }
    })
  }
  for (const rule of rules) {
    for await (const row of rowsFor(reader, rule, range, signal))
      add(rule, row.cluster, rowEdges(rule, row, row.lastObserved))
  }
  return rules.map((rule) => testedRule(rule, edges.get(rule) ?? new Map<string, Edge[]>(), times))
}

/** Now, or the end of the last recording. */
function endOf(clusters: ReadonlyMap<string, ClusterAt>, now: EpochMicros): EpochMicros {
  return Math.max(now, ...[...clusters.values()].map(({ clock }) => clock)) + 1
}

/** How much of what was before a rule has to know. */
function lookBack({ form, for: patience, flapping }: AlertRule): EpochMicros {
  const window = form.on === 'count' ? form.over : form.on === 'missing' ? form.within + DAY : 0
  const news = form.on === 'problems' ? (form.newFor ?? 0) : 0
  return Math.max(HOUR, window + patience, news, flapping?.within ?? 0)
}

async function* rowsFor(
  reader: EventReader,
  { form, when }: AlertRule,
  range: { readonly from: EpochMicros; readonly to: EpochMicros },
  signal: AbortSignal,
) {
  if (form.on !== 'count' && form.on !== 'missing') return
  const texts = form.on === 'missing' ? [when.text, form.then.text] : [when.text]
  const filter = anyOf(texts.map((text) => parseLucene(text, range.to)))
  for await (const page of reader.scan({ ...range, filter }, signal)) yield* page
}

function testedRule(
  rule: AlertRule,
  edges: ReadonlyMap<string, readonly Edge[]>,
  times: readonly ClusterTime[],
): TestedRule {
  const variations = variationsOf(rule).map(({ what, changed }) => ({
    what,
    evaluation: evaluate(changed, edges, times),
  }))
  return { rule, evaluation: evaluate(rule, edges, times), variations }
}

/** Half and twice the patience, and the threshold beside the one it has. */
function variationsOf(rule: AlertRule): readonly { readonly what: string; readonly changed: AlertRule }[] {
  const { form } = rule
  const patience = rule.for === 0 ? [] : [rule.for / 2, rule.for * 2]
  const counts = 'atLeast' in form ? (form.atLeast === 1 ? [2] : [Math.ceil(form.atLeast / 2), form.atLeast * 2]) : []
  return [
    ...patience.map((micros) => ({ what: `for: ${formatDuration(micros)}`, changed: { ...rule, for: micros } })),
    ...counts.map((atLeast) => ({ what: `atLeast: ${String(atLeast)}`, changed: { ...rule, form: { ...form, atLeast } as AlertRule['form'] } })), // prettier-ignore
  ]
}
