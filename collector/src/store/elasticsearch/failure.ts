import { errors } from '@elastic/elasticsearch'

/** Elasticsearch answered, and trying the same again will not change the answer. */
export class ElasticsearchRefusedError extends Error {
  override readonly name = 'ElasticsearchRefusedError'
  readonly code = 'ELASTICSEARCH_REFUSED'
  readonly retryable = false
  readonly status: number
  /** Elasticsearch's own word, for example `index_not_found_exception`. */
  readonly type: string

  constructor(message: string, { status, type }: { status: number; type: string }, options: { cause: unknown }) {
    super(message, options)
    this.status = status
    this.type = type
  }
}

export interface Failure {
  /** `unavailable`: the same request may succeed later. */
  readonly kind: 'unavailable' | 'refused'
  /** 0 without an answer. */
  readonly status: number
  readonly type: string
  /** For people, without secrets. */
  readonly text: string
}

/**
 * Statuses that may pass. 401 and 403 are among them: an administrator can mend rights and secrets while what is accepted
 * waits in the buffer, and Elasticsearch answers 403 for indices that are read-only for a while.
 */
const PASSING: readonly number[] = [401, 403, 408, 413, 429, 500, 502, 503, 504]

/** What an error of the client means. */
export function failureOf(error: unknown): Failure {
  if (error instanceof errors.ResponseError) return failureOfAnswer(error.statusCode ?? 0, error.body)
  const text = error instanceof Error ? error.message : String(error)
  return { kind: 'unavailable', status: 0, type: error instanceof Error ? error.name : 'unknown', text }
}

function failureOfAnswer(status: number, body: unknown): Failure {
  const cause = causeOf(body)
  // Not Elasticsearch's words: a proxy, which may let the same pass in a minute.
  if (cause === null) return { kind: 'unavailable', status, type: 'unknown', text: `it answered ${String(status)}, without a reason` } // prettier-ignore
  const kind = PASSING.includes(status) ? 'unavailable' : 'refused'
  const advice = status === 401 ? '. Check the user, password or key' : ''
  return { kind, status, type: cause.type, text: `${String(status)}, ${cause.reason}${advice}` }
}

/** The innermost cause says most; Elasticsearch names the missing privilege there. */
function causeOf(body: unknown): { readonly type: string; readonly reason: string } | null {
  const error = (body as { readonly error?: unknown } | null)?.error
  if (typeof error !== 'object' || error === null) return null
  const {
    type,
    reason,
    root_cause: roots,
  } = error as {
    readonly type?: string
    readonly reason?: string
    readonly root_cause?: readonly { readonly type?: string; readonly reason?: string }[]
  }
  const root = roots?.[0]
  return { type: root?.type ?? type ?? 'unknown', reason: root?.reason ?? reason ?? 'it gave no reason' }
}
