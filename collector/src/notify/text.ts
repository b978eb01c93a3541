import { MILLISECOND, type EpochMicros } from '../clock.ts'
import type { Notification } from '../event/alert.ts'
import { severityRank, type Severity } from '../event/words.ts'
import { isFiring, type Message } from './message.ts'

/** Alerts that a text lists; the others are counted. */
const MOST_LISTED = 20
/** Longest title; PagerDuty cuts at 1024 characters, mail programs much earlier. */
const MOST_TITLE = 200

/** The last that is known of one alert in a message. */
export interface Entry {
  readonly notification: Notification
  readonly heading: string
  readonly text: string
}

export interface MessageText {
  readonly status: 'firing' | 'resolved'
  /** Of what fires, else of what did. */
  readonly severity: Severity
  readonly title: string
  readonly entries: readonly Entry[]
  /** Alerts that are not among the entries. */
  readonly more: number
}

/** A message in words, plain text. */
export function textOf(message: Message): MessageText {
  const newest = new Map(message.changes.map((change) => [change.fingerprint, change]))
  // Longest words first would bury what still fires.
  const all = [...newest.values()].sort((a, b) => Number(isFiring(b)) - Number(isFiring(a)) || rankOf(b) - rankOf(a))
  const entries = all.slice(0, MOST_LISTED).map(entryOf)
  const status = message.firing.length > 0 ? 'firing' : 'resolved'
  const worst = (message.firing.length > 0 ? message.firing : all).reduce(
    (most, each) => (rankOf(each) > severityRank(most) ? each.severity : most),
    'info' as Severity,
  )
  return { status, severity: worst, title: titleOf(message, all, status), entries, more: all.length - entries.length }
}

/** Everything as one text. */
export function plainText(message: Message): string {
  const { title, entries, more } = textOf(message)
  const rest = more === 0 ? [] : [`and ${more} more`]
  return [title, ...entries.map(({ heading, text }) => `${heading}\n${text}`), ...rest].join('\n\n')
}

/** `[firing: 2] crash loop, image cannot be pulled · prod shop` */
function titleOf({ group, firing, isRepeat }: Message, all: readonly Notification[], status: string): string {
  const rules = [...new Set(all.map(({ rule }) => rule))]
  const named = rules.length > 3 ? [...rules.slice(0, 3), `and ${rules.length - 3} more`] : rules
  const { cluster = all[0]?.cluster, namespace, ...others } = group.labels
  const where = 'alertname' in others ? [cluster, namespace] : [cluster, namespace, ...Object.values(others)]
  const count = firing.length > 0 ? `${isRepeat ? 'still ' : ''}firing: ${firing.length}` : status
  const place = where.filter((word) => word !== undefined && word !== '').join(' ')
  return cut(`[${count}] ${named.join(', ')}${place === '' ? '' : ` · ${place}`}`, MOST_TITLE)
}

function entryOf(notification: Notification): Entry {
  const { rule, state, severity, annotations, example, value, isLowerBound, isLate, startsAt, at } = notification
  const { summary = rule, description, runbook_url: runbook } = annotations
  const times = isFiring(notification) ? `since ${timeText(startsAt)}` : `${timeText(startsAt)} to ${timeText(at)}`
  const late = isLate ? ', noticed late' : ''
  const seen =
    example === null ? [] : [`${example.object}: ${example.reason}${example.note === '' ? '' : `: ${example.note}`}`]
  const count = value > 1 && isFiring(notification) ? [`${isLowerBound ? 'at least ' : ''}${value}`] : []
  const lines = [
    ...(description === undefined || !isFiring(notification) ? [] : [description]),
    ...seen,
    [times + late, ...count].join(', '),
    ...(runbook === undefined ? [] : [runbook]),
  ]
  return { notification, heading: `${state.toUpperCase()} (${severity}): ${summary}`, text: lines.join('\n') }
}

export function timeText(time: EpochMicros): string {
  return new Date(time / MILLISECOND).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** By UTF-16 units, never inside a character. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

function rankOf({ severity }: Notification): number {
  return severityRank(severity)
}

/** A change as programs read it: times as text. */
export function changeJson(change: Notification): object {
  const { at, due, startsAt, since, example, ...rest } = change
  const endsAt = isFiring(change) ? null : timeText(at)
  return {
    ...rest,
    at: timeText(at),
    due: timeText(due),
    since: timeText(since),
    startsAt: timeText(startsAt),
    endsAt,
    example,
  }
}

/** A message as programs read it. */
export function messageJson(message: Message): object {
  const { status, severity, title } = textOf(message)
  const { id, group, changes, firing, isRepeat } = message
  return {
    id,
    status,
    severity,
    title,
    group: group.labels,
    isRepeat,
    firing: firing.length,
    changes: changes.map(changeJson),
  }
}
