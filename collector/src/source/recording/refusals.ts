import type { Delivery, SourceRefusal } from '../../event/delivery.ts'
import type { RecordingInput } from './input.ts'

/** A found file whose first so many pieces hold no event is another kind of file: the rest is not read. */
const PIECES_TRIED = 20

/** Refusals of one batch. */
const BATCH_REFUSALS = 500

/**
 * What was refused in one file. In a file that was found in a directory, not named by anybody, refusals wait until an
 * event shows that it is a recording: a support bundle is full of other files. One that holds no event is passed over.
 */
export class Refusals {
  readonly #input: RecordingInput
  #waiting: Delivery[] = []
  #isRecording: boolean
  isPassedOver = false

  constructor(input: RecordingInput) {
    this.#input = input
    this.#isRecording = !input.isFound
  }

  get isFull(): boolean {
    return this.#isRecording && this.#waiting.length >= BATCH_REFUSALS
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  add(cause: SourceRefusal, detail: string, line: number): void {
    if (this.isPassedOver) return
    const place = line > 0 ? { stream: this.#input.name, line } : { stream: this.#input.name }
    this.#waiting.push({ kind: 'refused', cause, detail, place })
    if (!this.#isRecording && this.#waiting.length >= PIECES_TRIED) this.#passOver()
  }

  sawEvent(): void {
    this.#isRecording = true
  }

  /** The file was read to its end. */
  finish(): void {
    if (!this.#isRecording && this.#waiting.length > 0) this.#passOver()
  }

  take(): readonly Delivery[] {
    const waiting = this.#waiting
    this.#waiting = []
    return waiting
  }

  #passOver(): void {
    this.isPassedOver = true
    this.#waiting = []
  }
}
