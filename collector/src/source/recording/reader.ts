import type { EpochMicros } from '../../clock.ts'
import type { Delivery, SourceRefusal } from '../../event/delivery.ts'
import type { Origin, RawEvent } from '../../event/raw-event.ts'
import { observedTimes } from '../../event/times.ts'
import { SpoolError, type Spool, type SpoolItem } from '../spool.ts'
import type { RecordingInput } from './input.ts'
import { interpret, interpretFact } from './interpret.ts'
import type { RecordedTimes } from './passes.ts'
import { recordedChange } from './recorded-change.ts'
import { Refusals } from './refusals.ts'
import { shiftFact } from './shift.ts'
import type { Piece } from './splitter.ts'
import { toSpooled } from './spooled-event.ts'
import { textChunks } from './text-chunks.ts'
import { createTextSplitter } from './text-splitter.ts'

/** Items and characters of one transaction of the spool, whichever is reached first. */
const PAGE_ITEMS = 1_000
const PAGE_CHARACTERS = 4_000_000

/** A fact takes some hundred bytes; one that is longer than this is none. */
const MAX_FACT_BYTES = 1_048_576

/** What was read of all inputs. */
export interface ReadInputs {
  /** Of the last times of the events, null when there are none. */
  readonly span: RecordedTimes | null
  /** Files found in a directory that hold no event. */
  readonly passedOver: readonly string[]
}

/**
 * Puts all events of the inputs into the spool, by (last time, resourceVersion).
 *
 * @yields what could not be taken for an event, soon after it was read
 */
export async function* readInto(
  spool: Spool,
  inputs: readonly RecordingInput[],
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Delivery[], ReadInputs> {
  const page = new SpoolPage(spool)
  const passedOver: string[] = []
  for (const [index, input] of inputs.entries()) {
    if (input.holds !== 'events') continue
    const refusals = new Refusals(input)
    for await (const pieces of piecesOf(input, maxBytes, signal)) {
      if (signal.aborted) return { span: null, passedOver }
      for (const piece of pieces) takePiece(piece, index, page, refusals)
      if (refusals.isPassedOver) break
      if (refusals.isFull) yield refusals.take()
    }
    refusals.finish()
    if (refusals.isPassedOver) passedOver.push(input.name)
    if (refusals.isWaiting) yield refusals.take()
  }
  page.flush()
  return { span: page.span, passedOver }
}

/** The facts of the inputs, and the changes among them, shifted as the events are, in batches. Lines that hold none are refused in the first pass only. */
export async function* readFacts(
  inputs: readonly RecordingInput[],
  origin: Origin,
  shift: EpochMicros,
  isFirstPass: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly Delivery[]> {
  for (const input of inputs) {
    if (input.holds !== 'facts') continue
    for await (const pieces of piecesOf(input, MAX_FACT_BYTES, signal)) {
      if (signal.aborted) return
      const deliveries = pieces.map((piece) => factDelivery(piece, input, origin, shift))
      const kept = isFirstPass ? deliveries : deliveries.filter(({ kind }) => kind !== 'refused')
      if (kept.length > 0) yield kept
    }
  }
}

function takePiece(piece: Piece, input: number, page: SpoolPage, refusals: Refusals): void {
  if (piece.kind === 'refused') {
    refusals.add(piece.cause, piece.detail, piece.line)
    return
  }
  const interpretation = interpret(piece.text)
  if (interpretation.kind === 'refused') refusals.add(interpretation.cause, interpretation.detail, piece.line)
  if (interpretation.kind !== 'event') return
  refusals.sawEvent()
  page.add(interpretation.raw, toSpooled(input, piece.line, piece.text))
}

/** The pieces of an input, by chunk. A file that cannot be read to its end has a refusal as its last piece. */
async function* piecesOf(
  input: RecordingInput,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Piece[]> {
  const splitter = createTextSplitter({ maxBytes })
  try {
    for await (const chunk of textChunks(input, signal)) {
      const pieces = splitter.push(chunk)
      if (pieces.length > 0) yield pieces
    }
  } catch (error) {
    if (error instanceof SpoolError || !(error instanceof Error) || !('code' in error)) throw error
    const detail = `the rest of the file could not be read (${String(error.code)})`
    yield [...splitter.end(), { kind: 'refused', cause: 'malformed', detail, line: 0 }]
    return
  }
  yield splitter.end()
}

function factDelivery(piece: Piece, input: RecordingInput, origin: Origin, shift: EpochMicros): Delivery {
  const change = piece.kind === 'object' ? recordedChange(piece.text, origin, shift) : null
  if (change !== null) return { kind: 'change', change }
  const fact = piece.kind === 'object' ? interpretFact(piece.text) : null
  if (fact !== null) return { kind: 'fact', fact: shiftFact(fact, shift) }
  const cause: SourceRefusal = piece.kind === 'refused' ? piece.cause : 'malformed'
  const detail = piece.kind === 'refused' ? piece.detail : 'it is no fact about an object: kind and name are needed'
  return { kind: 'refused', cause, detail, place: { stream: input.name, line: piece.line } }
}

/** Collects events into pages of the spool, and their span. */
class SpoolPage {
  readonly #spool: Spool
  #items: SpoolItem[] = []
  #characters = 0
  #first = Infinity
  #last = -Infinity

  constructor(spool: Spool) {
    this.#spool = spool
  }

  get span(): RecordedTimes | null {
    return this.#first === Infinity ? null : { first: this.#first, last: this.#last }
  }

  /** An event without any time comes first; the normalizer will refuse it. */
  add(raw: RawEvent, text: string): void {
    const last = observedTimes(raw)?.last ?? null
    if (last !== null) {
      this.#first = Math.min(this.#first, last)
      this.#last = Math.max(this.#last, last)
    }
    this.#items.push({ key: last ?? 0, second: versionOf(raw), text })
    this.#characters += text.length
    if (this.#items.length >= PAGE_ITEMS || this.#characters >= PAGE_CHARACTERS) this.flush()
  }

  flush(): void {
    if (this.#items.length > 0) this.#spool.add(this.#items)
    this.#items = []
    this.#characters = 0
  }
}

/** The resourceVersion as a number; 0 where it is none. */
function versionOf(raw: RawEvent): number {
  const metadata = raw['metadata']
  if (typeof metadata !== 'object' || metadata === null || !('resourceVersion' in metadata)) return 0
  const version = Number(metadata.resourceVersion)
  return Number.isSafeInteger(version) ? version : 0
}
