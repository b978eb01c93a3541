import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'

/** A few calls to a real API server, as tests make them: JSON in, JSON out. */
export interface KubernetesApi {
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  /** Creates an Event through core/v1, as the kubelet does. */
  createEvent(event: {
    name: string
    namespace?: string
    reason?: string
    type?: string
    kind?: string
    count?: number
  }): Promise<void>
  /** Counts one more occurrence, by a patch, as the kubelet does. */
  repeatEvent(name: string, count: number, namespace?: string): Promise<void>
  /** `uid@resourceVersion` of every Event that the server holds. */
  heldVersions(namespace?: string): Promise<Set<string>>
  close(): Promise<void>
}

export function kubernetesApi(access: { server: string; caFile: string; token: string }): KubernetesApi {
  const dispatcher = new Agent({ connect: { ca: readFileSync(access.caFile) } })
  const call: KubernetesApi['call'] = async (method, path, body) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const response = await request(access.server + path, {
      method,
      dispatcher,
      headers: { Authorization: `Bearer ${access.token}`, 'Content-Type': type },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.body.text()
    if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`)
    return JSON.parse(text) as Record<string, unknown>
  }
  return {
    call,
    async createEvent({ name, namespace = 'default', reason = 'BackOff', type = 'Warning', kind = 'Pod', count = 1 }) {
      const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
      await call('POST', `/api/v1/namespaces/${namespace}/events`, {
        metadata: { name, namespace },
        involvedObject: { kind, namespace, name: name.split('.')[0], uid: '22222222-2222-4222-8222-222222222222' },
        reason,
        type,
        message: `made for a test: ${name}`,
        source: { component: 'kubelet', host: 'node-1' },
        reportingComponent: 'kubelet',
        firstTimestamp: now,
        lastTimestamp: now,
        count,
      })
    },
    async repeatEvent(name, count, namespace = 'default') {
      await call('PATCH', `/api/v1/namespaces/${namespace}/events/${name}`, { count })
    },
    async heldVersions(namespace) {
      const scope = namespace === undefined ? '' : `/namespaces/${namespace}`
      const list = (await call('GET', `/apis/events.k8s.io/v1${scope}/events`)) as {
        items: { metadata: { uid: string; resourceVersion: string } }[]
      }
      return new Set(list.items.map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`))
    },
    close: () => dispatcher.close(),
  }
}
