import { hash } from 'node:crypto'
import type { AlertChange, Notification } from '../event/alert.ts'
import { STILL_GOING, type RecordOf } from '../event/record.ts'
import { keyOfLabels } from './labels.ts'
import type { AlertRule } from './rule.ts'
import { fillIn } from './template.ts'

/** What receivers are told of a change. @param rule null where it is no more. */
export function notificationOf(rule: AlertRule | null, change: AlertChange): Notification {
  const { labels, value, state, at } = change
  const fingerprint = hash('sha256', `${change.rule}\0${keyOfLabels(labels)}`).slice(0, 16)
  const severity = rule?.severity ?? 'info'
  const texts = Object.entries(rule?.annotations ?? {})
  return {
    ...change,
    fingerprint,
    key: hash('sha256', `${fingerprint}\0${state}\0${String(at)}`).slice(0, 32),
    severity,
    allLabels: { alertname: change.rule, severity, ...rule?.labels, ...labels },
    annotations: Object.fromEntries(texts.map(([name, text]) => [name, fillIn(text, { ...rule?.labels, ...labels }, String(value))])), // prettier-ignore
  }
}

/** The alert as history keeps it: one record from when it fired until it was over. */
export function recordOf(rule: AlertRule | null, change: AlertChange): RecordOf<'alert'> {
  const { fingerprint, annotations, severity } = notificationOf(rule, change)
  const { cluster, labels, state, since, startsAt, value, isLowerBound, isLate, example, at } = change
  const endsAt = state === 'resolved' ? at : null
  const summary = annotations['summary'] ?? (rule?.explain || change.rule)
  return {
    kind: 'alert',
    id: `a-${hash('sha256', `${fingerprint}\0${String(startsAt)}`).slice(0, 16)}`,
    revision: endsAt === null ? at : at + 1,
    from: startsAt,
    to: endsAt === null ? STILL_GOING : Math.max(endsAt, startsAt + 1),
    body: { rule: change.rule, cluster, labels, severity, summary, state, since, startsAt, endsAt, value, isLowerBound, isLate, example }, // prettier-ignore
  }
}
