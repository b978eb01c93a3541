import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startCollector, until, type CollectorProcess } from '../support/collector-process.ts'
import { EventWriter } from '../support/event-writer.ts'
import { compareHeldAndStored, type Comparison } from '../support/held-and-stored.ts'
import { kubernetesApi, type KubernetesApi } from '../support/kubernetes-api.ts'
import { startLab, type Lab } from '../support/lab.ts'

/** How long this server keeps an event. Long enough for every test but the one that waits for the end. */
const EVENT_TTL = '40s'

const EVENTS = '/api/v1/events?view=observations&limit=1000&from=1970-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'

/** A start takes a second. Beside other work on the machine it may take much longer. */
const START_MS = 90_000

describe('the collector beside a real API server that has a bad day', () => {
  let lab: Lab
  let api: KubernetesApi
  let writer: EventWriter
  let data: string
  let collector: CollectorProcess | undefined

  beforeAll(async () => {
    lab = await startLab({ eventTtl: EVENT_TTL })
    api = kubernetesApi({ server: lab.server, caFile: lab.caFile, token: lab.tokens['admin'] ?? '' })
    writer = new EventWriter(lab)
  })

  afterAll(async () => {
    await writer.close()
    await api.close()
    await lab.stop()
  })

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'eventloom-bad-day-'))
  })

  afterEach(async () => {
    await collector?.kill()
    collector = undefined
    rmSync(data, { recursive: true })
  })

  async function start(kubeconfig = lab.kubeconfig): Promise<CollectorProcess> {
    collector = await startCollector({ data, kubeconfig: readFileSync(kubeconfig, 'utf8'), timeoutMs: START_MS })
    return collector
  }

  async function nothingLost(running: CollectorProcess): Promise<Comparison> {
    const comparison = await compareHeldAndStored(writer, running)
    const { lost, doubled, isBalanced } = comparison
    expect({ lost, doubled, isBalanced }, running.output()).toEqual({ lost: [], doubled: [], isBalanced: true })
    return comparison
  }

  function becomes(running: CollectorProcess, status: number, words = ''): Promise<void> {
    let seen = ''
    return until(
      async () => {
        const response = await fetch(`${running.url}/readyz`)
        seen = `${response.status} ${await response.text()}`
        return response.status === status && seen.includes(words)
      },
      60_000,
      () => `${seen}\n${running.output()}`,
    )
  }

  it('is not ready while the server is dead, and has everything when it is back', async () => {
    const running = await start()
    const name = await writer.create()
    await nothingLost(running)
    await lab.kill('apiserver')
    await becomes(running, 503)
    await lab.start('apiserver')
    await writer.repeat(name, 2)
    await writer.repeat(name, 3)
    await writer.create()
    await nothingLost(running)
    await becomes(running, 200)
  })

  it('tells in answers what it may have missed, when the server has compacted its history meanwhile', async () => {
    const name = await writer.create()
    await nothingLost(await start())
    await collector?.stop()
    for (let count = 2; count <= 4; count += 1) await writer.repeat(name, count)
    await lab.compact()
    const running = await start()
    await nothingLost(running)
    const { observations, notices } = await running.get<{
      observations: { name: string; count: number }[]
      notices: { severity: string; text: string }[]
    }>(EVENTS)
    expect(
      notices
        .filter(({ severity }) => severity === 'warning')
        .map(({ text }) => text)
        .join(),
    ).toContain('410')
    const counts = observations.filter((row) => row.name === name).map(({ count }) => count)
    expect(counts.sort((a, b) => a - b)).toEqual([1, 4])
  })

  it('names the missing right, is not ready, and recovers after the grant without a restart', async () => {
    await writer.create()
    const running = await start(lab.kubeconfigs['nobody'])
    await becomes(running, 503, 'cannot list resource')
    const { text } = { text: await (await fetch(`${running.url}/readyz`)).text() }
    for (const words of ['list', 'events', 'events.k8s.io']) expect(text).toContain(words)
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200)
    const user = /User \\?"([^"\\]+)/.exec(text)?.[1] ?? ''
    const group = 'rbac.authorization.k8s.io'
    await api.call('POST', `/apis/${group}/v1/clusterroles`, {
      metadata: { name: 'granted-late' },
      rules: [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['list', 'watch'] }],
    })
    await api.call('POST', `/apis/${group}/v1/clusterrolebindings`, {
      metadata: { name: 'granted-late' },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'granted-late' },
      subjects: [subjectOf(user)],
    })
    await nothingLost(running)
    await becomes(running, 200)
  })

  it('counts an event that ended and came back as two objects, and the deletion as none', async () => {
    const running = await start()
    await nothingLost(running)
    const event = { name: `short-lived-${Date.now()}.x`, count: 3 }
    await api.createEvent(event)
    const ofName = async () => {
      const { observations } = await running.get<{ observations: { name: string; uid: string }[] }>(EVENTS)
      return observations.filter(({ name }) => name === event.name)
    }
    await until(
      async () => (await api.heldVersions()).size === 0,
      150_000,
      () => 'the events do not end',
      1_000,
    )
    await api.createEvent({ ...event, count: 4 })
    await until(
      async () => (await ofName()).length === 2,
      30_000,
      () => running.output(),
    )
    expect(new Set((await ofName()).map(({ uid }) => uid)).size).toBe(2)
    const { accounts } = await nothingLost(running)
    expect(accounts.signalled['deletion']).toBeGreaterThan(0)
  }, 240_000)
})

function subjectOf(user: string): object {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(user) ?? []
  return name === undefined
    ? { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }
    : { kind: 'ServiceAccount', name, namespace }
}
