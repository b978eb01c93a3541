import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { ChangeJson, ChangesJson } from '../../collector/src/api/changes/change-schemas.ts'
import type { ObjectsHealth } from '../../collector/src/api/health.ts'
import { WATCHED_KINDS } from '../../collector/src/event/watched-kind.ts'
import { startCollector, until, type CollectorProcess } from '../support/collector-process.ts'
import { kubernetesApi, type KubernetesApi } from '../support/kubernetes-api.ts'
import { startLab, type Lab } from '../support/lab.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'provisioning', 'kubernetes')
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

const PATHS: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: '/api/v1/namespaces/eventloom/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
}

/** A Deployment as kubectl makes it. */
function deployment(image: string) {
  const labels = { app: 'api' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
    },
  }
}

describe('objects beside events, of a real API server', () => {
  let lab: Lab
  let api: KubernetesApi
  let directory: string
  let collector: CollectorProcess | undefined

  beforeAll(async () => {
    lab = await startLab()
    api = kubernetesApi({ server: lab.server, caFile: lab.caFile, token: lab.tokens['admin'] ?? '' })
    directory = mkdtempSync(join(tmpdir(), 'eventloom-objects-'))
    await apply('rbac.yaml')
  })

  afterEach(async () => {
    await collector?.kill()
    collector = undefined
  })

  afterAll(async () => {
    await api.close()
    await lab.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  async function apply(file: string): Promise<void> {
    for (const document of parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'))) {
      const manifest = document.toJS() as Manifest
      await api.call('POST', `${PATHS[manifest.kind] ?? ''}?fieldValidation=Strict`, manifest)
    }
  }

  async function start(): Promise<CollectorProcess> {
    const token = await lab.token('eventloom', 'eventloom', '1h')
    const kubeconfig = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'lab', cluster: { server: lab.server, 'certificate-authority': lab.caFile } }],
      users: [{ name: 'lab', user: { token } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
      'current-context': 'lab',
    })
    collector = await startCollector({ data: directory, kubeconfig, timeoutMs: 60_000 })
    return collector
  }

  const objectsOf = async (running: CollectorProcess) =>
    (await running.get<{ objects: ObjectsHealth[]; ready: boolean }>('/api/v1/status')).objects[0]

  const isWatching = async (running: CollectorProcess) => {
    const state = await running.text('/metrics')
    return WATCHED_KINDS.every(({ kind }) => state.includes(`eventloom_object_watch{cluster="lab",kind="${kind}"} 1`))
  }

  const changes = async (running: CollectorProcess, more = '') =>
    (await running.get<ChangesJson>(`/api/v1/changes?namespace=default${more}`)).changes.toReversed()

  const told = ({ words, fields, fieldsKnown }: ChangeJson) => `${words}: ${fieldsKnown} ${fields.join(', ')}`

  it('are left out without rights, which is said once, with what to grant; events are read all the same', async () => {
    const running = await start()
    const all = WATCHED_KINDS.map(({ kind }) => kind)
    const isSaid = async () => (await objectsOf(running))?.off.length === all.length
    await until(isSaid, 60_000, () => running.output())
    expect(await objectsOf(running)).toMatchObject({ cluster: 'lab', watched: [], off: all })
    const { grant } = (await objectsOf(running)) ?? { grant: null }
    expect(grant).toContain('--verb=list,watch --resource=pods,')
    expect(grant).toContain('--serviceaccount=eventloom:eventloom')
    const { ready, problems } = await running.get<{ ready: boolean; problems: unknown[] }>('/api/v1/status')
    expect([ready, problems]).toEqual([true, []])
    expect(running.output().split('not watched beside events').length - 1).toBe(1)
  })

  it('tell who changed what and when, through a kill and a restart, each once', async () => {
    await apply('rbac-objects.yaml')
    const running = await start()
    await until(
      () => isWatching(running),
      60_000,
      () => running.output(),
    )
    const by = (manager: string) => `?fieldManager=${manager}`
    await api.call('POST', `${CONFIG_MAPS}${by('kubectl-create')}`, { metadata: { name: 'flags' }, data: { flags: 'a', level: '1' } }) // prettier-ignore
    await api.call('POST', `${DEPLOYMENTS}${by('helm')}`, deployment('shop/api:1'))
    await api.call('PATCH', `${CONFIG_MAPS}/flags${by('kubectl-edit')}`, { data: { flags: 'a-secret-value' } })
    await api.call('PATCH', `${DEPLOYMENTS}/api${by('kubectl-set')}`, {
      spec: { template: { spec: { containers: [{ name: 'app', image: 'shop/api:2' }] } } },
    })
    await api.call('PUT', `${DEPLOYMENTS}/api/scale${by('kubectl')}`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'api', namespace: 'default' },
      spec: { replicas: 3 },
    })
    await until(
      async () => (await changes(running)).length >= 5,
      60_000,
      () => running.output(),
    )
    const live = await changes(running)
    expect(live.map(told).sort()).toEqual([
      'ConfigMap default/flags was changed by kubectl-edit: exact data.flags',
      'ConfigMap default/flags was created by kubectl-create: unknown ',
      'Deployment default/api was changed by kubectl-set: exact spec.template.spec.containers[app].image',
      'Deployment default/api was created by helm: unknown ',
      'Deployment default/api was scaled by kubectl: exact spec.replicas',
    ])
    // The API server notes no time where replicas are written.
    const timeOf = ({ what, timeFrom }: ChangeJson) => `${what}: ${timeFrom}`
    expect([...new Set(live.map(timeOf))].sort()).toEqual(['changed: server', 'created: server', 'scaled: arrival'])
    expect(JSON.stringify(live)).not.toContain('a-secret-value')

    await running.kill()
    await api.call('PATCH', `${CONFIG_MAPS}/flags${by('kubectl-patch')}`, { data: { level: '2' } })
    const again = await start()
    await until(
      () => isWatching(again),
      60_000,
      () => again.output(),
    )
    await until(
      async () => (await changes(again)).length > live.length,
      60_000,
      () => again.output(),
    )
    await api.call('DELETE', `${CONFIG_MAPS}/flags`)
    await until(
      async () => (await changes(again, '&what=deleted')).length > 0,
      60_000,
      () => again.output(),
    )
    const after = await changes(again)
    // The server tells times in whole seconds: what came later may stand before what has the time of its arrival.
    const known = live.map(({ id }) => id)
    expect(after.map(({ id }) => id).filter((id) => known.includes(id))).toEqual(known)
    expect(after.filter(({ id }) => !known.includes(id)).map(({ words }) => words)).toEqual([
      'ConfigMap default/flags was changed by kubectl-patch',
      'ConfigMap default/flags was deleted',
    ])
  })

  it('never are Secrets', async () => {
    const token = await lab.token('eventloom', 'eventloom', '1h')
    const asEventloom = kubernetesApi({ server: lab.server, caFile: lab.caFile, token })
    try {
      await expect(asEventloom.call('GET', '/api/v1/secrets')).rejects.toThrow('403')
      await expect(asEventloom.call('DELETE', `${DEPLOYMENTS}/api`)).rejects.toThrow('403')
    } finally {
      await asEventloom.close()
    }
  })
})
