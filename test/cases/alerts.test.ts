import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadAlertRules } from '../../collector/src/api/alerts/alert-language.ts'
import { exportToGrafana, runAlertCases } from '../../collector/src/run/alert-rules.ts'

const ROOT = join(import.meta.dirname, '../..')

const shipped = await loadAlertRules({ files: [], shipped: true })

it.each(runAlertCases(shipped, readFileSync(join(ROOT, 'test/cases/alerts/shipped.yaml'), 'utf8')))(
  'the shipped rules, on $name',
  ({ wrong }) => {
    expect(wrong).toEqual([])
  },
)

it('Grafana has the same rules: after a change, node test/support/write-alerting.ts', () => {
  const file = join(ROOT, 'provisioning/grafana/alerting/eventloom.yaml')
  expect(readFileSync(file, 'utf8')).toBe(exportToGrafana(shipped))
})
