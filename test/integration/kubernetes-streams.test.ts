import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startEventReader, type EventReader, type EventReaderOptions } from '../support/event-reader.ts'
import { kubernetesApi, type KubernetesApi } from '../support/kubernetes-api.ts'
import { startLab, type Lab } from '../support/lab.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

describe('a stream from a real API server', () => {
  let lab: Lab
  let api: KubernetesApi
  let reader: EventReader | undefined
  let proxy: TcpProxy | undefined
  let made = 0

  beforeAll(async () => {
    lab = await startLab()
    api = kubernetesApi({ server: lab.server, caFile: lab.caFile, token: lab.tokens['admin'] ?? '' })
  })

  afterEach(async () => {
    await reader?.stop()
    await proxy?.close()
    reader = undefined
    proxy = undefined
  })

  afterAll(async () => {
    await api.close()
    await lab.stop()
  })

  async function read(options: Partial<EventReaderOptions> = {}): Promise<EventReader> {
    reader = await startEventReader({ kubeconfig: { file: lab.kubeconfig }, speed: 10, ...options })
    return reader
  }

  async function readThroughProxy(options: Partial<EventReaderOptions> = {}): Promise<EventReader> {
    const { hostname, port } = new URL(lab.server)
    proxy = await startTcpProxy({ host: hostname, port: Number(port) })
    return read({
      ...options,
      kubeconfig: kubeconfigOf(lab, `https://127.0.0.1:${proxy.port}`, lab.tokens['admin'] ?? ''),
    })
  }

  async function createSome(count: number): Promise<string[]> {
    const names = Array.from({ length: count }, () => `pod-${++made}.made`)
    for (const name of names) await api.createEvent({ name })
    return names
  }

  /** The stream stands on a watch, and every version the server holds was delivered. */
  async function caughtUp(of: EventReader, namespace?: string): Promise<void> {
    const held = await api.heldVersions(namespace)
    await of.until('every version the server holds', () => {
      const { versions } = of
      return isWatching(of) && [...held].every((version) => versions.has(version))
    }, 60_000) // prettier-ignore
  }

  it('lists, then follows creations and patches one by one', async () => {
    await createSome(3)
    const following = await read()
    await caughtUp(following)
    const [name = ''] = await createSome(1)
    for (let count = 2; count <= 6; count++) await api.repeatEvent(name, count)
    await caughtUp(following)
    const counts = following.events.filter(({ raw }) => nameOf(raw) === name).map(({ raw }) => raw['deprecatedCount'])
    expect(counts).toEqual([1, 2, 3, 4, 5, 6])
    expect(following.batches.every(({ origin }) => origin.clusterUid !== null)).toBe(true)
    expect(following.errors).toEqual([])
  })

  it('lists in pages, by version', async () => {
    const names = Array.from({ length: 1_100 }, (_, index) => `page-${(index * 7_919) % 10_007}.made`)
    for (let start = 0; start < names.length; start += 50) {
      await Promise.all(names.slice(start, start + 50).map((name) => api.createEvent({ name })))
    }
    const following = await read()
    await caughtUp(following)
    const versions = following.events.map(({ raw }) =>
      Number((raw['metadata'] as { resourceVersion: string }).resourceVersion),
    )
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(
      following.batches
        .filter(({ deliveries }) => deliveries.length > 0)
        .slice(0, -1)
        .every(({ position }) => position === null),
    ).toBe(true)
  })

  it('follows a series of the new API', async () => {
    const following = await read()
    await caughtUp(following)
    const name = `series-${++made}.made`
    const eventTime = new Date().toISOString().replace('Z', '123Z')
    const path = '/apis/events.k8s.io/v1/namespaces/default/events'
    const regarding = { kind: 'Pod', namespace: 'default', name: 'payments-0', apiVersion: 'v1' }
    await api.call('POST', path, {
      metadata: { name, namespace: 'default' },
      eventTime,
      reportingController: 'example.com/scheduler',
      reportingInstance: 'scheduler-0',
      action: 'Binding',
      reason: 'FailedScheduling',
      regarding,
      note: 'made for a test',
      type: 'Warning',
    })
    await api.call('PATCH', `${path}/${name}`, { series: { count: 9, lastObservedTime: eventTime } })
    await caughtUp(following)
    const seen = following.events.filter(({ raw }) => nameOf(raw) === name).map(({ raw }) => raw['series'])
    expect(seen).toEqual([undefined, { count: 9, lastObservedTime: eventTime }])
  })

  it('gets only what the field selector selects, also as a watch', async () => {
    const following = await read({
      fieldSelector: { type: ['Warning'], kind: ['!Node'], reason: ['Picked'], reportingController: ['kubelet'] },
    })
    await following.until('a watch', () => isWatching(following))
    await api.createEvent({ name: `picked-${++made}`, reason: 'Picked' })
    await api.createEvent({ name: `other-${++made}`, reason: 'Other' })
    await api.createEvent({ name: `normal-${++made}`, reason: 'Picked', type: 'Normal' })
    await api.createEvent({ name: `picked-${++made}`, reason: 'Picked' })
    await following.until('both', () => following.events.length === 2)
    expect(following.events.every(({ raw }) => nameOf(raw).startsWith('picked-'))).toBe(true)
  })

  describe('whose connection', () => {
    for (const strike of ['reset', 'end'] as const) {
      it(`is ${strike === 'reset' ? 'reset' : 'closed'}, goes on and misses nothing`, async () => {
        const following = await readThroughProxy()
        await caughtUp(following)
        const before = following.events.length
        proxy?.[strike]()
        const [name = ''] = await createSome(3)
        await api.repeatEvent(name, 2)
        await api.repeatEvent(name, 3)
        await caughtUp(following)
        expect(following.events.length - before).toBe(5)
        expect(following.batches.some(({ gap }) => gap !== undefined)).toBe(false)
        expect(following.errors).not.toEqual([])
      })
    }

    it('stalls, notices it by its idle timer and lists', async () => {
      const following = await readThroughProxy({ speed: 100 })
      await caughtUp(following)
      proxy?.stall()
      await createSome(3)
      await caughtUp(following)
      expect(following.errors.join()).toContain('silent for 320 s')
    })
  })

  describe('whose API server', () => {
    it('is killed and comes back, goes on by itself', async () => {
      const following = await read()
      const [name = ''] = await createSome(1)
      await caughtUp(following)
      await lab.kill('apiserver')
      await following.until('an error', () => following.errors.length > 0)
      await lab.start('apiserver')
      await api.repeatEvent(name, 2)
      await api.repeatEvent(name, 3)
      await createSome(2)
      await caughtUp(following)
      const counts = following.events.filter(({ raw }) => nameOf(raw) === name).map(({ raw }) => raw['deprecatedCount'])
      expect([...new Set(counts)]).toEqual([1, 2, 3])
    })

    it('compacted what was missed, lists and tells the gap', async () => {
      const first = await read()
      const [name = ''] = await createSome(1)
      await caughtUp(first)
      await first.stop()
      for (let count = 2; count <= 4; count++) await api.repeatEvent(name, count)
      await lab.compact()
      const second = await read({ positions: first.positions })
      await caughtUp(second)
      const gaps = second.batches.flatMap(({ gap }) => gap ?? [])
      expect(gaps).toHaveLength(1)
      expect(gaps[0]?.cause).toContain('410')
      expect((gaps[0]?.to ?? 0) - (gaps[0]?.from ?? 0)).toBeGreaterThanOrEqual(0)
      const counts = second.events.filter(({ raw }) => nameOf(raw) === name).map(({ raw }) => raw['deprecatedCount'])
      expect(counts).toEqual([4])
    })

    it('still has what was missed, reads it one by one before it lists', async () => {
      const first = await read()
      const [name = ''] = await createSome(1)
      await caughtUp(first)
      await first.stop()
      for (let count = 2; count <= 4; count++) await api.repeatEvent(name, count)
      const second = await read({ positions: first.positions })
      await caughtUp(second)
      const counts = second.events.filter(({ raw }) => nameOf(raw) === name).map(({ raw }) => raw['deprecatedCount'])
      expect(counts).toEqual([2, 3, 4, 4])
      expect(second.batches.some(({ gap }) => gap !== undefined)).toBe(false)
    })

    it('is restored from a backup, lists what is there now and tells the gap', async () => {
      const following = await read()
      await createSome(1)
      await lab.snapshot('before')
      await createSome(5)
      await caughtUp(following)
      await lab.restore('before')
      const [name = ''] = await createSome(1)
      await caughtUp(following)
      expect(following.events.some(({ raw }) => nameOf(raw) === name)).toBe(true)
      expect(following.batches.flatMap(({ gap }) => gap?.cause ?? []).join()).toContain('went back')
    })
  })

  describe('whose credentials', () => {
    it('may not read events, says which rule is missing, while another stream goes on', async () => {
      const following = await read({
        kubeconfig: { file: lab.kubeconfigs['team-reader'] ?? '' },
        scopes: [{ namespace: 'team' }, { namespace: 'default' }],
      })
      await api.createEvent({ name: `team-${++made}`, namespace: 'team' })
      await following.until('the message', () => following.errors.length > 0)
      await following.until('the event of the team', () => following.events.length > 0)
      expect(following.errors.join()).toMatch(
        /cannot list resource "events" in API group "events.k8s.io" in namespace "default"/,
      )
      expect(following.batches[0]?.origin.clusterUid).toBeNull()
    })

    it('reach only the core group, says that events.k8s.io is needed', async () => {
      const following = await read({ kubeconfig: { file: lab.kubeconfigs['core-only'] ?? '' } })
      await following.until('the message', () => following.errors.length > 0)
      expect(following.errors.join()).toContain("Rights on the core group's events do not cover events.k8s.io")
    })

    it('end while it runs, is told so, and goes on with the new token from the file', async () => {
      const binding = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'short' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name: 'short', namespace: 'default' }],
      }
      const role = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'view' },
        rules: [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['list', 'watch'] }],
      }
      await api.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
        ...role,
        metadata: { name: 'short' },
      })
      await api.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
        ...binding,
        roleRef: { ...binding.roleRef, name: 'short' },
      })
      const file = join(lab.dir, 'short.kubeconfig')
      writeFileSync(file, kubeconfigOf(lab, lab.server, await lab.token('short', 'default', '3s')))
      const following = await read({ kubeconfig: { file }, speed: 100 })
      await following.until(
        'the refusal',
        () => following.errors.join().includes('does not accept the credentials'),
        60_000,
      )
      writeFileSync(file, kubeconfigOf(lab, lab.server, await lab.token('short', 'default', '1h')))
      await createSome(1)
      await caughtUp(following)
    })
  })
})

