import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startCollector, until } from '../support/collector-process.ts'
import { startFakeApiServer } from '../support/fake-api-server.ts'

const PODS = 2_000

it('metrics of the collector do not grow with the cluster', async () => {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-metrics-'))
  const server = await startFakeApiServer()
  const collector = await startCollector({ data, kubeconfig: server.kubeconfig })
  try {
    const series = async () => (await collector.text('/metrics')).split('\n').filter((line) => /^[^#]/.test(line))
    const before = await series()
    for (let index = 0; index < PODS; index += 1) server.etcd.create({ name: `e-${index}.x`, note: `canary ${index}` })
    const accounts = () => collector.get<{ stored: number; balanced: boolean }>('/api/v1/accounts')
    const isStored = async () => (await accounts()).stored === PODS
    await until(isStored, 40_000, async () => JSON.stringify(await accounts()))
    const after = await series()
    expect((await accounts()).balanced).toBe(true)
    expect(after.length - before.length).toBeLessThanOrEqual(100)
    expect(after.filter((line) => /e-1|canary|00000000-0000-4000/.test(line))).toEqual([])
  } finally {
    await collector.kill()
    await server.close()
    rmSync(data, { recursive: true })
  }
})
