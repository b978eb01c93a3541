import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { badDay } from '../support/bad-day.ts'
import { runCommand } from '../support/cli.ts'
import { until } from '../support/collector-process.ts'

const CANARY = 'canarybird'

/** Rules that fail on a note, and on a name. */
const RULES = `rules:
  - { name: number, when: 'int(event.note) > 3', set: { severity: high } }
  - { name: map, when: 'event.labels[event.name] == "x"', set: { severity: high } }
`

describe('what a collector says about itself', () => {
  const day = badDay()

  it('holds nothing of notes and names, whatever goes wrong with events', async () => {
    const rules = join(day.directory, 'rules.yaml')
    writeFileSync(rules, RULES)
    const event = { kind: 'Event', metadata: { name: CANARY, namespace: CANARY }, note: CANARY }
    const lines = [
      CANARY,
      `{"type":"ADDED","object":{"note":"${CANARY}"`,
      JSON.stringify({ type: CANARY, object: event }),
      JSON.stringify({ type: 'ADDED', object: event }),
      JSON.stringify({ type: 'ADDED', object: { ...event, regarding: CANARY, eventTime: CANARY, series: CANARY } }),
      JSON.stringify({ type: 'ADDED', object: { kind: CANARY, metadata: { name: CANARY } } }),
      JSON.stringify({ type: 'MODIFIED', object: { ...event, metadata: CANARY } }),
      JSON.stringify({ type: 'ADDED', object: { ...event, deep: 'x'.repeat(13_000_000) } }),
    ]
    day.server.fail('watch', { kind: 'inject', bytes: Buffer.from(`${lines.join('\n')}\n`) })
    day.server.etcd.create({ name: `${CANARY}.1`, note: `${CANARY} \u001b[31m${CANARY}` })
    const collector = await day.start({ config: { rules: { files: [rules] }, log: { level: 'debug' } } })
    await day.caughtUp()
    await until(
      async () => collector.output().includes('malformed'),
      40_000,
      () => collector.output(),
    )
    day.createSome(500, CANARY) // more failures than a rule may have
    await until(
      async () => collector.output().includes('is disabled'),
      40_000,
      () => collector.output(),
    )

    const said = [collector.output()]
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/accounts', '/api/v1/gaps']) {
      const response = await fetch(collector.url + path)
      said.push(await response.text())
    }
    await collector.stop()
    // The rules' own names and the screen's table of what recurs are wanted; logs are JSON lines.
    const logged = said
      .join('\n')
      .split('\n')
      .filter((line) => line.startsWith('{') || line.startsWith('#') || line.startsWith('eventloom_'))
    expect(logged.filter((line) => line.includes(CANARY))).toEqual([])
    expect(logged.length).toBeGreaterThan(10)
  })

  it('cleans the names of files that it writes to a terminal', async () => {
    const name = join(day.directory, `${CANARY}\u001b[2J\u009b31m\u202e.jsonl`)
    writeFileSync(name, '{"broken":\n{"kind":"Pod","apiVersion":"v1"}\n')
    const { stdout, stderr } = await runCommand(['replay', name, '--data', day.data])
    expect(stdout + stderr).toContain(CANARY)
    expect(stdout + stderr).not.toMatch(/[\u001b\u009b\u202e]/)
  })
})
