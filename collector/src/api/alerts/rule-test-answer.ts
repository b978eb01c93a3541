import { z } from 'zod'
import { AlertRuleError, fillIn, type AlertRule, type Evaluation } from '../../alert/alert.ts'
import type { AlertChange } from '../../event/alert.ts'
import { DAY, MILLISECOND, SECOND, type EpochMicros } from '../../clock.ts'
import { SEVERITIES } from '../../event/words.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import { exportRequest, parseExportRequest } from '../../query/request.ts'
import { EARLIEST, formatTime, LATEST } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { count, notices, time } from '../answer-schemas.ts'
import { alertRulesOf, shippedAlerts } from './alert-language.ts'
import { backTest, type TestedRule } from './back-test.ts'

/** Alerts told of one rule, the newest; all of them are counted. */
const MOST_ALERTS = 200

const MOST_TEXT = 500_000

export const ruleTestRequest = exportRequest.pick({ from: true, to: true }).extend({
  rules: z
    .string()
    .max(MOST_TEXT, 'must have at most 500000 characters')
    .optional()
    .meta({ description: 'A file with alert rules (YAML); the shipped rules when absent' }),
  name: z.string().optional().meta({ description: 'Only the rule of this name', example: 'crash loop' }),
})

export interface RuleTestQuery {
  readonly rules: readonly AlertRule[]
  /** Null for the newest 30 days of what is stored. */
  readonly from: EpochMicros | null
  /** Null for now; of a recording its end. */
  readonly to: EpochMicros | null
}

/** @throws InvalidQueryError with every mistake, those of the rules included. */
export function parseRuleTestRequest(parameters: unknown, now: EpochMicros): RuleTestQuery {
  if (typeof parameters !== 'object' || parameters === null) throw new InvalidQueryError([{ parameter: 'body', message: 'must be an object' }]) // prettier-ignore
  const { rules: text, name, ...range } = parameters as Readonly<Record<string, unknown>>
  const wrong = ruleTestRequest.pick({ rules: true, name: true }).safeParse({ rules: text, name }).error?.issues ?? []
  if (wrong.length > 0) {
    throw new InvalidQueryError(wrong.map(({ path, message }) => ({ parameter: path.map(String).join('.'), message })))
  }
  const unknown = Object.keys(range).filter((key) => key !== 'from' && key !== 'to')
  const { from, to } = parseExportRequest(range, now)
  if (unknown.length > 0) throw new InvalidQueryError(unknown.map((parameter) => ({ parameter, message: 'there is no parameter of this name here' }))) // prettier-ignore
  const rules = readRules(text as string | undefined)
  const wanted = name === undefined ? rules : rules.filter((rule) => rule.name === name)
  if (wanted.length === 0) {
    const names = rules.map((rule) => rule.name).join(', ')
    throw new InvalidQueryError([
      { parameter: 'name', message: `there is no rule "${String(name)}". There are ${names}` },
    ])
  }
  return {
    rules: wanted,
    from: from === EARLIEST ? null : from,
    to: to === LATEST || range['to'] === undefined ? null : to,
  }
}

function readRules(text: string | undefined): readonly AlertRule[] {
  try {
    return alertRulesOf([text === undefined ? shippedAlerts() : { name: 'rules', text }])
  } catch (error) {
    if (!(error instanceof AlertRuleError)) throw error
    throw new InvalidQueryError(
      error.problems.map(({ line, column, what, fix }) => ({
        parameter: 'rules',
        message: `line ${String(line)}, column ${String(column)}: ${what} ${fix}`.trimEnd(),
      })),
    )
  }
}

const alert = z.strictObject({
  cluster: z.string(),
  labels: z.record(z.string(), z.string()).meta({ description: 'What tells it from others of its rule.' }),
  summary: z.string(),
  since: time.meta({ description: 'Since when the condition held.' }),
  startsAt: time.meta({ description: 'When it fired.' }),
  endsAt: time.nullable().meta({ description: 'Null while it fires.' }),
  seconds: z.number().meta({ description: 'How long it fired, so far where it still does.' }),
  value: count.meta({ description: 'Open problems, or occurrences, when it fired.' }),
  isLowerBound: z.boolean(),
  isFlapping: z.boolean(),
  isLate: z.boolean().meta({ description: 'It was due while nobody watched, or came to be known late.' }),
  example: z
    .strictObject({ object: z.string(), reason: z.string(), note: z.string(), id: z.string() })
    .nullable()
    .meta({ description: 'One of the things that it is about.' }),
})

const counted = { fired: count, messages: count.meta({ description: 'One when it fires, one when it is over.' }) }

