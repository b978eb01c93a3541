import { stringify } from 'yaml'
import type { AlertRule } from '../alert/alert.ts'
import type { CaseResult } from '../run/alert-cases.ts'
import type { Notice } from '../api/notices.ts'
import { SECOND, type EpochMicros } from '../clock.ts'
import { formatDuration } from '../query/duration.ts'
import type { Paint } from './paint.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine } from './text.ts'

interface Shown {
  readonly columns: number
  readonly hasTitle: boolean
}

export function ruleLines(rules: readonly AlertRule[], { columns, hasTitle }: Shown): readonly string[] {
  const shown: readonly Column<AlertRule>[] = [
    { title: 'RULE', of: ({ name }) => oneLine(name) },
    { title: 'SEVERITY', of: ({ severity }) => severity },
    { title: 'FOR', of: (rule) => formatDuration(rule.for) },
    { title: 'EXPLAINED', of: ({ explain }) => oneLine(explain), cut: 'end' },
  ]
  return tableLines(rules, shown, { columns, hasTitle })
}

/** What a rule means, and its text. */
export function rulePage({ explain, source }: AlertRule): readonly string[] {
  const text = stringify({ alerts: [source] }, { lineWidth: 0 }).trimEnd()
  return [...(explain === '' ? [] : [explain, '']), ...text.split('\n')]
}

interface Counted {
  readonly fired: number
  readonly messages: number
}

interface TestedJson extends Counted {
  readonly name: string
  readonly severity: string
  readonly firing: number
  readonly medianSeconds: number | null
  readonly longestSeconds: number | null
  readonly variations: readonly (Counted & { readonly what: string })[]
  readonly alerts: readonly {
    readonly summary: string
    readonly startsAt: string
    readonly endsAt: string | null
    readonly seconds: number
    readonly isLate: boolean
    readonly isFlapping: boolean
  }[]
}

/** The answer of POST /rules/test. */
export interface TestBody {
  readonly from: string
  readonly to: string
  readonly rules: readonly TestedJson[]
  readonly notices: readonly Notice[]
}

/** Each rule in one line; of a single one every alert as well, and what another patience would change. */
export function testLines(
  { from, to, rules }: TestBody,
  { columns, hasTitle, paint }: Shown & { readonly paint: Paint; readonly now: EpochMicros },
): readonly string[] {
  const shown: readonly Column<TestedJson>[] = [
    { title: 'RULE', of: ({ name }) => oneLine(name) },
    { title: 'FIRED', of: ({ fired }) => `×${String(fired)}` },
    { title: 'STILL', of: ({ firing }) => (firing === 0 ? '' : `×${String(firing)}`) },
    { title: 'MESSAGES', of: ({ messages }) => String(messages) },
    { title: 'MEDIAN', of: ({ medianSeconds }) => lengthText(medianSeconds) },
    { title: 'LONGEST', of: ({ longestSeconds }) => lengthText(longestSeconds) },
    { title: 'OTHERWISE', of: ({ variations }) => variations.map(({ what, fired }) => `${what} ×${String(fired)}`).join(', '), cut: 'end', goes: 1 }, // prettier-ignore
  ]
  const head = hasTitle ? [`From ${from} to ${to}:`, ''] : []
  const table = tableLines(rules, shown, { columns, hasTitle })
  const [only] = rules
  if (rules.length !== 1 || only === undefined) return [...head, ...table]
  return [...head, ...table, '', ...only.alerts.map((alert) => alertText(alert, (text) => paint(only.severity, text)))]
}

function alertText(
  { startsAt, endsAt, seconds, summary, isLate, isFlapping }: TestedJson['alerts'][number],
  color: (text: string) => string,
): string {
  const words = [isFlapping ? 'flapping' : '', isLate ? 'late' : ''].filter((word) => word !== '')
  const length = endsAt === null ? `${lengthText(seconds)} and goes on` : lengthText(seconds)
  return `${startsAt}  ${length.padEnd(10)}  ${color(oneLine(summary))}${words.length === 0 ? '' : ` (${words.join(', ')})`}`
}

function lengthText(seconds: number | null): string {
  return seconds === null ? '' : formatDuration(Math.round(seconds) * SECOND)
}

export function caseLines(results: readonly CaseResult[]): readonly string[] {
  return results.flatMap(({ name, changes, wrong }) => {
    if (wrong.length === 0) return [`ok     ${name}: ${changes.length === 0 ? 'nothing' : changes.join('; ')}`]
    return [`WRONG  ${name}`, ...wrong.map((text) => `       ${text}`)]
  })
}
