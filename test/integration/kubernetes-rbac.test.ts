import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { startEventReader } from '../support/event-reader.ts'
import { kubernetesApi, type KubernetesApi } from '../support/kubernetes-api.ts'
import { startLab, type Lab } from '../support/lab.ts'

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

const FOLDER = join(import.meta.dirname, '..', '..', 'provisioning', 'kubernetes')

/** Where each kind is created. */
const PLURALS: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  ConfigMap: 'configmaps',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  Deployment: 'deployments',
}

function manifests(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => document.toJS() as Manifest)
}

describe('the manifests of provisioning/kubernetes', () => {
  let lab: Lab
  let api: KubernetesApi

  beforeAll(async () => {
    lab = await startLab()
    api = kubernetesApi({ server: lab.server, caFile: lab.caFile, token: lab.tokens['admin'] ?? '' })
  })

  afterAll(async () => {
    await api.close()
    await lab.stop()
  })

  /** Strict: the server refuses fields that it does not know. */
  async function apply({ apiVersion, kind, metadata }: Manifest, manifest: unknown): Promise<void> {
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
    await api.call('POST', `${group}${scope}/${PLURALS[kind]}?fieldValidation=Strict`, manifest)
  }

  it('are accepted by a real API server, field by field', async () => {
    for (const file of ['rbac.yaml', 'config.yaml', 'deployment.yaml']) {
      for (const manifest of manifests(file)) await apply(manifest, manifest)
    }
  })

  it('give the collector what it needs, and it reads all events with them', async () => {
    await api.createEvent({ name: 'before.made' })
    const token = await lab.token('eventloom', 'eventloom', '1h')
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'lab', cluster: { server: lab.server, 'certificate-authority': lab.caFile } }],
      users: [{ name: 'lab', user: { token } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
      'current-context': 'lab',
    }
    const reader = await startEventReader({ kubeconfig: JSON.stringify(kubeconfig), speed: 10 })
    try {
      await reader.until('the listed event', () => reader.events.length > 0)
      const before = reader.events.length
      await api.createEvent({ name: 'after.made', kind: 'Node' })
      await reader.until('the watched event', () => reader.events.length > before)
      expect(reader.errors).toEqual([])
      const { metadata } = (await api.call('GET', '/api/v1/namespaces/kube-system')) as { metadata: { uid: string } }
      expect(reader.batches[0]?.origin.clusterUid).toBe(metadata.uid)
    } finally {
      await reader.stop()
    }
  })

  it('give it nothing else', async () => {
    const token = await lab.token('eventloom', 'eventloom', '1h')
    const asEventloom = kubernetesApi({ server: lab.server, caFile: lab.caFile, token })
    try {
      const refused = [
        '/api/v1/secrets',
        '/api/v1/pods',
        '/api/v1/events',
        '/api/v1/namespaces',
        '/api/v1/namespaces/default',
      ]
      for (const path of refused) await expect(asEventloom.call('GET', path)).rejects.toThrow('403')
      await expect(asEventloom.createEvent({ name: 'forged' })).rejects.toThrow('403')
    } finally {
      await asEventloom.close()
    }
  })
})
