import { Worker } from 'node:worker_threads'
import type { EngineSettings, FailureKind, Request, Response, Result, Statement } from './protocol.ts'

/** What DuckDB said, and what kind of trouble that is. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** Runs statements, one result for each. */
export type Read = (...statements: readonly Statement[]) => Promise<readonly Result[]>

/** The main thread's end of the worker: every call is a message, answered once. */
export interface EngineClient {
  open(settings: EngineSettings, schema: readonly string[]): Promise<void>
  /**
   * Lets `work` read from one snapshot of the file.
   *
   * @throws the signal's reason as soon as it fires; a running query is then interrupted, and one that waits forgotten.
   */
  snapshot<T>(signal: AbortSignal, work: (read: Read) => Promise<T>): Promise<T>
  write(statement: Statement): Promise<Result>
  /** Waits for what is under way, lets go of the file and ends the thread. `checkpoint` leaves no WAL behind. */
  close(options: { readonly checkpoint: boolean }): Promise<void>
}

type Unnumbered = Request extends infer Each ? (Each extends Request ? Omit<Each, 'id'> : never) : never

/** MiB of the thread's own heap: answers are there for a moment, until they are sent. Without a bound it keeps more garbage. */
const THREAD_HEAP = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 24 }

export function startEngine(): EngineClient {
  const calls = createCalls(new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits: THREAD_HEAP }))
  return {
    open: async (settings, schema) => void (await calls.send({ kind: 'open', settings, schema }).answer),
    async snapshot(signal, work) {
      signal.throwIfAborted()
      const { id: snapshot, answer: begun } = calls.send({ kind: 'snapshot' })
      // Reads are sent at once; where it could not begin, they fail with it.
      begun.catch(() => undefined)
      const interrupted = Promise.withResolvers<never>()
      const interrupt = (): void => {
        calls.notify({ kind: 'interrupt', snapshot })
        interrupted.reject(signal.reason as Error)
      }
      signal.addEventListener('abort', interrupt, { once: true })
      try {
        const worked = work((...statements) => calls.send({ kind: 'read', snapshot, statements }).answer)
        return await Promise.race([worked, interrupted.promise])
      } catch (error) {
        signal.throwIfAborted()
        throw error
      } finally {
        signal.removeEventListener('abort', interrupt)
        calls.send({ kind: 'release', snapshot }).answer.catch(() => undefined)
      }
    },
    write: async (statement) => {
      const [result] = await calls.send({ kind: 'write', statement }).answer
      return result ?? { columns: [], rowCount: 0 }
    },
    async close({ checkpoint }) {
      try {
        await calls.send({ kind: 'close', checkpoint }).answer
      } finally {
        await calls.ended
      }
    },
  }
}

interface Calls {
  send(request: Unnumbered): { readonly id: number; readonly answer: Promise<readonly Result[]> }
  /** A message that is not answered. */
  notify(request: Unnumbered): void
  /** When the thread has ended. Every call without answer has failed by then. */
  readonly ended: Promise<void>
}

function createCalls(worker: Worker): Calls {
  const waiting = new Map<number, PromiseWithResolvers<readonly Result[]>>()
  let lastId = 0
  let end: EngineError | undefined

  worker.on('message', (response: Response) => {
    const { resolve, reject } = waiting.get(response.id) ?? {}
    waiting.delete(response.id)
    if ('failure' in response) reject?.(new EngineError(response.failure, response.message))
    else resolve?.(response.results)
  })
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('error', fail)
  const ended = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      end = new EngineError('other', `the DuckDB thread ended with code ${String(code)}`)
      fail(end)
      resolve()
    })
  })

  return {
    send(request) {
      const id = ++lastId
      const awaited = Promise.withResolvers<readonly Result[]>()
      if (end !== undefined) awaited.reject(end)
      else {
        waiting.set(id, awaited)
        worker.postMessage({ ...request, id })
      }
      return { id, answer: awaited.promise }
    },
    notify(request) {
      worker.postMessage({ ...request, id: 0 })
    },
    ended,
  }
}
