import type { Response } from 'express'
import type { Admission } from './admission.ts'
import { clientSignal } from './client-signal.ts'
import { sendPieces } from './send-pieces.ts'

/** Says how many bytes the answer may take, and waits for room; before any work is done. */
export type Admit = (weight: number) => Promise<void>

/** What all answers share. */
export interface Door {
  readonly admission: Admission
  /** Time an answer may take before the client is told to ask for less; waiting for room included. */
  readonly answerTimeoutMs: number
}

/**
 * One answer from the question to its last byte: it ends when the client leaves or time is up, and keeps its room until it is sent.
 *
 * @param make what to send, in pieces.
 */
export async function oneAnswer(
  response: Response,
  { admission, answerTimeoutMs }: Door,
  make: (signal: AbortSignal, admit: Admit) => Promise<Iterable<string> | AsyncIterable<string>>,
): Promise<void> {
  const { signal, isMade, release } = clientSignal(response, answerTimeoutMs)
  let leave: () => void = () => undefined
  try {
    const pieces = await make(signal, async (weight) => {
      leave = await admission.enter(weight, signal)
    })
    isMade()
    await sendPieces(response, pieces, signal)
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    leave()
    release()
  }
}
