import { hash } from 'node:crypto'
import type { RecordingInlet } from '../api/api.ts'
import type { OpenData } from '../app.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Delivery } from '../event/delivery.ts'
import { keyOf } from '../event/object-reference.ts'
import type { Origin } from '../event/raw-event.ts'
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
      const owned = deliveries.map((delivery) => ownedBy(origin, delivery))
      return (await line.accept({ origin, received: clock(), deliveries: owned, position: null }, signal)).entries()
    },
  }
}

/** A sender says what changed, but not of which cluster: that is the recording's, and so is the id, which takes no other's place. */
function ownedBy({ cluster, source }: Origin, delivery: Delivery): Delivery {
  if (delivery.kind !== 'change') return delivery
  const { id, at, body } = delivery.change
  return {
    kind: 'change',
    change: {
      id: `r-${hash('sha256', keyOf([cluster, source, id]), 'base64url').slice(0, 16)}`,
      at,
      body: { ...body, cluster, source },
    },
  }
}
