import { StoreUnavailableError } from '../store.ts'
import type { Connection } from './connection.ts'
import { failureOf } from './failure.ts'

/** An index that somebody has just made answers within seconds; a longer 503 is another trouble, which the caller is told of. */
const LONGEST_WAIT_MS = 20_000
const PAUSE_MS = 250

/** What Elasticsearch says of an index none of whose shards has started: for documents, and for searches. */
const NO_SHARD: readonly string[] = ['no_shard_available_action_exception', 'search_phase_execution_exception']

/**
 * The same connection, which waits for shards that are still being made, by whichever process. Only reading waits here: whoever
 * writes tries again by himself.
 */
export function waitingForShards(
  connection: Connection,
  delay: (ms: number, signal: AbortSignal) => Promise<void>,
): Connection {
  return {
    async request<Body>(...asked: Parameters<Connection['request']>) {
      const [, { method, lines }, signal] = asked
      for (let waited = 0; ; waited += PAUSE_MS) {
        try {
          return await connection.request<Body>(...asked)
        } catch (error) {
          const isReading = method !== 'PUT' && method !== 'DELETE' && lines === undefined
          if (!isReading || waited >= LONGEST_WAIT_MS || !isShardBeingMade(error)) throw error
          await delay(PAUSE_MS, signal)
        }
      }
    },
    close: () => connection.close(),
  }
}

function isShardBeingMade(error: unknown): boolean {
  if (!(error instanceof StoreUnavailableError)) return false
  const { status, type } = failureOf(error.cause)
  return status === 503 && NO_SHARD.includes(type)
}
