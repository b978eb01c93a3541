import { existsSync, statSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import type { buildConnector } from 'undici'
import type { EpochMicros } from '../../clock.ts'

/** Which cluster, and how to find it. Everything absent is found as kubectl finds it. */
export interface ClusterOptions {
  /** Name under which observations are stored. Default: the context's name, or `in-cluster`. */
  readonly name?: string
  /** One file or several, of which the first that names a cluster, user or context wins. Default: $KUBECONFIG, ~/.kube/config. */
  readonly kubeconfig?: string | readonly string[]
  /** Default: the current context. */
  readonly context?: string
  /** Use the pod's service account. Default: when there is no kubeconfig and the process runs in a pod. */
  readonly inCluster?: boolean
  /** KUBECONFIG, HTTPS_PROXY, NO_PROXY, KUBERNETES_SERVICE_HOST are looked up here. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Told with each answer what time it is on the API server. */
  readonly onServerTime?: (time: EpochMicros) => void
}

/** No usable way to a cluster was configured. The message says what was looked for, and what to do. */
export class ClusterConfigError extends Error {
  override readonly name = 'ClusterConfigError'
  readonly code = 'CLUSTER_CONFIG'
}

/** Where the configuration was read from, so that it can be read again when a file changes. */
export interface LoadedKubeconfig {
  readonly config: KubeConfig
  readonly contextName: string
  readonly server: string
  readonly proxyUrl: string | null
  /** Every file the credentials and certificates come from. */
  readonly files: readonly string[]
}

/** What a connection needs, as node's TLS and HTTP know it. */
export interface Credentials {
  readonly tls: Partial<buildConnector.BuildOptions>
  readonly headers: Readonly<Record<string, string>>
}

/** An exec plug-in that waits for a person would otherwise hold a stream for ever. */
const CREDENTIALS_TIMEOUT_MS = 60_000

const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Reads the configuration, merged as kubectl merges it. The client library is loaded here and not before: it costs half a
 * second and some 90 MB, which a replay of a recording does not need.
 *
 * @throws ClusterConfigError
 */
export async function loadKubeconfig(options: ClusterOptions): Promise<LoadedKubeconfig> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const files = kubeconfigFiles(options)
  const config = new KubeConfig()
  if (files.length === 0) {
    requirePod(options)
    config.loadFromCluster()
  } else {
    mergeInto(
      config,
      files.map((file) => readOne(new KubeConfig(), file)),
    )
  }
  if (options.context !== undefined) config.setCurrentContext(options.context)
  const cluster = currentCluster(config, files)
  return {
    config,
    contextName: files.length === 0 ? 'in-cluster' : config.getCurrentContext(),
    server: cluster.server.replace(/\/+$/, ''),
    proxyUrl: cluster.proxyUrl ?? null,
    files: [...files, ...credentialFiles(config)],
  }
}

/**
 * Credentials for a connection made now; runs an exec plug-in when its last answer has expired.
 *
 * @throws Error with the plug-in's words when it fails or takes longer than a minute.
 */
