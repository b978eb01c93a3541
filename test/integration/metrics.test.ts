import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startCollector, until, type CollectorProcess } from '../support/collector-process.ts'
import { startFakeApiServer, type FakeApiServer } from '../support/fake-api-server.ts'

const DOCS = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'api.md'), 'utf8')

/** Metrics that only a trouble, a change, or Elasticsearch brings. */
const ONLY_IN_TROUBLE = [
  'eventloom_changes_total', // nobody changes anything here
  'eventloom_lists_cut_off_total',
  'eventloom_notify_dropped_total', // nobody is to be told of alerts here
  'eventloom_notify_failures_total',
  'eventloom_notify_sent_total',
  'eventloom_notify_waiting',
  'eventloom_store_failures_total',
  'eventloom_store_requests_split_total',
  'eventloom_watch_empty_total',
]

let directory: string
let server: FakeApiServer
let collector: CollectorProcess | undefined
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-metrics-'))
  server = await startFakeApiServer()
})
afterEach(async () => {
  await collector?.kill()
  await server.close()
  rmSync(directory, { recursive: true })
})

it('documents exactly the metrics that a collector has, and feeds each of them', async () => {
  const rules = join(directory, 'rules.yaml')
  writeFileSync(
    rules,
    JSON.stringify({ rules: [{ name: 'throws', when: 'int(event.note) > 3', set: { severity: 'low' } }] }),
  )
  server.etcd.create({ name: 'a.1' })
  const running = await startCollector({
    data: join(directory, 'data'),
    kubeconfig: server.kubeconfig,
    config: { rules: { files: [rules] } },
    timeoutMs: 60_000,
  })
  collector = running
  const isStored = async () => (await running.get<{ stored: number }>('/api/v1/accounts')).stored > 0
  await until(isStored, 60_000, () => running.output())

  const text = await running.text('/metrics')
  const exported = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  const documented = [...DOCS.matchAll(/^\| `(eventloom_\w+)` \| (\w+) \|/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  )
  expect(documented.sort()).toEqual(exported.sort())

  const fed = new Set(
    [...text.matchAll(/^(eventloom_\w+?)(?:_bucket|_sum|_count)?(?:\{.*\})? /gm)].map(([, name]) => name),
  )
  const never = exported.map((line) => line.split(' ')[0] ?? '').filter((name) => !fed.has(name))
  expect(never.filter((name) => !ONLY_IN_TROUBLE.includes(name))).toEqual([])
}, 120_000)
