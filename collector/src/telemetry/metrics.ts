import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { isBalanced, type Accounts } from '../event/outcome.ts'
import { BoundedLabels } from './bounded-labels.ts'

/** Causes and rules shown by name; the rest is `other`. A rule file may hold thousands of rules. */
const MOST_CAUSES = 50
/** Clusters and streams shown by name: one watch each. */
const MOST_STREAMS = 200

/** How a watch is doing. */
export const WATCH_STATES = ['listing', 'watching', 'waiting', 'forbidden', 'stopped'] as const
export type WatchState = (typeof WATCH_STATES)[number]

/** What is read whenever somebody asks for the metrics. All of it is cheap. */
export interface Readings {
  readonly accounts: () => Accounts
  readonly buffer: () => { readonly rows: number; readonly bytes: number; readonly fullness: number }
  /** Memory and CPU of this process, and the delay of the event loop since the last reading, in seconds. */
  readonly usage: () => {
    readonly residentBytes: number
    readonly cpuSeconds: number
    readonly loopDelay: { readonly p50: number; readonly p99: number; readonly max: number }
  }
  /** Of each rule and filter in use, since it was loaded. */
  readonly rules: () => readonly { readonly name: string; readonly throws: number }[]
  /** Changes of alerts that wait, by receiver. */
  readonly notify?: () => ReadonlyMap<string, number>
  readonly version: string
}

/** The collector's own metrics. Labels are bounded: their number never grows with objects of a cluster. */
export interface Metrics {
  readonly contentType: string
  /** Prometheus text. */
  text(): Promise<string>
  storeTook(operation: 'write' | 'read', seconds: number): void
  storeFailed(operation: 'write' | 'read'): void
  watchIs(cluster: string, stream: string, state: WatchState): void
  clusterIs(cluster: string, isWatched: boolean): void
  /** A list of the API server did not end. */
  listCutOff(cluster: string): void
  /** Watches of a stream that ended without a line. */
  watchWasEmpty(cluster: string, stream: string): void
  /** Lag of what was last read: how long after it happened. */
  watchLag(cluster: string, seconds: number): void
  /** Whether all watches of a kind of objects follow it. */
  objectWatchIs(cluster: string, kind: string, isWatched: boolean): void
  objectsAre(cluster: string, kind: string, objects: number): void
  /** A change of an object was found: told, or no news. */
  changeWas(cluster: string, how: 'told' | 'routine' | 'too many'): void
  /** A request was larger than the store's server lets pass. */
  storeSplit(): void
  requestTook(route: string, status: number, seconds: number): void
  /** A receiver took a message; did not; and need not be told of so many changes any more. */
  notified(receiver: string): void
  notNotified(receiver: string, cause: string): void
  notificationsDropped(receiver: string, cause: string, changes: number): void
}

