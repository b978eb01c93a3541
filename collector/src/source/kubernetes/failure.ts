import { parseRetryAfter } from './backoff.ts'

/** Why a request or a stream ended before its time. `detail` is for people: what happened, and what to do where that is known. */
export interface Failure {
  readonly kind: FailureKind
  readonly detail: string
  readonly retryAfterMs: number | null
  /** Of a list that is `gone`: with this token the server goes on at the same key, at its newest version. */
  readonly continueToken?: string
}

/**
 * `gone`: the history behind a resourceVersion or a continue token was removed. `unauthorized`: 401. `forbidden`: 403 or
 * no such API. `failed`: everything that may pass by itself.
 */
export type FailureKind = 'gone' | 'unauthorized' | 'forbidden' | 'failed'

export function failed(detail: string): Failure {
  return { kind: 'failed', detail, retryAfterMs: null }
}

/** What was asked for, to name it in a message. */
export interface ApiRequest {
  readonly verb: 'list' | 'watch' | 'get'
  readonly resource: string
  /** Empty for the core group. */
  readonly group: string
  /** Null for all namespaces. */
  readonly namespace: string | null
}

/** An answer that is no success, in our words. `message` is the API server's. */
export function failureOfStatus(
  asked: ApiRequest,
  status: number,
  message: string,
  retryAfter: string | null,
  nowMs: number,
): Failure {
  const retryAfterMs = parseRetryAfter(retryAfter, nowMs)
  const said = message === '' ? '' : ` (the API server says: ${message})`
  switch (status) {
    case 401:
      return {
        kind: 'unauthorized',
        detail: `the API server does not accept the credentials${said}: log in again or renew the token`,
        retryAfterMs,
      }
    case 403:
      return { kind: 'forbidden', detail: `${forbidden(asked)}${said}. ${howToGrant(asked, message)}`, retryAfterMs }
    case 404:
      return {
        kind: 'forbidden',
        detail: unknownResource(asked) + said,
        retryAfterMs,
      }
    case 410:
      return { kind: 'gone', detail: `the history that was asked for has been compacted${said}`, retryAfterMs }
    default:
      return {
        kind: 'failed',
        detail: `${asked.verb} ${asked.resource}: the API server answered ${status}${said}`,
        retryAfterMs,
      }
  }
}

/** `pods`, `events.events.k8s.io`. */
function nameOf({ resource, group }: ApiRequest): string {
  return group === '' ? resource : `${resource}.${group}`
}

function unknownResource(asked: ApiRequest): string {
  const unknown = `the server knows no ${nameOf(asked)}`
  if (asked.resource !== 'events') return unknown
  return `${unknown}: Kubernetes 1.19 or newer is needed, and the address must be an API server's`
}

function forbidden({ verb, resource, group, namespace }: ApiRequest): string {
  const where = namespace === null ? 'at cluster scope' : `in namespace "${namespace}"`
  const role = namespace === null ? 'a ClusterRole and ClusterRoleBinding' : `a Role and RoleBinding in "${namespace}"`
  const other = namespace === null ? ', or set the namespaces it may read' : ''
  return (
    `forbidden: cannot ${verb} resource "${resource}" in API group "${group}" ${where}. ` +
    `Grant the verbs list and watch on ${resource} of API group ${group} with ${role}${other}` +
    (resource === 'events' ? `. Rights on the core group's events do not cover events.k8s.io` : '')
  )
}

/** The commands that grant what is missing, for whom the API server names. Names of others are no part of a command but as words. */
function howToGrant(asked: ApiRequest, message: string): string {
  const { resource, namespace } = asked
  const [, account, user] = /User "(?:system:serviceaccount:([\w.-]+:[\w.-]+)|([\w.@:/-]+))"/.exec(message) ?? []
  const who = account !== undefined ? `--serviceaccount=${account}` : `--user=${user ?? 'USER'}`
  const [role, binding, of, where] =
    namespace === null
      ? ['clusterrole', 'clusterrolebinding', '--clusterrole', '']
      : ['role', 'rolebinding', '--role', ` --namespace=${namespace}`]
  return (
    `For example: kubectl create ${role} eventloom-${resource} --verb=list,watch --resource=${nameOf(asked)}${where} && ` +
    `kubectl create ${binding} eventloom-${resource} ${of}=eventloom-${resource} ${who}${where}`
  )
}

/** Words for the codes of node and undici. Anything else keeps its own message. */
const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: is the cluster running?',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'there is no route to the host: is the VPN up?',
  ENETUNREACH: 'there is no route to the network: is the VPN up?',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the name server does not answer',
  EPIPE: 'the connection was closed while sending',
  ETIMEDOUT: 'the connection timed out',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed and not the one the kubeconfig trusts',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is signed by an authority the kubeconfig does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is signed by an authority the kubeconfig does not trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is signed by an authority the kubeconfig does not trust',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host name',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within 10 s',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_SOCKET: 'the connection was closed by the other side',
}

/** What a thrown network error means, in one sentence without a stack. */
export function networkWords(error: unknown): string {
  // Its own message quotes the answer, and with it events.
  if (error instanceof SyntaxError) return 'the answer is no JSON that can be read'
  const chain = causesOf(error)
  for (const { code } of chain) {
    const words = typeof code === 'string' ? NETWORK_WORDS[code] : undefined
    if (words !== undefined) return `${words} (${String(code)})`
  }
  return chain.map(({ message }) => message).find((message) => message !== '') ?? String(error)
}

function causesOf(error: unknown): { code?: unknown; message: string }[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors : [error.cause]
  const code = 'code' in error ? error.code : undefined
  return [...inner.flatMap(causesOf), { code, message: error.message }]
}
