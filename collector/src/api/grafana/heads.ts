import { cellColors } from './colors.ts'
import type { Column } from './frame.ts'

/** What people read above a column, by its name. */
const HEADS: Readonly<Record<string, string>> = {
  lasted: 'Lasted', part: 'Of what', score: 'How alike', when: 'When', words: 'What events tell', active: 'Open (1) or over (0)', action: 'Action', before: 'Before', category: 'Category', cause: 'Cause', causeObject: 'Whose fault', causes: 'Causes', confidence: 'How sure', incident: 'What broke', opened: 'Since', problems: 'Problems', similar: 'Times before', workloads: 'Who suffers', change: 'Change', cluster: 'Cluster', complete: 'Complete (1 or 0)',
  container: 'Container',   correlationId: 'Related events', count: 'Count', 'ended by': 'Ended by', eventNamespace: 'Namespace of the event', events: 'Events',
  example: 'Example', first: 'First', firstObserved: 'First', gapP50: 'Median gap', gapP95: '95 of 100 gaps are shorter', last: 'Last',
  lastObserved: 'Last', maxSeverity: 'Worst severity', namespace: 'Namespace', nextExpected: 'Next expected', node: 'Node', note: 'Note', planned: 'Planned',
  object: 'Object', objects: 'Objects', observations: 'Versions', occurrences: 'Occurrences', 'owner.kind': 'Workload kind',
  'owner.name': 'Workload', pattern: 'Pattern', period: 'Every', problem: 'Problem', rate: 'Rate', ratePerMinute: 'Rate', reason: 'Reason',
  'regarding.kind': 'Kind', 'regarding.name': 'Object', reportingController: 'Reporter', reportingInstance: 'Reporting instance', rule: 'Rule',
  severity: 'Severity', source: 'Source', state: 'State', template: 'Says', thing: 'Over what', title: 'What happened', traits: 'Traits',
  type: 'Type', watched: 'Watched (1 or 0)', workload: 'Workload', worstSeverity: 'Worst severity',
} // prettier-ignore

const UNITS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  gapP50: { unit: 's' },
  lasted: { unit: 's' },
  score: { unit: 'percentunit', decimals: 0 },
  gapP95: { unit: 's' },
  period: { unit: 's' },
  rate: { unit: 'suffix:/min', decimals: 2 },
  ratePerMinute: { unit: 'suffix:/min', decimals: 2 },
}

/** A column of a table as people read it: its head is a word, its unit stands behind numbers. Filters and links go by its own name. */
export function withHead(column: Column): Column {
  const head = HEADS[column.name]
  const named = head === undefined ? {} : { displayNameFromDS: head }
  return { ...column, config: { ...named, ...UNITS[column.name], ...cellColors(column.name), ...column.config } }
}
