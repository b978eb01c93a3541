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
  const advice = CONNECTION_ADVICE.find(([words]) => words.test(text))?.[1]
  const type = error instanceof Error ? error.name : 'unknown'
  return { kind: 'unavailable', status: 0, type, text: advice === undefined ? text : `${text}. ${advice}` }
}

/** What to do when no connection comes about. The client tells the cause by its text alone. */
const CONNECTION_ADVICE: readonly (readonly [words: RegExp, advice: string])[] = [
  [
    /self-signed|unable to (verify|get)/,
    'Name the PEM file of who signed its certificate as store.elasticsearch.caFile',
  ],
  [/altnames/, 'Use a name in store.elasticsearch.nodes that its certificate has'],
  [/wrong version number/, 'It does not speak TLS. Begin the address in store.elasticsearch.nodes with http://'],
  [
    /alert|other side closed/,
    'If it speaks TLS, the address in store.elasticsearch.nodes has to begin with https://; if it asks for a certificate of ours, check store.elasticsearch.certificateFile',
  ],
]

function failureOfAnswer(status: number, body: unknown): Failure {
  const cause = causeOf(body)
  // Not Elasticsearch's words: a proxy, which may let the same pass in a minute.
  if (cause === null)
    return { kind: 'unavailable', status, type: 'unknown', text: `it answered ${String(status)}, without a reason` }
  const kind = PASSING.includes(status) ? 'unavailable' : 'refused'
  return { kind, status, type: cause.type, text: `${String(status)}, ${cause.reason}${adviceFor(status, cause.type)}` }
}

function adviceFor(status: number, type: string): string {
  if (type !== 'security_exception') return ''
  if (status === 401)
    return '. Check the user with its password, the API key, the token or the certificate of store.elasticsearch'
  return '. The role that it takes is in docs/elasticsearch.md'
}

/** The innermost cause says most; Elasticsearch names the missing privilege there. */
function causeOf(body: unknown): { readonly type: string; readonly reason: string } | null {
  const error = (body as { readonly error?: unknown } | null)?.error
  if (typeof error !== 'object' || error === null) return null
  const {
    type,
    reason,
    root_cause: roots,
    caused_by: inner,
  } = error as {
    readonly type?: string
    readonly reason?: string
    readonly caused_by?: { readonly reason?: string }
    readonly root_cause?: readonly {
      readonly type?: string
      readonly reason?: string
      readonly additional_unsuccessful_credentials?: string
    }[]
  }
  const root = roots?.[0]
  // Missing shards are told of by the inner cause alone, beside empty words.
  const said = [root?.reason, reason, inner?.reason].find((words) => words !== undefined && words !== '')
  // Why a key or token does not count: expired, for example.
  const more = root?.additional_unsuccessful_credentials
  return {
    type: root?.type ?? type ?? 'unknown',
    reason: `${said ?? 'it gave no reason'}${more === undefined ? '' : ` (${more})`}`,
  }
}
