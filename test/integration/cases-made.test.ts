import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { byKey, CaseFolder, CASES, expectNoStackTrace, hasCases, type Row } from '../support/case-folder.ts'
import { runCommand } from '../support/cli.ts'
import { startCollector, until } from '../support/collector-process.ts'
import { startFakeApiServer } from '../support/fake-api-server.ts'

const DAY = Date.parse('2026-05-11T00:00:00Z')

/** Events e-0 … one a minute, each with two occurrences, in an order that is not theirs. */
function aDay(count: number, noteBytes: number, namespaceOf: (index: number) => string = () => 'load'): string {
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
  const lines = Array.from({ length: count }, (_, index) => {
    const last = DAY + index * 60_000
    const serial = String(index).padStart(12, '0')
    const namespace = namespaceOf(index)
    return JSON.stringify({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {
        name: `e-${index}.${index.toString(16).padStart(16, '0')}`,
        namespace,
        uid: `00000000-0000-4000-8000-${serial}`,
        resourceVersion: String(1_000 + index),
        creationTimestamp: time(last),
      },
      eventTime: null,
      reason: 'Unhealthy',
      type: 'Warning',
      regarding: {
        kind: 'Pod',
        namespace,
        name: `e-${index}`,
        uid: `10000000-0000-4000-8000-${serial}`,
        apiVersion: 'v1',
      },
      note: `Readiness probe failed ${'y'.repeat(noteBytes)}`,
      deprecatedSource: { component: 'kubelet', host: 'worker-1' },
      deprecatedFirstTimestamp: time(last - 30_000),
      deprecatedLastTimestamp: time(last),
      deprecatedCount: 2,
    })
  })
  return lines.map((_, index) => lines[(index * 7_919) % count]).join('\n') + '\n'
}

function put(folder: CaseFolder, name: string, text: string): string {
  const file = join(folder.directory, name)
  writeFileSync(file, text)
  return file
}

