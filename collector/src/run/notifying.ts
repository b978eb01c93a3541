import { setTimeout as delay } from 'node:timers/promises'
import type { Surroundings } from '../app.ts'
import type { DurableBuffer } from '../buffer/buffer.ts'
import type { Config } from '../config/config.ts'
import { Notifier, openReceivers, type DeliveryMeter, troubleTeller, type ReceiverTools } from '../notify/notify.ts'
import type { Cluster } from '../source/source.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { connectClusters } from './input.ts'

interface Outside extends Pick<Surroundings, 'clock' | 'random' | 'logger'> {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly print: (text: string) => Promise<void>
}

/** Takes changes of alerts from the buffer to the receivers until `signal` aborts. Those added from now on are for these receivers. */
export async function notify(
  config: Config,
  { outbox }: DurableBuffer,
  metrics: Metrics,
  outside: Outside,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger } = outside
  const names = config.notify.receivers.map(({ name }) => name)
  outbox.use(names, clock)
  const meter: DeliveryMeter = {
    sent: (receiver) => metrics.notified(receiver),
    failed: (receiver, kind) => metrics.notNotified(receiver, kind),
    dropped: (receiver, cause, changes) => metrics.notificationsDropped(receiver, cause, changes),
  }
  const tools = { ...receiverTools(config, outside), ...troubleTeller(logger), meter }
  const wait = (ms: number, stop: AbortSignal) => delay(ms, undefined, { signal: stop })
  const notifier = new Notifier(openReceivers(config.notify, outbox, tools), { clock, logger, delay: wait })
  outbox.onAdded(() => notifier.wake())
  await notifier.run(signal)
}

export function receiverTools(
  config: Config,
  { clock, random, environment, print }: Omit<Outside, 'logger'>,
): ReceiverTools {
  // Only who writes events back connects once more: what reads has its own.
  let clusters: Promise<readonly Cluster[]> | null = null
  const connected = async () => (await connectClusters(config, environment)).map(({ cluster }) => cluster)
  const forget = (error: unknown) => {
    clusters = null
    throw error
  }
  return {
    clock,
    random,
    print,
    async createObject(name, path, body, signal) {
      const cluster = (await (clusters ??= connected().catch(forget))).find((each) => each.name === name)
      return cluster === undefined ? null : cluster.create(path, body, signal)
    },
  }
}