export const ruleTestSchema = z.strictObject({
  from: time,
  to: time,
  rules: z.array(
    z.strictObject({
      name: z.string(),
      explain: z.string(),
      severity: z.enum(SEVERITIES),
      ...counted,
      firing: count.meta({ description: 'How many still fire at the end.' }),
      medianSeconds: z.number().nullable(),
      longestSeconds: z.number().nullable(),
      overflow: count.meta({ description: 'Alerts that were not made, since the rule has too many at once.' }),
      variations: z
        .array(z.strictObject({ what: z.string(), ...counted }))
        .meta({ description: 'The same with another patience or threshold.' }),
      alerts: z.array(alert).meta({ description: 'Oldest first; of very many the newest.' }),
    }),
  ),
  notices,
})

/** POST /rules/test: when, how often, how long and on what rules would have fired. */
export async function ruleTestAnswer(
  reader: EventReader,
  { rules, from: asked, to }: RuleTestQuery,
  now: EpochMicros,
  signal: AbortSignal,
) {
  const from = asked ?? (await usualStart(reader, now, signal))
  const tested = await backTest(reader, rules, { from, to }, now, signal)
  return {
    from: formatTime(from),
    to: formatTime(to ?? now),
    rules: tested.map((each) => ruleJson(each, from, to ?? now)),
    notices: tested.flatMap(({ rule, evaluation: { overflow } }) => {
      if (overflow === 0) return []
      const text = `The rule "${rule.name}" made as many alerts as it may, and ${String(overflow)} times another was not made: it matches too much, or groups by what has too many values.`
      return [{ severity: 'warning' as const, text }]
    }),
  }
}

/** The newest 30 days of what is stored: a recording may be old. */
async function usualStart(reader: EventReader, now: EpochMicros, signal: AbortSignal): Promise<EpochMicros> {
  const { begins, newest } = await reader.statistics(signal)
  const end = Math.min(now, newest ?? now)
  return Math.max(end - 30 * DAY, begins ?? 0)
}

function ruleJson({ rule, evaluation, variations }: TestedRule, from: EpochMicros, end: EpochMicros) {
  const alerts = alertsOf(evaluation, from)
  const lengths = alerts.map(({ change, endsAt }) => ((endsAt ?? end) - change.startsAt) / SECOND).sort((a, b) => a - b)
  return {
    name: rule.name,
    explain: rule.explain,
    severity: rule.severity,
    ...countsOf(evaluation, from),
    firing: alerts.filter(({ endsAt }) => endsAt === null).length,
    medianSeconds: lengths[Math.floor(lengths.length / 2)] ?? null,
    longestSeconds: lengths.at(-1) ?? null,
    overflow: evaluation.overflow,
    variations: variations.map(({ what, evaluation: other }) => ({ what, ...countsOf(other, from) })),
    alerts: alerts.slice(-MOST_ALERTS).map((each) => alertJson(rule, each, end)),
  }
}

interface FiredAlert {
  readonly change: AlertChange
  readonly endsAt: EpochMicros | null
}

/** Alerts that were not over before the range. */
function alertsOf({ changes }: Evaluation, from: EpochMicros): readonly FiredAlert[] {
  const going = new Map<string, { change: AlertChange; endsAt: EpochMicros | null }>()
  const alerts: { change: AlertChange; endsAt: EpochMicros | null }[] = []
  for (const change of changes) {
    const key = `${change.cluster} ${JSON.stringify(change.labels)}`
    if (change.state === 'resolved') {
      const alert = going.get(key)
      if (alert !== undefined) alert.endsAt = change.at
      going.delete(key)
    } else {
      const alert = { change, endsAt: null }
      going.set(key, alert)
      alerts.push(alert)
    }
  }
  return alerts.filter(({ endsAt }) => endsAt === null || endsAt >= from)
}

function countsOf({ changes }: Evaluation, from: EpochMicros) {
  const inRange = changes.filter(({ at }) => at >= from)
  return { fired: inRange.filter(({ state }) => state !== 'resolved').length, messages: inRange.length }
}

function alertJson(rule: AlertRule, { change, endsAt }: FiredAlert, end: EpochMicros) {
  const { cluster, labels, since, startsAt, value, isLowerBound, state, isLate, example } = change
  return {
    cluster,
    labels,
    summary: fillIn(rule.annotations['summary'] ?? [], labels, String(value)) || rule.explain || rule.name,
    since: formatTime(since),
    startsAt: formatTime(startsAt),
    endsAt: endsAt === null ? null : formatTime(endsAt),
    seconds: Math.round(((endsAt ?? Math.max(end, startsAt)) - startsAt) / MILLISECOND) / 1_000,
    value,
    isLowerBound,
    isFlapping: state === 'flapping',
    isLate,
    example,
  }
}