describe('a stream of events that end soon', () => {
  it('refuses their deletion with a cause and takes their re-creation for a new event', async () => {
    const lab = await startLab({ eventTtl: '5s' })
    const api = kubernetesApi({ server: lab.server, caFile: lab.caFile, token: lab.tokens['admin'] ?? '' })
    const reader = await startEventReader({ kubeconfig: { file: lab.kubeconfig }, speed: 1 })
    try {
      await reader.until('a watch', () => isWatching(reader))
      await api.createEvent({ name: 'short-lived', count: 3 })
      await reader.until('the deletion', () => reader.refused.some(({ cause }) => cause === 'deletion'), 60_000)
      await sleep(100)
      await api.createEvent({ name: 'short-lived', count: 4 })
      // A stream that broke off gives its last versions again: the gate knows them, so only uids are counted here.
      const uids = () => new Set(reader.events.map(({ raw }) => (raw['metadata'] as { uid: string }).uid))
      await reader.until('the re-creation', () => uids().size === 2)
    } finally {
      await reader.stop()
      await api.close()
      await lab.stop()
    }
  })
})

function isWatching(reader: EventReader): boolean {
  const states = [...reader.states.values()]
  return states.length > 0 && states.every(({ phase, isCurrent }) => phase === 'watch' && isCurrent)
}

function nameOf(event: Readonly<Record<string, unknown>>): string {
  return (event['metadata'] as { name: string }).name
}

function kubeconfigOf(lab: Lab, server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server, 'certificate-authority': lab.caFile } }],
    users: [{ name: 'lab', user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  })
}
