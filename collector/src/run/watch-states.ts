import { MINUTE, SECOND, type Clock, type EpochMicros } from '../clock.ts'
import type { Passage } from '../event/recorder.ts'
import type { StreamState } from '../source/source.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics, WatchState } from '../telemetry/metrics.ts'

/** A stream that has heard nothing for longer than any watch lives (290 s) and its pauses is not healthy. */
const SILENT_AFTER = 400 * SECOND

/** What is on its way may lie this far back: time passes no further than that. */
const BEHIND = 2 * MINUTE

interface Stream {
  readonly cluster: string
  readonly state: StreamState
  readonly since: EpochMicros
}

type WatchMetrics = Pick<Metrics, 'watchIs' | 'clusterIs' | 'listCutOff' | 'watchWasEmpty'>

/** How all streams of all clusters are doing, for readiness and metrics. */
export class WatchStates {
  readonly #clock: Clock
  readonly #passing: Clock
  readonly #metrics: WatchMetrics
  readonly #logger: Pick<Logger, 'warn' | 'info'>
  /** Of each stream the trouble that the log knows of. */
  readonly #told = new Map<string, string>()
  readonly #states = new Map<string, Stream>()

  /** @param passing how far time has passed for clusters: a clock that is not ahead. */
  constructor(clock: Clock, passing: Clock, metrics: WatchMetrics, logger: Pick<Logger, 'warn' | 'info'>) {
    this.#clock = clock
    this.#passing = passing
    this.#metrics = metrics
    this.#logger = logger
  }

  update(cluster: string, state: StreamState): void {
    const before = this.#states.get(state.stream)
    this.#states.set(state.stream, { cluster, state, since: before?.since ?? this.#clock() })
    if (state.listsCutOff > (before?.state.listsCutOff ?? 0)) this.#metrics.listCutOff(cluster)
    this.#tell(cluster, state)
    for (let seen = before?.state.emptyWatches ?? 0; seen < state.emptyWatches; seen++)
      this.#metrics.watchWasEmpty(cluster, state.stream)
    if (before?.state.phase === state.phase && before.state.isForbidden === state.isForbidden) return
    this.#metrics.watchIs(cluster, state.stream, wordFor(state))
    this.#metrics.clusterIs(cluster, this.#isWatched(cluster))
  }

  /** Each trouble once, and its end; what is tried in between ends nothing. */
  #tell(cluster: string, { stream, lastError, isCurrent }: StreamState): void {
    if (lastError !== null && this.#told.get(stream) !== lastError) {
      this.#told.set(stream, lastError)
      this.#logger.warn(`cluster ${cluster}, ${stream}: ${lastError}`)
    }
    if (lastError === null && isCurrent && this.#told.delete(stream))
      this.#logger.info(`cluster ${cluster}, ${stream}: is watched again`)
  }

  /** Names of the clusters that are watched, or shall be. */
  get clusters(): readonly string[] {
    return [...this.#states.values()].map(({ cluster }) => cluster)
  }

  /** Whether every stream has been listed once and follows. */
  get areCurrent(): boolean {
    return [...this.#states.values()].every(({ state }) => state.isCurrent)
  }

  /**
   * How far time has passed for each cluster. It is watched while all its streams follow it without an error: then silence
   * means that nothing happens. Else it was watched until the first of them was last heard.
   */
  passages(): readonly Passage[] {
    const now = this.#clock()
    const passed = this.#passing() - BEHIND
    const byCluster = Map.groupBy(this.#states.values(), ({ cluster }) => cluster)
    return [...byCluster].map(([cluster, streams]) => {
      const lost = streams.filter((stream) => !stream.state.isCurrent || this.#troubleOf(stream, now) !== null)
      if (lost.length === 0) return { cluster, until: passed, isWatched: true }
      const heard = lost.map(({ state, since }) => state.lastActivity ?? since)
      return { cluster, until: Math.min(passed, ...heard), isWatched: false }
    })
  }

  #isWatched(cluster: string): boolean {
    return this.passages().some((passage) => passage.cluster === cluster && passage.isWatched)
  }

  /** What is wrong now, in words. */
  problems(): readonly { readonly component: string; readonly text: string }[] {
    const now = this.#clock()
    return [...this.#states.values()].flatMap((stream) => {
      const text = this.#troubleOf(stream, now)
      return text === null ? [] : [{ component: `cluster ${stream.cluster}`, text }]
    })
  }

  #troubleOf({ state, since }: Stream, now: EpochMicros): string | null {
    if (state.lastError !== null) return state.lastError
    const silence = now - (state.lastActivity ?? since)
    return silence < SILENT_AFTER ? null : `${state.stream}: nothing heard for ${Math.round(silence / SECOND)} s`
  }
}

function wordFor({ phase, isForbidden }: StreamState): WatchState {
  if (isForbidden) return 'forbidden'
  if (phase === 'pause') return 'waiting'
  if (phase === 'stopped') return 'stopped'
  return phase === 'watch' ? 'watching' : 'listing'
}
