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
   * @throws the signal's reason when it fires; a running query is then interrupted.
   */
  snapshot<T>(signal: AbortSignal, work: (read: Read) => Promise<T>): Promise<T>
  write(statement: Statement): Promise<Result>
  close(): Promise<void>
  /** Ends the thread; {@link EngineClient.close} lets go of the file first. */
  terminate(): Promise<void>
}

type Unnumbered = Request extends infer Each ? (Each extends Request ? Omit<Each, 'id'> : never) : never

export function startEngine(): EngineClient {
  const worker = new Worker(new URL('./worker.ts', import.meta.url))
  const waiting = new Map<number, { resolve: (results: readonly Result[]) => void; reject: (error: Error) => void }>()
  let lastId = 0

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
  worker.on('exit', (code) => {
    fail(new EngineError('invalidated', `the DuckDB thread ended with code ${String(code)}`))
  })

  const send = (request: Unnumbered): { id: number; answer: Promise<readonly Result[]> } => {
    const id = ++lastId
    const answer = new Promise<readonly Result[]>((resolve, reject) => waiting.set(id, { resolve, reject }))
    worker.postMessage({ ...request, id })
    return { id, answer }
  }

  return {
    open: async (settings, schema) => void (await send({ kind: 'open', settings, schema }).answer),
    async snapshot(signal, work) {
      signal.throwIfAborted()
      const { id: snapshot, answer: begun } = send({ kind: 'snapshot' })
      // Reads are sent at once; where it could not begin, they fail with it.
      begun.catch(() => undefined)
      const interrupt = (): void => {
        worker.postMessage({ id: 0, kind: 'interrupt', snapshot } satisfies Request)
      }
      signal.addEventListener('abort', interrupt, { once: true })
      try {
        return await work((...statements) => send({ kind: 'read', snapshot, statements }).answer)
      } catch (error) {
        signal.throwIfAborted()
        throw error
      } finally {
        signal.removeEventListener('abort', interrupt)
        send({ kind: 'release', snapshot }).answer.catch(() => undefined)
      }
    },
    write: async (statement) => {
      const [result] = await send({ kind: 'write', statement }).answer
      return result ?? { columns: [], rowCount: 0 }
    },
    close: async () => void (await send({ kind: 'close' }).answer),
    terminate: async () => void (await worker.terminate()),
  }
}
