import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ReplaySummary } from '../../collector/src/run/replay-summary.ts'
import { seconds } from '../support/a-day.ts'
import type { Row } from '../support/answers.ts'
import { ask } from '../support/cli.ts'
import { startCollector, until } from '../support/collector-process.ts'
import { startFakeApiServer } from '../support/fake-api-server.ts'

const WEEK = Object.fromEntries(['info', 'low', 'medium', 'high', 'critical'].map((severity) => [severity, '7d']))
const retention = { maxAge: WEEK, includeRecordings: true }

/** An event of a pod, first and last seen so many hours ago. */
function line(name: string, first: number, last: number, count: number, version: number): string {
  const at = (hours: number) => seconds(Date.now() - hours * 3_600_000)
  return JSON.stringify({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {
      name: `${name}.1`,
      namespace: 'r',
      uid: `uid-${name}`,
      resourceVersion: String(version),
      creationTimestamp: at(first),
    },
    eventTime: null,
    reason: 'Unhealthy',
    type: 'Warning',
    note: 'x',
    regarding: { kind: 'Pod', namespace: 'r', name, uid: `p-${name}` },
    deprecatedSource: { component: 'kubelet' },
    deprecatedFirstTimestamp: at(first),
    deprecatedLastTimestamp: at(last),
    deprecatedCount: count,
  })
}

it('what is old by its last time goes for good, what was born long ago and still repeats stays', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-retention-'))
  const [data, file, config] = ['data', 'events.jsonl', 'config.yaml'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ]
  const names = async () =>
    (await ask<{ readonly observations: readonly Row[] }>(['events', '*', '--data', data])).observations
      .map(({ regarding }) => regarding.name)
      .sort()
  writeFileSync(file, [line('a', 480, 1, 34_075, 1), line('b', 192, 192, 1, 2), line('c', 216, 167, 2, 3)].join('\n'))
  writeFileSync(config, JSON.stringify({ retention }))
  try {
    await ask(['replay', file, '--data', data])
    expect(await names()).toEqual(['a', 'b', 'c'])

    const server = await startFakeApiServer()
    const collector = await startCollector({ data, kubeconfig: server.kubeconfig, config: { retention } })
    await until(
      async () => collector.output().includes('retention removed'),
      60_000,
      () => collector.output(),
    )
    await collector.stop()
    await server.close()
    expect(collector.output()).toMatch(/"removed":\{[^}]*:1/)
    expect(await names()).toEqual(['a', 'c'])

    const again = await ask<ReplaySummary>(['replay', file, '--data', data, '--config', config])
    expect({ balanced: again.balanced, filtered: again.outcomes.filtered }).toEqual({
      balanced: true,
      filtered: { 'older than retention': 1 },
    })
    expect(await names()).toEqual(['a', 'c'])
  } finally {
    rmSync(directory, { recursive: true })
  }
}, 180_000)