/** Name, type, help and labels of each metric: docs/api.md lists exactly these. */
export const METRICS = {
  eventloom_received_total: ['counter', 'Versions received since the data directory was made.', []],
  eventloom_outcomes_total: ['counter', 'How they ended; with those buffered they add up to received.', ['outcome', 'cause']], // prettier-ignore
  eventloom_balanced: ['gauge', '1 while every version received is in exactly one place.', []],
  eventloom_buffer_rows: ['gauge', 'Rows accepted and not yet in the store.', []],
  eventloom_buffer_bytes: ['gauge', 'Bytes of the durable buffer.', []],
  eventloom_buffer_fullness_ratio: ['gauge', 'Share of buffer.maxBytes that is pending.', []],
  eventloom_store_seconds: ['histogram', 'Time of writes and reads of the store.', ['operation']],
  eventloom_store_failures_total: ['counter', 'Writes and reads that the store could not do.', ['operation']],
  eventloom_store_requests_split_total: ['counter', 'Requests that were larger than the server lets pass, and were sent in parts.', []], // prettier-ignore
  eventloom_watch_state: ['gauge', '1 for the state that a watch is in.', ['cluster', 'stream', 'state']],
  eventloom_cluster_watched: ['gauge', '1 while all watches of a cluster follow it, else 0.', ['cluster']],
  eventloom_lists_cut_off_total: ['counter', 'Lists of an API server that did not end, and were cut off.', ['cluster']],
  eventloom_watch_empty_total: ['counter', 'Watches that ended without a line, bookmarks included: a proxy may hold them back.', ['cluster', 'stream']], // prettier-ignore
  eventloom_watch_lag_seconds: [
    'gauge',
    'How long after it happened the last event of a cluster was read.',
    ['cluster'],
  ],
  eventloom_object_watch: ['gauge', '1 while the objects of a kind are watched beside events, 0 where rights are missing or a list is under way.', ['cluster', 'kind']], // prettier-ignore
  eventloom_objects: ['gauge', 'Objects that are remembered beside events.', ['cluster', 'kind']],
  eventloom_changes_total: ['counter', 'Changes of objects: told, routine (no news), or too many to be told.', ['cluster', 'outcome']], // prettier-ignore
  eventloom_rule_throws_total: [
    'counter',
    'Times that a rule or filter failed on an event, since it was loaded.',
    ['rule'],
  ],
  eventloom_notify_sent_total: ['counter', 'Messages that a receiver took.', ['receiver']],
  eventloom_notify_failures_total: ['counter', 'Attempts that a receiver did not take: unavailable, or it refused the message.', ['receiver', 'cause']], // prettier-ignore
  eventloom_notify_dropped_total: ['counter', 'Changes of alerts that a receiver was not told of: silenced, quiet hours, too many waiting.', ['receiver', 'cause']], // prettier-ignore
  eventloom_notify_waiting: ['gauge', 'Changes of alerts that wait for a receiver.', ['receiver']],
  eventloom_http_request_seconds: ['histogram', 'Time of answers of the API.', ['route', 'status']],
  eventloom_event_loop_delay_seconds: ['gauge', 'Delay of the event loop since the last reading.', ['quantile']],
  eventloom_resident_bytes: ['gauge', 'Memory of the process.', []],
  eventloom_cpu_seconds_total: ['counter', 'CPU time of the process.', []],
  eventloom_build_info: ['gauge', 'Always 1; the version as label.', ['version']],
} as const satisfies Record<string, readonly ['counter' | 'gauge' | 'histogram', string, readonly string[]]>

type MetricName = keyof typeof METRICS

const LATENCY_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1, 2.5, 10]

export function createMetrics({ accounts, buffer, usage, rules, notify, version }: Readings): Metrics {
  const registry = new Registry()
  const make = maker(registry)
  const received = make.counter('eventloom_received_total')
  const outcomes = make.counter('eventloom_outcomes_total')
  const [balanced, fullness] = [make.gauge('eventloom_balanced'), make.gauge('eventloom_buffer_fullness_ratio')]
  const [rows, bytes] = [make.gauge('eventloom_buffer_rows'), make.gauge('eventloom_buffer_bytes')]
  const [store, requests] = [make.histogram('eventloom_store_seconds'), make.histogram('eventloom_http_request_seconds')] // prettier-ignore
  const [storeFailures, splits] = [make.counter('eventloom_store_failures_total'), make.counter('eventloom_store_requests_split_total')] // prettier-ignore
  const watches = make.gauge('eventloom_watch_state')
  const [empty, lag] = [make.counter('eventloom_watch_empty_total'), make.gauge('eventloom_watch_lag_seconds')]
  const throws = make.counter('eventloom_rule_throws_total')
  const [listsCutOff, clusterWatched] = [make.counter('eventloom_lists_cut_off_total'), make.gauge('eventloom_cluster_watched')] // prettier-ignore
  const delay = make.gauge('eventloom_event_loop_delay_seconds')
  const [resident, cpu] = [make.gauge('eventloom_resident_bytes'), make.counter('eventloom_cpu_seconds_total')]
  const notified = notifyMetrics(make)
  make.gauge('eventloom_build_info').set({ version }, 1)
  const [clusters, streams, ruleNames] = [new BoundedLabels(MOST_STREAMS), new BoundedLabels(MOST_STREAMS), new BoundedLabels(MOST_CAUSES)] // prettier-ignore

  function read(): void {
    const sums = accounts()
    setCounter(received, {}, sums.received)
    outcomes.reset()
    for (const [outcome, cause, count] of outcomeRows(sums)) outcomes.inc({ outcome, cause }, count)
    throws.reset()
    for (const { name, throws: count } of rules()) if (count > 0) throws.inc({ rule: ruleNames.of(name) }, count)
    balanced.set(isBalanced(sums) ? 1 : 0)
    const fill = buffer()
    rows.set(fill.rows)
    bytes.set(fill.bytes)
    fullness.set(fill.fullness)
    const { residentBytes, cpuSeconds, loopDelay } = usage()
    resident.set(residentBytes)
    setCounter(cpu, {}, cpuSeconds)
    notified.read(notify?.() ?? new Map())
    for (const [quantile, seconds] of [['0.5', loopDelay.p50], ['0.99', loopDelay.p99], ['1', loopDelay.max]] as const) delay.set({ quantile }, seconds) // prettier-ignore
  }

  return {
    contentType: registry.contentType,
    text: () => {
      read()
      return registry.metrics()
    },
    ...notified.told,
    storeTook: (operation, seconds) => store.observe({ operation }, seconds),
    storeSplit: () => splits.inc(),
    storeFailed: (operation) => storeFailures.inc({ operation }),
    watchIs: (cluster, stream, state) => {
      const labels = { cluster: clusters.of(cluster), stream: streams.of(stream) }
      for (const each of WATCH_STATES) watches.set({ ...labels, state: each }, each === state ? 1 : 0)
    },
    listCutOff: (cluster) => listsCutOff.inc({ cluster: clusters.of(cluster) }),
    clusterIs: (cluster, isWatched) => clusterWatched.set({ cluster: clusters.of(cluster) }, isWatched ? 1 : 0),
    watchWasEmpty: (cluster, stream) => empty.inc({ cluster: clusters.of(cluster), stream: streams.of(stream) }), // prettier-ignore
    watchLag: (cluster, seconds) => lag.set({ cluster: clusters.of(cluster) }, seconds),
    ...objectMetrics(make, (cluster) => clusters.of(cluster)),
    requestTook: (route, status, seconds) => requests.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds), // prettier-ignore
  }
}

