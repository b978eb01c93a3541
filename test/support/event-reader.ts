import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MILLISECOND, type Clock } from '../../collector/src/clock.ts'
import type { Delivery, DeliveryBatch } from '../../collector/src/event/delivery.ts'
import { connectCluster, type Cluster, type ClusterOptions } from '../../collector/src/source/kubernetes/cluster.ts'
import {
  watchEvents,
  type FieldSelector,
  type Scope,
  type StreamState,
  type WatchEventsOptions,
} from '../../collector/src/source/kubernetes/watch-events.ts'

export interface EventReaderOptions {
  /** Text of a kubeconfig, or the file itself. */
  readonly kubeconfig: string | { readonly file: string }
  readonly name?: string
  readonly scopes?: readonly Scope[]
  readonly fieldSelector?: FieldSelector
  /** How much faster time goes for the reader: pauses and silences are this much shorter. */
  readonly speed?: number
  /** Positions of an earlier reader. */
  readonly positions?: Map<string, string>
  readonly canRead?: () => Promise<void>
  readonly listBounds?: WatchEventsOptions['listBounds']
  readonly environment?: ClusterOptions['environment']
}

/** Reads a cluster as the pipeline does, and keeps what it got. */
export interface EventReader {
  readonly cluster: Cluster
  readonly batches: readonly DeliveryBatch[]
  readonly states: ReadonlyMap<string, StreamState>
  /** Every error in words, each once, in order. */
  readonly errors: readonly string[]
  readonly positions: Map<string, string>
  readonly events: readonly Extract<Delivery, { kind: 'event' }>[]
  readonly refused: readonly Extract<Delivery, { kind: 'refused' }>[]
  /** `uid@resourceVersion` of each event delivered. */
  readonly versions: ReadonlySet<string>
  /** Waits until it is true; throws with `what` and the last errors when it is not in time. */
  until(what: string, isTrue: () => boolean, timeoutMs?: number): Promise<void>
  stop(): Promise<void>
}

export async function startEventReader(options: EventReaderOptions): Promise<EventReader> {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-reader-'))
  const { clock, delay } = fastTime(options.speed ?? 1)
  const file = typeof options.kubeconfig === 'string' ? join(directory, 'kubeconfig') : options.kubeconfig.file
  if (typeof options.kubeconfig === 'string') writeFileSync(file, options.kubeconfig)
  const cluster = await connectCluster({
    name: options.name ?? 'test',
    kubeconfig: file,
    ...(options.environment !== undefined && { environment: options.environment }),
  })
  const positions = options.positions ?? new Map<string, string>()
  const batches: DeliveryBatch[] = []
  const states = new Map<string, StreamState>()
  const errors: string[] = []
  const stop = new AbortController()
  const reading = (async () => {
    for await (const batch of watchEvents({
      cluster,
      scopes: options.scopes ?? ['all namespaces'],
      fieldSelector: options.fieldSelector ?? {},
      resumeFrom: (stream) => positions.get(JSON.stringify(stream)) ?? null,
      spoolDirectory: join(directory, 'spool'),
      clock,
      delay,
      random: Math.random,
      signal: stop.signal,
      onState: (state) => {
        states.set(state.stream, state)
        if (state.lastError !== null && !errors.includes(state.lastError)) errors.push(state.lastError)
      },
      canRead: options.canRead ?? (() => Promise.resolve()),
      ...(options.listBounds !== undefined && { listBounds: options.listBounds }),
    })) {
      batches.push(batch)
      const { position } = batch
      if (position !== null) positions.set(JSON.stringify(position.stream), position.resourceVersion)
    }
  })()
  const events = () => deliveries().filter((delivery) => delivery.kind === 'event')
  const deliveries = () => batches.flatMap((batch) => batch.deliveries)
  return {
    cluster,
    batches,
    states,
    errors,
    positions,
    get events() {
      return events()
    },
    get refused() {
      return deliveries().filter((delivery) => delivery.kind === 'refused')
    },
    get versions() {
      return new Set(events().map(({ raw }) => versionOf(raw)))
    },
    async until(what, isTrue, timeoutMs = 20_000) {
      const end = Date.now() + timeoutMs
      while (!isTrue()) {
        if (Date.now() > end) throw new Error(`not in ${timeoutMs} ms: ${what}. Errors: ${errors.join(' | ')}. States: ${JSON.stringify([...states.values()])}`) // prettier-ignore
        await sleep(10)
      }
    },
    async stop() {
      stop.abort()
      await reading
      await cluster.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** `uid@resourceVersion`. */
export function versionOf(event: Readonly<Record<string, unknown>>): string {
  const metadata = event['metadata'] as { uid: string; resourceVersion: string }
  return `${metadata.uid}@${metadata.resourceVersion}`
}

/** A clock and a delay on which time goes `speed` times as fast. */
export function fastTime(speed: number): { clock: Clock; delay: (ms: number, signal: AbortSignal) => Promise<void> } {
  const started = Date.now()
  return {
    clock: () => Math.round(started + (Date.now() - started) * speed) * MILLISECOND,
    delay: async (ms, signal) => {
      await sleep(ms / speed, undefined, { signal })
    },
  }
}
