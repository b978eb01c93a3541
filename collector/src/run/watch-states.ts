import type { Clock } from '../clock.ts'
import { SECOND } from '../clock.ts'
import type { StreamState } from '../source/source.ts'
import type { Metrics, WatchState } from '../telemetry/metrics.ts'

/** A stream that has heard nothing for longer than any watch lives (290 s) and its pauses is not healthy. */
const SILENT_AFTER = 400 * SECOND

/** How all streams of all clusters are doing, for readiness and metrics. */
export class WatchStates {
  readonly #clock: Clock
  readonly #metrics: Metrics
  readonly #states = new Map<
    string,
    { readonly cluster: string; readonly state: StreamState; readonly since: number }
  >()

  constructor(clock: Clock, metrics: Metrics) {
    this.#clock = clock
    this.#metrics = metrics
  }

  update(cluster: string, state: StreamState): void {
    const before = this.#states.get(state.stream)
    this.#states.set(state.stream, { cluster, state, since: before?.since ?? this.#clock() })
    if (before?.state.phase !== state.phase) this.#metrics.watchIs(cluster, state.stream, wordFor(state))
  }

  /** Whether every stream has been listed once and follows. */
  get areCurrent(): boolean {
    return [...this.#states.values()].every(({ state }) => state.isCurrent)
  }

  /** Whether there are streams, and all follow their cluster without an error: then silence means that nothing happens. */
  get areFollowing(): boolean {
    return this.#states.size > 0 && this.areCurrent && this.problems().length === 0
  }

  /** What is wrong now, in words. */
  problems(): readonly { readonly component: string; readonly text: string }[] {
    const now = this.#clock()
    return [...this.#states.values()].flatMap(({ cluster, state, since }) => {
      const component = `cluster ${cluster}`
      if (state.lastError !== null) return [{ component, text: state.lastError }]
      const silence = now - (state.lastActivity ?? since)
      if (silence < SILENT_AFTER) return []
      return [{ component, text: `${state.stream}: nothing heard for ${Math.round(silence / SECOND)} s` }]
    })
  }
}

function wordFor({ phase }: StreamState): WatchState {
  if (phase === 'pause') return 'waiting'
  if (phase === 'stopped') return 'stopped'
  return phase === 'watch' ? 'watching' : 'listing'
}
