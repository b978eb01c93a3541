import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { badDay } from '../support/bad-day.ts'
import { runCommand } from '../support/cli.ts'
import { until } from '../support/collector-process.ts'

describe('the collector on another bad day', () => {
  const day = badDay()

  it('goes on by itself when watches are reset and closed', async () => {
    day.createSome(3)
    await day.start()
    await day.caughtUp()
    for (const strike of ['resetWatches', 'closeWatches'] as const) {
      day.server[strike]()
      day.createSome(5)
      await day.caughtUp()
    }
    await day.becomes(200)
    const page = await day.caughtUp()
    expect(page.observations).toHaveLength(13)
    expect(page.notices.filter(({ severity }) => severity === 'warning')).toEqual([])
  })

  it('sets a damaged DuckDB file aside, says in answers that data may be missing, and lists again what the server holds', async () => {
    day.createSome(20)
    await day.start()
    await day.caughtUp()
    await day.collector?.stop()
    writeFileSync(join(day.data, 'eventloom.duckdb'), 'this is no database'.repeat(1_000))
    day.createSome(5)
    await day.start()
    const { observations, notices } = await day.caughtUp()
    expect(observations).toHaveLength(25)
    expect(notices.some(({ severity, text }) => severity === 'warning' && text.includes('aside'))).toBe(true)
    expect(day.collector?.output()).toContain('aside')
    expect(readdirSync(day.data).filter((name) => name.startsWith('eventloom.duckdb')).length).toBeGreaterThan(1)
  })

  it('sets a damaged buffer aside, says so, and stores nothing twice', async () => {
    day.createSome(20)
    await day.start()
    await day.caughtUp()
    await day.collector?.stop()
    writeFileSync(join(day.data, 'buffer.sqlite'), 'this is no database'.repeat(1_000))
    day.createSome(5)
    await day.start()
    const { observations, notices } = await day.caughtUp()
    expect(observations).toHaveLength(25)
    expect(notices.some(({ severity, text }) => severity === 'warning' && text.includes('aside'))).toBe(true)
    expect(readdirSync(day.data).filter((name) => name.startsWith('buffer.sqlite')).length).toBeGreaterThan(1)
  })

  it('lists every mistake of rules with its place, and starts nothing', async () => {
    const [config, rules] = [join(day.directory, 'config.yaml'), join(day.directory, 'rules.yaml')]
    writeFileSync(rules, [
      'rules:',
      '  - name: typo',
      '    when: event.raeson == "BackOff"',
      '    set: { severity: hihg }',
      'filters:',
      '  - name: globs',
      '    namespaces: ["*test*|*temp*"]',
      '',
    ].join('\n')) // prettier-ignore
    writeFileSync(config, JSON.stringify({ data: day.data, rules: { files: [rules] } }))
    const { code, stdout, stderr } = await runCommand(['run', '--config', config])
    expect(code).toBe(2)
    for (const words of ['rules.yaml:3', 'raeson', 'rules.yaml:4', 'hihg', 'rules.yaml:7', '["*test*", "*temp*"]']) {
      expect(stdout + stderr).toContain(words)
    }
    expect(existsSync(day.data)).toBe(false)
  })

  it('lists every wrong flag, and starts nothing', async () => {
    const { code, stdout, stderr } = await runCommand([
      'query',
      'reason:(A',
      '--from',
      'yesterdayish',
      '--limit',
      'many',
      '--colour',
      '--data',
      day.data,
    ])
    expect(code).toBe(2)
    for (const words of ['yesterdayish', '--limit', '--colour']) expect(stdout + stderr).toContain(words)
    expect(existsSync(day.data)).toBe(false)
  })

  it('keeps the right rules when a changed file is wrong, and takes it when it is mended', async () => {
    const rules = join(day.directory, 'rules.yaml')
    writeFileSync(rules, 'filters:\n  - { name: one, reasons: [Noise] }\n')
    await day.start({ config: { rules: { files: [rules] } } })
    await day.caughtUp()
    writeFileSync(rules, 'filters:\n  - { name: two, raesons: [Noise] }\n')
    await until(
      async () => day.collector?.output().includes('raesons') === true,
      20_000,
      () => day.collector?.output() ?? '',
    )
    day.server.etcd.create({ name: 'noise-1.x', reason: 'Noise' })
    await until(
      async () => (await day.accounts()).filtered['one'] === 1,
      20_000,
      async () => JSON.stringify(await day.accounts()),
    )
    writeFileSync(rules, 'filters:\n  - { name: three, reasons: [Noise] }\n')
    await until(
      async () => day.collector?.output().includes('rules read again') === true,
      20_000,
      () => day.collector?.output() ?? '',
    )
    day.server.etcd.create({ name: 'noise-2.x', reason: 'Noise' })
    await until(
      async () => (await day.accounts()).filtered['three'] === 1,
      20_000,
      async () => JSON.stringify(await day.accounts()),
    )
    expect(readFileSync(rules, 'utf8')).toContain('three')
  })
})
