import type { ObjectsHealth } from '../api/api.ts'
import type { ObjectWatchState } from '../source/source.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Who is missing rights, as the commands that grant them name it. */
const WHO = /(--serviceaccount=[\w.:-]+|--user=[\w.@:/-]+)/

/** How the watches of objects beside events are doing. They make nobody less ready: events come without them. */
export class ObjectStates {
  readonly #metrics: Pick<Metrics, 'objectWatchIs' | 'objectsAre'>
  readonly #logger: Pick<Logger, 'info'>
  readonly #clusters = new Map<string, Map<string, ObjectWatchState>>()
  /** Of each cluster the resources without rights that the log knows of. */
  readonly #told = new Map<string, string>()

  constructor(metrics: Pick<Metrics, 'objectWatchIs' | 'objectsAre'>, logger: Pick<Logger, 'info'>) {
    this.#metrics = metrics
    this.#logger = logger
  }

  update(cluster: string, state: ObjectWatchState): void {
    const states = this.#clusters.get(cluster) ?? new Map<string, ObjectWatchState>()
    this.#clusters.set(cluster, states)
    const key = `${state.kind} ${state.namespace ?? ''}`
    const before = states.get(key)
    states.set(key, state)
    if (before?.objects !== state.objects || before.state !== state.state) {
      const own = [...states.values()].filter(({ kind }) => kind === state.kind)
      this.#metrics.objectsAre(cluster, state.kind, own.reduce((sum, { objects }) => sum + objects, 0)) // prettier-ignore
      this.#metrics.objectWatchIs(
        cluster,
        state.kind,
        own.every((each) => each.state === 'watched'),
      )
    }
    if (before?.state !== state.state) this.#tell(cluster, [...states.values()])
  }

  /** What is watched beside events, and what is not for want of rights. */
  health(): readonly ObjectsHealth[] {
    return [...this.#clusters].map(([cluster, states]) => {
      const all = [...states.values()]
      const off = all.filter(({ state }) => state === 'off')
      const names = [...new Set(off.map(({ kind }) => kind))]
      return {
        cluster,
        watched: [...new Set(all.map(({ kind }) => kind))].filter((kind) => !names.includes(kind)),
        off: names,
        because: off[0]?.because ?? null,
        grant: off.length === 0 ? null : grantOf(off),
      }
    })
  }

  /** Once for all kinds, when each has said how it does. */
  #tell(cluster: string, states: readonly ObjectWatchState[]): void {
    if (states.some(({ state }) => state === 'listing')) return
    const off = states.filter(({ state }) => state === 'off')
    const names = [...new Set(off.map(({ resource }) => resource))].join(', ')
    if ((this.#told.get(cluster) ?? '') === names) return
    this.#told.set(cluster, names)
    if (names === '') return this.#logger.info(`cluster ${cluster}: objects are watched beside events`)
    this.#logger.info(
      `cluster ${cluster}: these are not watched beside events, so their changes are not told: ${names} (${off[0]?.because ?? ''}). ` +
        `All at once: ${grantOf(off)}. Without them: clusters[].objects.watch: false`,
    )
  }
}

/** One role for all that is missing. */
function grantOf(off: readonly ObjectWatchState[]): string {
  const resources = [...new Set(off.map(({ resource }) => resource))].join(',')
  const who = WHO.exec(off[0]?.because ?? '')?.[1] ?? '--user=USER'
  return (
    `kubectl create clusterrole eventloom-objects --verb=list,watch --resource=${resources} && ` +
    `kubectl create clusterrolebinding eventloom-objects --clusterrole=eventloom-objects ${who}`
  )
}
