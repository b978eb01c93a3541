import { SEVERITIES, type Severity } from '../../event/words.ts'

/** The words of Grafana's log levels that we use, mildest first. */
export const LEVELS = ['info', 'warning', 'error', 'critical'] as const
export type Level = (typeof LEVELS)[number]

const LEVEL_OF: Readonly<Record<Severity, Level>> = {
  info: 'info',
  low: 'info',
  medium: 'warning',
  high: 'error',
  critical: 'critical',
}

/**
 * Grafana's level for a severity. Never empty: of a row without level Grafana looks for words such as "error" in the text.
 * `high`, `medium` and `low` are no levels there, so each needs a word of Grafana's own.
 */
export function levelOf(severity: Severity): Level {
  return LEVEL_OF[severity]
}

/** The severities that a level stands for; none for a word that is no level of ours. */
export function severitiesOf(level: string): readonly Severity[] {
  return SEVERITIES.filter((severity) => LEVEL_OF[severity] === level)
}
