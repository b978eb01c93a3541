import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../clock.ts'
import type { ClusterConfig, Config } from '../config/config.ts'
import type { OpenData } from '../app.ts'
import type { DeliveryBatch } from '../event/delivery.ts'
import { ClusterConfigError, connectCluster, openRecording, watchCluster, type Cluster } from '../source/source.ts'
import type { WatchStates } from './watch-states.ts'

/** Ordinary life of a shop and storage at its limit: `collector/recordings/README.md`. */
const SHIPPED_RECORDING = fileURLToPath(new URL('../../recordings/shop.jsonl.gz', import.meta.url))

/** What the collector reads. */
export interface Input {
  /** `watching cluster lab (all namespaces)`, or why the shipped recording plays instead. */
  readonly doing: string
  readonly isRecording: boolean
  /** One for each cluster; calling it begins anew. */
  sources(data: OpenData, states: WatchStates, signal: AbortSignal): readonly (() => AsyncIterable<DeliveryBatch>)[]
  close(): Promise<void>
}

/** The current context of kubectl, when no cluster is configured. */
const CURRENT_CONTEXT: Wanted = {
  inCluster: false,
  namespaces: [],
  clusterScoped: false,
  fieldSelector: { kinds: [], types: [], reasons: [], reportingControllers: [] },
}

/**
 * The configured clusters, or the current one of kubectl. With `playWhenUnreachable`, the shipped recording when none of
 * them answers; without it a cluster that does not answer is waited for.
 *
 * @throws ClusterConfigError there is no cluster to be found.
 */
export async function findInput(
  config: Config,
  playWhenUnreachable: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Input> {
  try {
    const clusters = await connectClusters(config, environment)
    if (!playWhenUnreachable) return watching(clusters)
    const answers = await Promise.all(clusters.map(({ cluster }) => cluster.reach()))
    if (answers.some(({ isReachable }) => isReachable)) return watching(clusters)
    await Promise.all(clusters.map(({ cluster }) => cluster.close()))
  } catch (error) {
    if (!(error instanceof ClusterConfigError) || !playWhenUnreachable) throw error
  }
  if (!existsSync(SHIPPED_RECORDING)) throw new Error(`the shipped recording is missing: ${SHIPPED_RECORDING}`)
  return playing()
}

/** @throws ClusterConfigError there is no cluster to be found. */
export function connectClusters(
  { clusters }: Pick<Config, 'clusters'>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly ConnectedCluster[]> {
  const wanted: readonly Wanted[] = clusters.length > 0 ? clusters : [CURRENT_CONTEXT]
  return Promise.all(
    wanted.map(async (one) => ({ wanted: one, cluster: await connectCluster({ ...accessOf(one), environment }) })),
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
    isRecording: false,
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
    close: async () => void (await Promise.all(clusters.map(({ cluster }) => cluster.close()))),
  }
}

function playing(): Input {
  return {
    doing:
      'no cluster reachable through the current kubeconfig: playing the shipped recording (a shop whose storage reaches its limit, times moved to now)',
    isRecording: true,
    sources: (data, _states, signal) => [
      () =>
        openRecording({
          paths: [SHIPPED_RECORDING],
          name: 'shop',
          cluster: 'shop',
          rebase: true,
          loop: false,
          speed: null,
          spoolDirectory: data.spoolDirectory,
          clock: systemClock,
          signal,
        }),
    ],
    close: async () => undefined,
  }
}
