import { describe, expect, it } from 'vitest'
import type { Accounts } from '../event/outcome.ts'
import { createMetrics, METRICS } from './metrics.ts'

const NONE: Accounts = {
  received: 0,
  stored: 0,
  alreadyStored: 0,
  filtered: {},
  signalled: {},
  dropped: {},
  deadLettered: {},
  buffered: 0,
}

function metricsOf(accounts: () => Accounts, rules: { name: string; throws: number }[] = []) {
  return createMetrics({
    accounts,
    buffer: () => ({ rows: 3, bytes: 4_000, fullness: 0.25 }),
    usage: () => ({ residentBytes: 1e8, cpuSeconds: 2, loopDelay: { p50: 0.001, p99: 0.02, max: 0.05 } }),
    rules: () => rules,
    version: '0.1.0',
  })
}

const seriesOf = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

describe('metrics', () => {
  it('show the accounts, however often they are read', async () => {
    const accounts = {
      ...NONE,
      received: 10,
      stored: 6,
      filtered: { 'noise/leases': 1 },
      signalled: { deletion: 1 },
      buffered: 2,
    }
    const metrics = metricsOf(() => accounts)
    await metrics.text()
    const series = seriesOf(await metrics.text())
    expect(series).toContain('eventloom_received_total 10')
    expect(series).toContain('eventloom_outcomes_total{outcome="stored",cause=""} 6')
    expect(series).toContain('eventloom_outcomes_total{outcome="filtered",cause="noise/leases"} 1')
    expect(series).toContain('eventloom_outcomes_total{outcome="signalled",cause="deletion"} 1')
    expect(series.filter((line) => line.includes('outcome="dropped"'))).toEqual([])
    expect(series).toContain('eventloom_balanced 1')
    expect(series).toContain('eventloom_buffer_rows 3')
  })

  it('say when the sums do not balance', async () => {
    const text = await metricsOf(() => ({ ...NONE, received: 1 })).text()
    expect(seriesOf(text)).toContain('eventloom_balanced 0')
  })

  it('keep one state of a watch at 1', async () => {
    const metrics = metricsOf(() => NONE)
    metrics.watchIs('lab', 'all namespaces', 'listing')
    metrics.watchIs('lab', 'all namespaces', 'watching')
    const watching = seriesOf(await metrics.text()).filter(
      (line) => line.startsWith('eventloom_watch_state') && line.endsWith(' 1'),
    )
    expect(watching).toEqual(['eventloom_watch_state{cluster="lab",stream="all namespaces",state="watching"} 1'])
  })

  it('grow by less than a hundred series with thousands of rules and causes, and lose no count', async () => {
    const causes = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`rule ${index}`, 1]))
    let accounts = NONE
    const metrics = metricsOf(() => accounts, [{ name: 'first', throws: 1 }])
    const before = seriesOf(await metrics.text()).length
    accounts = { ...NONE, received: 2_000, filtered: causes }
    const after = seriesOf(await metrics.text())
    expect(after.length - before).toBeLessThan(100)
    const sum = after
      .filter((line) => line.includes('filtered'))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0)
    expect(sum).toBe(2_000)
  })

  it('bound the rules that threw', async () => {
    const rules = Array.from({ length: 500 }, (_, index) => ({ name: `rule ${index}`, throws: 1 }))
    const metrics = metricsOf(() => NONE, [{ name: 'calm', throws: 0 }, ...rules])
    const throws = seriesOf(await metrics.text()).filter((line) => line.startsWith('eventloom_rule_throws_total'))
    expect(throws).toHaveLength(51)
    expect(throws).toContain('eventloom_rule_throws_total{rule="other"} 450')
  })

  it('are exactly those of the table', async () => {
    const text = await metricsOf(() => NONE).text()
    const exported = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
    expect(exported.sort()).toEqual(
      Object.entries(METRICS)
        .map(([name, [type]]) => `${name} ${type}`)
        .sort(),
    )
  })
})