/** Those of what is watched beside events. */
function objectMetrics(
  make: ReturnType<typeof maker>,
  nameOf: (cluster: string) => string,
): Pick<Metrics, 'objectWatchIs' | 'objectsAre' | 'changeWas'> {
  const [watch, objects] = [make.gauge('eventloom_object_watch'), make.gauge('eventloom_objects')]
  const changes = make.counter('eventloom_changes_total')
  return {
    objectWatchIs: (cluster, kind, isWatched) => watch.set({ cluster: nameOf(cluster), kind }, isWatched ? 1 : 0),
    objectsAre: (cluster, kind, count) => objects.set({ cluster: nameOf(cluster), kind }, count),
    changeWas: (cluster, outcome) => changes.inc({ cluster: nameOf(cluster), outcome }),
  }
}

/** Receivers are those of the configuration: few. */
function notifyMetrics(make: ReturnType<typeof maker>) {
  const [sent, failures] = [
    make.counter('eventloom_notify_sent_total'),
    make.counter('eventloom_notify_failures_total'),
  ]
  const [dropped, waiting] = [make.counter('eventloom_notify_dropped_total'), make.gauge('eventloom_notify_waiting')]
  const told: Pick<Metrics, 'notified' | 'notNotified' | 'notificationsDropped'> = {
    notified: (receiver) => sent.inc({ receiver }),
    notNotified: (receiver, cause) => failures.inc({ receiver, cause }),
    notificationsDropped: (receiver, cause, changes) => dropped.inc({ receiver, cause }, changes),
  }
  return {
    told,
    read: (all: ReadonlyMap<string, number>) => all.forEach((count, receiver) => waiting.set({ receiver }, count)),
  }
}

/** Outcome, cause and sum of all that ended or is buffered; the causes of each outcome beyond the bound as `other`. */
function outcomeRows(sums: Accounts): readonly (readonly [string, string, number])[] {
  const byCause = (['filtered', 'signalled', 'dropped', 'deadLettered'] as const).flatMap((outcome) => {
    const causes = Object.entries(sums[outcome]).sort(([, a], [, b]) => b - a)
    const rest = causes.slice(MOST_CAUSES).reduce((sum, [, count]) => sum + count, 0)
    const shown = causes.slice(0, MOST_CAUSES).map(([cause, count]) => [outcome, cause, count] as const)
    return rest === 0 ? shown : [...shown, [outcome, 'other', rest] as const]
  })
  const simple = (['stored', 'alreadyStored', 'buffered'] as const).map((key) => [key, '', sums[key]] as const)
  return [...simple, ...byCause]
}

function setCounter(counter: Counter, labels: Record<string, string>, value: number): void {
  counter.reset()
  counter.inc(labels, value)
}

/** Makes metrics from their row in {@link METRICS}. */
function maker(registry: Registry) {
  const described = (name: MetricName) => ({ name, help: METRICS[name][1], labelNames: [...METRICS[name][2]], registers: [registry] }) // prettier-ignore
  return {
    counter: (name: MetricName) => new Counter(described(name)),
    gauge: (name: MetricName) => new Gauge(described(name)),
    histogram: (name: MetricName) => new Histogram({ ...described(name), buckets: LATENCY_SECONDS }),
  }
}
