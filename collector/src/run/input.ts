import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock, type EpochMicros } from '../clock.ts'
import type { ClusterConfig, Config } from '../config/config.ts'
import { WATCHED_KINDS } from '../event/watched-kind.ts'
import { ClusterConfigError, connectCluster, watchCluster, watchObjects, type Cluster } from '../source/source.ts'
import type { Input } from './input-kind.ts'
import { playing, playingTheShipped, showing } from './recorded-input.ts'

export interface RunOptions {
  /** Recordings to play instead of watching clusters: files and directories. */
  readonly play: readonly string[]
  /** Somebody named the data directory: without any cluster it is shown as it is. */
  readonly isDataNamed: boolean
  /** A recording begins again that often, in an empty store, µs; null: it is played once. */
  readonly playAgainEvery: EpochMicros | null
  /** Play the shipped recording when no cluster can be reached. */
  readonly playWhenUnreachable: boolean
  readonly signal: AbortSignal
}

type InputOptions = Pick<RunOptions, 'play' | 'playWhenUnreachable' | 'isDataNamed'>

/** The current context of kubectl, when no cluster is configured. */
const CURRENT_CONTEXT: Wanted = {
  inCluster: false,
  namespaces: [],
  clusterScoped: false,
  fieldSelector: { kinds: [], types: [], reasons: [], reportingControllers: [] },
  objects: { watch: true, kinds: WATCHED_KINDS.map(({ kind }) => kind), specs: false },
}

/**
 * The recordings to `play`; else the configured clusters, or the current one of kubectl. With `playWhenUnreachable`, the shipped
 * recording when none of them answers; without it a cluster that does not answer is waited for. Where there is none, a data
 * directory that was named is shown as it is.
 *
 * @throws ClusterConfigError there is no cluster to be found, and nothing else to show.
 */
export async function findInput(
  config: Config,
  { play, playWhenUnreachable, isDataNamed }: InputOptions,
  environment: Readonly<Record<string, string | undefined>>,
  onServerTime: (time: EpochMicros) => void,
): Promise<Input> {
  if (play.length > 0) return playing(play, config.recordings)
  try {
    const clusters = await connectClusters(config, environment, onServerTime)
    if (!playWhenUnreachable) return watching(clusters)
    const answers = await Promise.all(clusters.map(({ cluster }) => cluster.reach()))
    if (answers.some(({ isReachable }) => isReachable)) return watching(clusters)
    await Promise.all(clusters.map(({ cluster }) => cluster.close()))
  } catch (error) {
    if (!(error instanceof ClusterConfigError)) throw error
    if (!playWhenUnreachable && isDataNamed && config.clusters.length === 0 && existsSync(config.data))
      return showing(config.data)
    if (!playWhenUnreachable) throw error
  }
  return playingTheShipped(config.data)
}

/** @throws ClusterConfigError there is no cluster to be found. */
export function connectClusters(
  { clusters }: Pick<Config, 'clusters'>,
  environment: Readonly<Record<string, string | undefined>>,
  onServerTime: (time: EpochMicros) => void = () => undefined,
): Promise<readonly ConnectedCluster[]> {
  const wanted: readonly Wanted[] = clusters.length > 0 ? clusters : [CURRENT_CONTEXT]
  return Promise.all(
    wanted.map(async (one) => ({
      wanted: one,
      cluster: await connectCluster({ ...accessOf(one), environment, onServerTime }),
    })),
  )
}

/** A configured cluster; the current context of kubectl has no configured name. */
type Wanted = Omit<ClusterConfig, 'name'> & { readonly name?: string }

interface ConnectedCluster {
  readonly wanted: Wanted
  readonly cluster: Cluster
}

function accessOf({ name, kubeconfig, context, inCluster }: Wanted) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(inCluster ? { inCluster } : {}),
  }
}

function watching(clusters: readonly ConnectedCluster[]): Input {
  const doing = clusters.map(({ wanted: { namespaces, clusterScoped }, cluster }) => {
    const excluded = clusterScoped ? '' : '; events of nodes are excluded, see clusterScoped'
    const scope = namespaces.length === 0 ? 'all namespaces' : `${namespaces.join(', ')}${excluded}`
    return `watching cluster ${cluster.name} (${scope})`
  })
  return {
    doing: doing.join(', '),
    kind: 'clusters',
    sources: (data, states, signal) =>
      clusters.map(
        ({ wanted, cluster }) =>
          () =>
            watchCluster(wanted, {
              cluster,
              resumeFrom: (stream) => data.buffer.checkpoint(stream),
              spoolDirectory: data.spoolDirectory,
              clock: systemClock,
              random: Math.random,
              delay: (ms, abort) => delay(ms, undefined, { signal: abort }),
              signal,
              onState: (state) => states.update(cluster.name, state),
              // `accept` waits for room, and nothing is read before it returns.
              canRead: () => Promise.resolve(),
            }),
      ),
    beside: (data, states, metrics, signal) =>
      clusters
        .filter(({ wanted }) => wanted.objects.watch)
        .map(
          ({ wanted: { namespaces, clusterScoped, objects }, cluster }) =>
            () =>
              watchObjects({
                cluster,
                kinds: WATCHED_KINDS.filter(({ kind }) => objects.kinds.includes(kind)),
                namespaces: namespaces.length === 0 ? null : namespaces,
                clusterScoped: namespaces.length === 0 || clusterScoped,
                specs: objects.specs,
                spoolDirectory: data.spoolDirectory,
                clock: systemClock,
                random: Math.random,
                delay: (ms, abort) => delay(ms, undefined, { signal: abort }),
                signal,
                onState: (state) => states.update(cluster.name, state),
                onChange: (how) => metrics.changeWas(cluster.name, how),
              }),
        ),
    close: async () => void (await Promise.all(clusters.map(({ cluster }) => cluster.close()))),
  }
}
