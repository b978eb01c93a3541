import { stringify } from 'yaml'
import { AlertRuleError, type AlertRule, type AlertRuleMistake } from '../alert/alert.ts'
import { loadAlertRules, type AlertFiles } from '../api/alerts/alert-language.ts'
import { grafanaRules } from '../api/alerts/grafana-rules.ts'

export { runAlertCases, type CaseResult } from './alert-cases.ts'

/** Loads alert rules without using them. Mistakes are an answer, not an exception. */
export async function checkAlertRules(
  files: AlertFiles,
): Promise<{ readonly rules: readonly AlertRule[]; readonly problems: readonly AlertRuleMistake[] }> {
  try {
    return { rules: await loadAlertRules(files), problems: [] }
  } catch (error) {
    if (!(error instanceof AlertRuleError)) throw error
    return { rules: [], problems: error.problems }
  }
}

const HEAD = `# Made from alert rules of Eventloom: eventloom rules export. Change those, not this.
#
# Contact point and rules stand in one file on purpose: a rule that names a receiver which does not exist keeps Grafana from
# starting. There is no notification policy here: provisioning one would replace the whole tree of the organisation.
#
# A rule asks for the metric \`active\`: 1 while a problem is not over, 0 once it is, for a day. So no rule resolves in the pauses in
# which emitters are silent, nor because the collector cannot see a cluster: its problems stay as they are, and one rule says so.
# \`noDataState: OK\`: no row at all means that nothing of the kind was wrong within a day.
# \`execErrState: KeepLast\`: with \`Error\` a firing alert would resolve at the second failed evaluation.
#
# Annotations and models are taken as they are (one "$"); in rule labels and policies "$" is expanded: write "$$" there.
# What the rules call "unless" (a node that is lost explains its pods) is judged by the collector alone.
`

/** Rules under the names that they had before: Grafana forgets no rule by itself. */
const RENAMED = ['failed_mount', 'image_pull', 'unschedulable', 'node_not_ready', 'evictions', 'quota', 'create_refused', 'new_pattern', 'silent'] // prettier-ignore

const CONTACT_POINT = {
  orgId: 1,
  name: 'eventloom',
  // Change the address: nothing listens there. Any type of contact point will do.
  receivers: [{ uid: 'eventloom_webhook', type: 'webhook', settings: { url: 'http://127.0.0.1:9099/eventloom', httpMethod: 'POST' } }], // prettier-ignore
}

/** A file that Grafana provisions. */
export function exportToGrafana(rules: readonly AlertRule[]): string {
  const { groups, left } = grafanaRules(rules)
  const notes = left.map(({ name, why }) => `# Left out: "${name}": ${why}.\n`)
  const deleteRules = RENAMED.map((name) => ({ orgId: 1, uid: `eventloom_${name}` }))
  const file = { apiVersion: 1, contactPoints: [CONTACT_POINT], deleteRules, groups }
  return `${HEAD}${notes.join('')}${stringify(file, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false })}`
}
