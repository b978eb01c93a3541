import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAlertRules } from '../../collector/src/api/alerts/alert-language.ts'
import { exportToGrafana } from '../../collector/src/run/alert-rules.ts'

/** Writes the alert rules that Grafana provisions from the shipped ones. A test says when the file is out of date. */
const rules = await loadAlertRules({ files: [], shipped: true })
writeFileSync(join(import.meta.dirname, '../../provisioning/grafana/alerting/eventloom.yaml'), exportToGrafana(rules))
