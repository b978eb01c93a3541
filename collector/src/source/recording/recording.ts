import { setTimeout as wait } from 'node:timers/promises'
import type { Readable } from 'node:stream'
import type { Clock, EpochMicros } from '../../clock.ts'
import type { Delivery, DeliveryBatch } from '../../event/delivery.ts'
import type { Origin } from '../../event/raw-event.ts'
import { observedTimes } from '../../event/times.ts'
import { createSpool, type Spool } from '../spool.ts'
import { listInputs, namesShown, type RecordingInput } from './input.ts'
import { createPacer, type Sleep } from './pacer.ts'
import { firstShift, nextShift, type RecordedTimes } from './passes.ts'
import { readFacts, readInto } from './reader.ts'
import { shiftEvent } from './shift.ts'
import { fromSpooled } from './spooled-event.ts'

export interface RecordingOptions {
  /** Files, directories, or `-` for standard input. See `docs/recordings.md` for what they may hold. */
  readonly paths: readonly string[]
  /** Observations get the source `recording NAME`. */
  readonly name: string
  /** Name of the cluster that the observations belong to. */
  readonly cluster: string
  /** Where the events are sorted. Needs room for all of them, uncompressed. */
  readonly spoolDirectory: string
  /** Shift all times so that the last event is now, when it is played. Default: times stay. */
  readonly rebase?: boolean
  /** With `rebase`: the time that stands for now in the first pass. Default: the time when it begins. */
  readonly rebaseTo?: EpochMicros
  /** Event time played per time passed: 1 is real time, 10 ten times as fast. Null or absent: as fast as possible. */
  readonly speed?: number | null
  /** Play again and again, each time shifted further, until `signal`. */
  readonly loop?: boolean
  readonly clock: Clock
  readonly stdin?: Readable
  /** Told of the files of directories that were passed over, in words: they hold no events, or have other names. */
  readonly onPassedOver?: (files: number, text: string) => void
  readonly signal: AbortSignal
  /** Longer events are refused as `too large`. Default {@link MAX_EVENT_BYTES}. */
  readonly maxEventBytes?: number
  /** Waits that many ms, and rejects when the signal aborts. */
  readonly sleep?: Sleep
}

/** etcd refuses requests above 1.5 MiB; pretty printing may make four times as many bytes of one. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024

/** Deliveries of one batch, and the text they may have together, whichever is reached first. */
const BATCH_DELIVERIES = 500
const BATCH_CHARACTERS = 4_000_000

/** Read back from the spool at a time: with the largest events allowed, 128 MB. */
const PAGE_EVENTS = 16

/**
 * Plays recordings: what is no event first, as it is read; then, for each pass, the facts about objects, then the events
 * in the order of (last time, resourceVersion), whichever files they came from. Memory stays bounded whatever their
 * size. Ends after the last event, with `loop` never, and quietly when `signal` aborts.
 *
 * A pass whose times are shifted is a new happening: see `shiftEvent`.
 *
 * @throws RecordingUnreadableError before anything is delivered, when a path does not exist.
 * @throws SpoolError when the events cannot be sorted on disk.
 */
export async function* openRecording(options: RecordingOptions): AsyncGenerator<DeliveryBatch> {
  const { signal, clock } = options
  const origin: Origin = { cluster: options.cluster, clusterUid: null, source: `recording ${options.name}` }
  const { inputs, passedOver } = listInputs(options.paths, options.stdin)
  const spool = createSpool({ directory: options.spoolDirectory })
  try {
    const batchOf = (deliveries: readonly Delivery[]): DeliveryBatch => ({
      origin,
      received: clock(),
      deliveries,
      position: null,
    })
    const reading = readInto(spool, inputs, options.maxEventBytes ?? MAX_EVENT_BYTES, signal)
    let next = await reading.next()
    for (; next.done !== true; next = await reading.next()) yield batchOf(next.value)
    const { span } = next.value
    if (signal.aborted) return
    tellPassedOver([...next.value.passedOver, ...passedOver], options)
    let shift = span === null ? 0 : firstShift(options, span, options.rebaseTo ?? clock())
    for (let isFirstPass = true; !signal.aborted; isFirstPass = false) {
      for await (const facts of readFacts(inputs, origin, shift, isFirstPass, signal)) yield batchOf(facts)
      if (span === null) return
      for await (const events of play(spool, inputs, span, shift, options)) yield batchOf(events)
      if (options.loop !== true) return
      shift = nextShift(options, span, clock(), shift)
    }
  } finally {
    spool.close()
  }
}

function tellPassedOver(files: readonly string[], { onPassedOver }: RecordingOptions): void {
  const are = files.length === 1 ? '1 file holds no events and was' : `${files.length} files hold no events and were`
  if (files.length > 0) onPassedOver?.(files.length, `${are} passed over: ${namesShown(files)}`)
}

/** One pass over the sorted events, each at its time. */
async function* play(
  spool: Spool,
  inputs: readonly RecordingInput[],
  span: RecordedTimes,
  shift: EpochMicros,
  { speed = null, clock, signal, sleep = sleepMs }: RecordingOptions,
): AsyncGenerator<readonly Delivery[]> {
  const delayOf = createPacer(speed, span.first, clock)
  let batch: Delivery[] = []
  let characters = 0
  for (const page of spool.drain(PAGE_EVENTS)) {
    for (const text of page) {
      if (signal.aborted) return
      const { raw, place } = fromSpooled(text, inputs)
      const delayMs = speed === null ? 0 : delayOf(observedTimes(raw)?.last ?? span.first)
      const isBatchFull = batch.length >= BATCH_DELIVERIES || characters >= BATCH_CHARACTERS
      if (batch.length > 0 && (isBatchFull || delayMs > 0)) {
        yield batch
        batch = []
        characters = 0
      }
      if (delayMs > 0 && !(await slept(sleep, delayMs, signal))) return
      batch.push({ kind: 'event', raw: shiftEvent(raw, shift), place })
      characters += text.length
    }
  }
  if (batch.length > 0) yield batch
}

const sleepMs: Sleep = (delayMs, signal) => wait(delayMs, undefined, { signal })

/** @returns false when the signal ended the wait */
async function slept(sleep: Sleep, delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(delayMs, signal)
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
