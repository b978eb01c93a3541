import { parentPort } from 'node:worker_threads'
import { openEngine, type Engine } from './engine.ts'
import { failureKind } from './failure.ts'
import type { Request, Response } from './protocol.ts'

/** The thread that holds the file. DuckDB's own threads do the work; this one binds values and reads results. */
const port = parentPort
if (port === null) throw new Error('worker.ts runs in a worker thread only')

let engine: Engine | undefined

port.on('message', (request: Request) => {
  void answer(request).then((response) => {
    if (response !== null) port.postMessage(response)
  })
})

async function answer(request: Request): Promise<Response | null> {
  try {
    return await handle(request)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { id: request.id, failure: failureKind(message), message }
  }
}

async function handle(request: Request): Promise<Response | null> {
  switch (request.kind) {
    case 'open':
      await engine?.close({ checkpoint: false })
      engine = await openEngine(request.settings, request.schema)
      return done(request.id)
    case 'read':
      return { id: request.id, results: await opened().read(request.snapshot, request.statements) }
    case 'snapshot':
      await opened().snapshot(request.id)
      return done(request.id)
    case 'release':
      await opened().release(request.snapshot)
      return done(request.id)
    case 'write':
      return { id: request.id, results: [await opened().write(request.statement)] }
    case 'interrupt':
      engine?.interrupt(request.snapshot)
      return null
    case 'close':
      try {
        await engine?.close(request)
      } finally {
        engine = undefined
        endThread()
      }
      return done(request.id)
  }
}

/**
 * Nothing else keeps this thread, so it ends by itself. Terminated from outside, the binding would abort the process.
 */
function endThread(): void {
  setImmediate(() => {
    port?.close()
  })
}

function opened(): Engine {
  if (engine === undefined) throw new Error('the DuckDB file is not open')
  return engine
}

function done(id: number): Response {
  return { id, results: [] }
}
