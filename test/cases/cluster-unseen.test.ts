import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Problem } from '../support/answers.ts'
import { startCollector, until } from '../support/collector-process.ts'
import { startFakeApiServer } from '../support/fake-api-server.ts'

it('a problem of a cluster that is not watched goes on, unseen, and answers about that cluster say so', async () => {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-unseen-'))
  const [prod, other] = [
    await startFakeApiServer(),
    await startFakeApiServer({ clusterUid: '0c0ffee0-0000-4000-8000-000000000002' }),
  ]
  for (const server of [prod, other])
    server.etcd.create({
      name: 'api-0.x',
      reason: 'BackOff',
      note: 'Back-off restarting failed container api in pod api-0',
    })
  const clusters = Object.entries({ prod, other }).map(([name, { kubeconfig }]) => {
    writeFileSync(join(data, `${name}.yaml`), kubeconfig)
    return { name, kubeconfig: join(data, `${name}.yaml`) }
  })
  const collector = await startCollector({ data, kubeconfig: prod.kubeconfig, config: { clusters } })
  const problems = async () => (await collector.get<{ problems: readonly Problem[] }>('/api/v1/problems')).problems
  const seen = async () =>
    Object.fromEntries((await problems()).map(({ cluster, state, unseen }) => [cluster, [state, unseen]]))
  const notices = async (cluster: string) =>
    (await collector.get<{ notices: readonly object[] }>(`/api/v1/events?cluster=${cluster}&from=-1h`)).notices
  const told = async () => `${JSON.stringify(await problems())}\n${collector.output()}`
  try {
    const areWatched = async () => Object.values(await seen()).filter(([, unseen]) => unseen === false).length === 2
    await until(areWatched, 30_000, told)
    await prod.kill()
    await until(async () => (await seen())['prod']?.[1] === true, 30_000, told)
    expect(await seen()).toEqual({ prod: ['open', true], other: ['open', false] })
    expect(await notices('other')).toEqual([])
    expect(JSON.stringify(await notices('prod'))).toContain('prod')
  } finally {
    await collector.kill()
    await prod.close()
    await other.close()
    rmSync(data, { recursive: true })
  }
})
