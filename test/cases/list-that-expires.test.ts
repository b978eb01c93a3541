import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startCollector, until, type CollectorProcess } from '../support/collector-process.ts'
import { startFakeApiServer, type FakeApiServer } from '../support/fake-api-server.ts'

/** More than one page of a list. */
const EVENTS = 1_200
const PAGE = 500

describe('a list so long that the server forgets its history meanwhile', () => {
  let data: string
  let server: FakeApiServer
  let collector: CollectorProcess | undefined
  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'eventloom-list-'))
    server = await startFakeApiServer()
    for (let index = 0; index < EVENTS; index += 1) server.etcd.create({ name: `e-${index}.x` })
  })
  afterEach(async () => {
    await collector?.kill()
    await server.close()
    rmSync(data, { recursive: true })
  })

  const stored = async () => (await collector?.get<{ stored: number }>('/api/v1/accounts'))?.stored ?? 0
  const said = () => collector?.output() ?? ''
  const lists = () => server.requests.filter(({ kind }) => kind === 'list').length

  it('goes on with the tokens that the refusals bring', async () => {
    const list = server.etcd.list.bind(server.etcd)
    server.etcd.list = (asked) => {
      if (asked.token !== null) server.etcd.compact()
      return list(asked)
    }
    collector = await startCollector({ data, kubeconfig: server.kubeconfig })
    await until(async () => (await stored()) === EVENTS, 30_000, said)
    expect(lists()).toBeLessThanOrEqual(2)
  })

  it('keeps its first page, and asks more and more seldom, when there is no such token', async () => {
    server.failAlways('continue', { kind: 'status', status: 410 })
    collector = await startCollector({ data, kubeconfig: server.kubeconfig })
    await until(async () => (await stored()) >= PAGE, 30_000, said)
    await delay(5_000)
    expect(lists()).toBeLessThanOrEqual(5)
  })
})