describe.concurrent('a public situation with made input, through the command line', () => {
  it('C06: a pattern of a filter is a glob over the whole name, and what can never match is refused', async () => {
    using folder = new CaseFolder()
    const namespaces = ['jenkins', 'jenkins-agents', 'jenkin', 'my-jenkins']
    const events = put(
      folder,
      'events.jsonl',
      aDay(4, 0, (index) => namespaces[index] ?? ''),
    )
    const rules = put(folder, 'rules.yaml', 'filters:\n  - name: no build jobs\n    namespaces: ["jenkins*"]\n')
    const config = put(folder, 'config.yaml', JSON.stringify({ rules: { files: [rules] } }))
    const { outcomes, balanced } = await folder.replay(events, '--config', config)
    expect({ balanced, filtered: outcomes.filtered }).toEqual({ balanced: true, filtered: { 'no build jobs': 2 } })
    expect(byKey(await folder.aggregate('--group-by', 'namespace'))).toEqual({ jenkin: 2, 'my-jenkins': 2 })

    put(folder, 'rules.yaml', 'filters:\n  - name: tests\n    namespaces: ["*test*|*temp*"]\n')
    const { code, stdout, stderr } = await runCommand(['rules', 'check', rules])
    expect(code).toBe(2)
    expect(stdout + stderr).toMatch(/rules\.yaml:3.*\["\*test\*", "\*temp\*"\]/)

    put(folder, 'rules.yaml', 'filters:\n  - name: both\n    types: [Normal]\n    reasons: [Unhealthy]\n')
    using other = new CaseFolder()
    expect((await other.replay(events, '--config', config)).outcomes.filtered).toEqual({})
  })

  it('C25: a limit keeps the newest, and pages give every row once although more comes in between', async () => {
    using folder = new CaseFolder()
    await folder.replayTwice(put(folder, 'day.jsonl', aDay(600, 10)))
    const { stdout, stderr } = await folder.run('query', '*', '--limit', '5', '--json')
    const rows = JSON.parse(stdout) as Row[]
    expect(rows.map(({ regarding }) => regarding.name)).toEqual(['e-595', 'e-596', 'e-597', 'e-598', 'e-599'])
    expect(stderr).toContain('5 of 600')
    const names: string[] = []
    let cursor: string[] = []
    for (let page = 1; page === 1 || cursor.length > 0; page += 1) {
      const answer = await folder.run('query', '*', '--limit', '100', '--json', ...cursor)
      names.push(...(JSON.parse(answer.stdout) as Row[]).map(({ regarding }) => regarding.name))
      cursor = /--cursor \S+/.exec(answer.stderr)?.[0].split(' ') ?? []
      if (page === 2) await folder.replay(put(folder, 'more.jsonl', aDay(602, 10).split('\n').filter((line) => /"name":"e-60[01]"/.test(line)).join('\n'))) // prettier-ignore
    }
    const ofTheDay = names.filter((name) => Number(name.slice(2)) < 600)
    expect([ofTheDay.length, new Set(names).size]).toEqual([600, names.length])
  })

  it('C41: a reader that leaves early gets its line, and no word on standard error', async () => {
    using folder = new CaseFolder()
    await folder.replay(put(folder, 'day.jsonl', aDay(20_000, 200)))
    for (const args of [
      ['query', '*', '--json', '--limit', '20000'],
      ['query', '*', '--limit', '20000'],
      ['aggregate', '--group-by', 'regarding.name', '--json'],
      ['patterns', '--json'],
    ]) {
      for (const reader of ['head -1', 'true']) {
        const { code, stderr } = await piped([...args, '--data', folder.data], reader)
        expect([0, 141]).toContain(code)
        expect(stderr).toBe('')
      }
    }
    expect(await folder.query('*', '--limit', '1')).toHaveLength(1)
  })

  it('C07: metrics of the collector do not grow with the cluster', async () => {
    using folder = new CaseFolder()
    const server = await startFakeApiServer()
    const collector = await startCollector({ data: folder.data, kubeconfig: server.kubeconfig })
    try {
      const series = async () => (await collector.text('/metrics')).split('\n').filter((line) => line !== '' && !line.startsWith('#')) // prettier-ignore
      const before = await series()
      for (let index = 0; index < 2_000; index += 1)
        server.etcd.create({ name: `e-${index}.x`, note: `canary ${index}` })
      const accounts = () => collector.get<{ received: number; stored: number; buffered: number }>('/api/v1/accounts')
      await until(
        async () => (await accounts()).stored === 2_000,
        40_000,
        async () => JSON.stringify(await accounts()),
      )
      const after = await series()
      expect(after.length - before.length).toBeLessThanOrEqual(100)
      expect(after.filter((line) => /e-1|canary|00000000-0000-4000/.test(line))).toEqual([])
    } finally {
      await collector.kill()
      await server.close()
    }
  })

  it('C30: what is old by its last time goes, what was born long ago and still repeats stays', async () => {
    using folder = new CaseFolder()
    const now = Date.now()
    const at = (hours: number) => `${new Date(now - hours * 3_600_000).toISOString().slice(0, 19)}Z`
    const events = [
      ['a', 480, 1, 34_075],
      ['b', 192, 192, 1],
      ['c', 216, 167, 2],
    ] as const
    const lines = events.map(([name, first, last, count], index) =>
      JSON.stringify({
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: `${name}.1`, namespace: 'r', uid: `uid-${name}`, resourceVersion: String(index + 1), creationTimestamp: at(first) }, // prettier-ignore
        eventTime: null,
        reason: 'Unhealthy',
        type: 'Warning',
        note: 'x',
        regarding: { kind: 'Pod', namespace: 'r', name, uid: `p-${name}` },
        deprecatedSource: { component: 'kubelet' },
        deprecatedFirstTimestamp: at(first),
        deprecatedLastTimestamp: at(last),
        deprecatedCount: count,
      }),
    )
    const file = put(folder, 'events.jsonl', lines.join('\n'))
    const names = async () => (await folder.query('*')).map(({ regarding }) => regarding.name).sort()
    await folder.replay(file)
    expect(await names()).toEqual(['a', 'b', 'c'])

    const maxAge = Object.fromEntries(['info', 'low', 'medium', 'high', 'critical'].map((word) => [word, '7d']))
    const retention = { maxAge, includeRecordings: true }
    const server = await startFakeApiServer()
    const collector = await startCollector({ data: folder.data, kubeconfig: server.kubeconfig, config: { retention } })
    await until(
      async () => collector.output().includes('retention removed'),
      60_000,
      () => collector.output(),
    )
    await collector.stop()
    await server.close()
    expect(await names()).toEqual(['a', 'c'])
    expect(collector.output()).toMatch(/"removed":\{[^}]*:1/)

    const config = put(folder, 'config.yaml', JSON.stringify({ retention }))
    const { outcomes, balanced } = await folder.replay(file, '--config', config)
    expect({ balanced, filtered: outcomes.filtered }).toEqual({
      balanced: true,
      filtered: { 'older than retention': 1 },
    })
    expect(await names()).toEqual(['a', 'c'])
  })

  it('C40: lists, pretty objects, other line ends and cut files are read, and every piece is accounted for', async ({
    skip,
  }) => {
    if (!hasCases) return skip('the folder beside the repository is not on this machine')
    const events = readFileSync(join(CASES, 'C09.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const pretty = events.map((event) => JSON.stringify(event, null, 4)).join('\n')
    const items = events.map((event) => ({ ...event, kind: undefined, apiVersion: undefined }))
    const jsonLines = `\uFEFF${events.map((event) => JSON.stringify(event)).join('\r\n')}\r\n\r\n`
    const files: readonly (readonly [string, string, number])[] = [
      ['a.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 4), 7],
      ['b.json', pretty, 7],
      ['c.json', '{"kind":"List","apiVersion":"v1","items":[]}', 0],
      ['d.jsonl', jsonLines, 7],
    ]
    for (const [name, text, stored] of files) {
      using folder = new CaseFolder()
      const summary = await folder.replay(put(folder, name, text))
      expect({ name, received: summary.received, stored: summary.outcomes.stored }).toEqual({
        name,
        received: stored,
        stored,
      })
    }
    using empty = new CaseFolder()
    const nothing = await empty.run('replay', put(empty, 'c.json', files[2]?.[1] ?? ''))
    expect(nothing.code).toBe(0)
    expect(nothing.stdout + nothing.stderr).toMatch(/no events/i)

    using cut = new CaseFolder()
    const { code, stdout, stderr } = await cut.run('replay', put(cut, 'e.json', pretty.slice(0, -200)), '--json')
    const { outcomes, balanced } = JSON.parse(stdout) as Awaited<ReturnType<CaseFolder['replay']>>
    const refused = Object.values(outcomes.dropped).reduce((sum, count) => sum + count, 0)
    expect({ code, balanced, stored: outcomes.stored, refused }).toEqual({
      code: 3,
      balanced: true,
      stored: 6,
      refused: 1,
    })
    expect(stderr).toMatch(/e\.json:\d+/)
    expectNoStackTrace(stderr)
  })
})

/** `eventloom ARGS | READER` under `set -o pipefail`. */
function piped(args: readonly string[], reader: string): Promise<{ code: number | null; stderr: string }> {
  const command = [process.execPath, join(import.meta.dirname, '../../collector/bin/eventloom.mjs'), ...args]
  const line = `set -o pipefail; ${command.map((word) => `'${word}'`).join(' ')} | ${reader}`
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', line], { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (code) => resolve({ code, stderr }))
  })
}
