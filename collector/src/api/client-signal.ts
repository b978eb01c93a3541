import type { Response } from 'express'
import { TooSlowError } from './problem-details.ts'

/**
 * Aborts when the client leaves, or with {@link TooSlowError} after `timeoutMs` unless `isMade` was called before: nobody waits for
 * an answer then, so the store must not go on computing it. `release` ends the watch; call it in any case.
 */
export function clientSignal(
  response: Response,
  timeoutMs: number | null,
): { readonly signal: AbortSignal; readonly isMade: () => void; readonly release: () => void } {
  const controller = new AbortController()
  const left = () => {
    if (!response.writableFinished) controller.abort(new Error('the client left'))
  }
  response.on('close', left)
  const expire = () => controller.abort(new TooSlowError(`No answer within ${(timeoutMs ?? 0) / 1_000} s.`))
  const timer = timeoutMs === null ? undefined : setTimeout(expire, timeoutMs)
  timer?.unref()
  return {
    signal: controller.signal,
    isMade: () => clearTimeout(timer),
    release: () => {
      clearTimeout(timer)
      response.off('close', left)
    },
  }
}
