import type { RecordingInlet } from '../api/api.ts'
import type { OpenData } from '../app.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { WatchStates } from './watch-states.ts'

/** Takes parts of recordings into the line of a running collector. */
export function inletOf(
  { line }: Pick<OpenData, 'line'>,
  states: Pick<WatchStates, 'clusters'>,
  config: Pick<Config, 'clusters'>,
  clock: Clock,
): RecordingInlet {
  return {
    watched: () => [...states.clusters, ...config.clusters.map(({ name }) => name)],
    accept: async ({ recording, cluster, deliveries }, signal) => {
      const origin = { cluster, clusterUid: null, source: `recording ${recording}` }
      return (await line.accept({ origin, received: clock(), deliveries, position: null }, signal)).entries()
    },
  }
}