export async function readCredentials({ config }: LoadedKubeconfig): Promise<Credentials> {
  const options: RequestOptions = {}
  await within(CREDENTIALS_TIMEOUT_MS, config.applyToHTTPSOptions(options))
  const headers = Object.entries((options.headers ?? {}) as Record<string, unknown>).map(([name, value]) => [
    name,
    String(value).trim(), // A token file ends in a line end more often than not.
  ])
  if (typeof options.auth === 'string') {
    headers.push(['Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`])
  }
  const { ca, cert, key, passphrase, rejectUnauthorized, servername } = options
  const tls = Object.entries({ ca, cert, key, passphrase, rejectUnauthorized, servername })
  return {
    tls: Object.fromEntries(tls.filter(([, value]) => value !== undefined)) as Credentials['tls'],
    headers: Object.fromEntries(headers) as Record<string, string>,
  }
}

/** Changes whenever one of the files does, also when a symbolic link is pointed elsewhere (as Kubernetes rotates secrets). */
export function fingerprint(files: readonly string[]): string {
  return files.map(fingerprintOfFile).join()
}

function fingerprintOfFile(file: string): string {
  const status = statSync(file, { throwIfNoEntry: false })
  return status === undefined ? 'absent' : `${status.ino}:${status.size}:${status.mtimeMs}`
}

/** Empty: use the pod's service account. */
function kubeconfigFiles({ kubeconfig, inCluster, environment = {} }: ClusterOptions): readonly string[] {
  if (inCluster === true) return []
  if (kubeconfig !== undefined) {
    const wanted = typeof kubeconfig === 'string' ? [kubeconfig] : kubeconfig
    const absent = wanted.filter((file) => !existsSync(file))
    if (absent.length > 0) throw new ClusterConfigError(`kubeconfig ${absent.join(', ')} does not exist`)
    return wanted.map((file) => resolve(file))
  }
  // kubectl passes over files of $KUBECONFIG that are not there.
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  const candidates = listed.length > 0 ? listed : [join(environment['HOME'] ?? homedir(), '.kube', 'config')]
  const present = candidates.filter((file) => existsSync(file)).map((file) => resolve(file))
  if (present.length === 0 && environment['KUBERNETES_SERVICE_HOST'] === undefined) {
    throw new ClusterConfigError(
      `no kubeconfig: ${candidates.join(', ')} does not exist, and this is not a pod. ` +
        'Name a file in $KUBECONFIG, or in clusters[].kubeconfig of the configuration',
    )
  }
  return present
}

function requirePod({ environment = {} }: ClusterOptions): void {
  const isPod = environment['KUBERNETES_SERVICE_HOST'] !== undefined
  if (isPod && existsSync(join(SERVICE_ACCOUNT_DIRECTORY, 'token'))) return
  throw new ClusterConfigError(
    isPod
      ? `the pod has no service account token in ${SERVICE_ACCOUNT_DIRECTORY}: set automountServiceAccountToken: true`
      : 'in-cluster configuration was asked for, but this is not a pod: $KUBERNETES_SERVICE_HOST is not set',
  )
}

function readOne(config: KubeConfig, file: string): KubeConfig {
  try {
    config.loadFromFile(file) // Makes certificate paths absolute, from the file's own folder.
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ClusterConfigError(`kubeconfig ${file} cannot be read: ${reason}`, { cause })
  }
  for (const { exec } of config.users as { exec?: { command?: unknown } | null }[]) {
    const command = exec?.command
    if (exec && typeof command === 'string' && command.includes('/') && !isAbsolute(command)) {
      exec.command = join(dirname(file), command)
    }
  }
  return config
}

/** As kubectl: the first file that gives a name wins. The library's own merge throws on a second one. */
function mergeInto(config: KubeConfig, parts: readonly KubeConfig[]): void {
  config.loadFromOptions({
    clusters: firstOfEachName(parts.flatMap(({ clusters }) => clusters)).map((cluster) =>
      // The library refuses plain http (kubectl proxy, say) unless told that nothing is to be verified.
      cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
    ),
    users: firstOfEachName(parts.flatMap(({ users }) => users)),
    contexts: firstOfEachName(parts.flatMap(({ contexts }) => contexts)),
    currentContext: parts.map(({ currentContext }) => currentContext).find((name) => name !== undefined && name !== ''),
  })
}

function firstOfEachName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const seen = new Map<string, T>()
  for (const entry of entries) if (!seen.has(entry.name)) seen.set(entry.name, entry)
  return [...seen.values()]
}

function currentCluster(config: KubeConfig, files: readonly string[]): { server: string; proxyUrl?: string } {
  const name = config.getCurrentContext()
  const cluster = config.getCurrentCluster()
  if (cluster !== null) return cluster
  const known = config.getContexts().map((context) => context.name)
  const choice = known.length === 0 ? 'it names none' : `it names ${known.join(', ')}`
  const problem = name === undefined || name === '' ? 'no current context' : `no usable context "${name}"`
  throw new ClusterConfigError(
    `kubeconfig ${files.join(', ')} has ${problem}: ${choice}. Choose one: kubectl config use-context, or clusters[].context`,
  )
}

function credentialFiles(config: KubeConfig): string[] {
  const cluster = config.getCurrentCluster()
  const user = config.getCurrentUser()
  const authProvider = user?.authProvider as { config?: { tokenFile?: unknown } } | undefined
  const candidates = [cluster?.caFile, user?.certFile, user?.keyFile, authProvider?.config?.tokenFile]
  return candidates.filter((file): file is string => typeof file === 'string')
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      reject(
        new Error(`the credentials took longer than ${timeoutMs / 1_000} s: does the exec plug-in wait for somebody?`),
      ),
    timeoutMs,
  )
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
