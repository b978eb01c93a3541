import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import { cutEnd, oneLine, wrapped } from './text.ts'

type CauseJson = IncidentJson['causes'][number]
type EvidenceJson = CauseJson['evidence'][number]

/** Lines that one piece of evidence may take: --json has all of it. */
const MOST_LINES = 2

/** Branches below one cause, and how deep they go. */
const MOST_BRANCHES = 8
const DEEPEST = 4

interface Branch {
  readonly text: string
  readonly below: readonly Branch[]
}

/**
 * A cause with what tells of it, and what it led to: troubles alike are one branch, told once.
 *
 * @param problems of the incident, for what evidence does not tell of them.
 * @param columns of the terminal.
 */
export function causeTree(cause: CauseJson, problems: IncidentJson['problems'], columns: number): readonly string[] {
  const { rank, confidence, words, explains, evidence } = cause
  const head = `${String(rank)}. ${confidence}: ${words}${explains > 1 ? ` (explains ${String(explains)} problems)` : ''}`
  const branches = branchesOf(evidence, problems)
  const shown = branches.slice(0, MOST_BRANCHES)
  const left = branches.length - shown.length
  return [
    ...wrapped(oneLine(head), columns, 3),
    ...drawn(shown, '   ', columns),
    ...(left === 0 ? [] : [`   and ${String(left)} more: --json`]),
  ]
}

/** What says so, by its trouble, with what that led to below; and what leads on of which no evidence says more. */
function branchesOf(evidence: readonly EvidenceJson[], problems: IncidentJson['problems']): readonly Branch[] {
  const said = evidence.filter(({ rule }) => rule === 'says')
  const led = evidence.filter(({ rule }) => rule !== 'says')
  const tellers = Map.groupBy(said, ({ to }) => classOf(to))
  const shown = new Set(tellers.keys())
  const roots = [...tellers].map(([trouble, [first, ...others]]): Branch => {
    const who = `${objectOf(first?.to ?? '')}${others.length > 0 ? ' and others' : ''}`
    return { text: `${trouble} (${who}): ${first?.words ?? ''}`, below: below(trouble, led, shown) }
  })
  const targets = new Set(led.map(({ to }) => classOf(to)))
  const further = [...new Set(led.map(({ from }) => classOf(from)))].filter(
    (trouble) => !tellers.has(trouble) && !targets.has(trouble),
  )
  const untold = further.map((trouble): Branch => {
    const from = led.find((edge) => classOf(edge.from) === trouble)?.from ?? ''
    const note = problems.find((problem) => problem.class === trouble)?.note ?? ''
    return { text: `${trouble} (${objectOf(from)}): ${note}`, below: below(trouble, led, shown) }
  })
  return [...roots, ...untold]
}

/** What one trouble led to, as far as it is not shown yet. */
function below(trouble: string, led: readonly EvidenceJson[], shown: Set<string>, depth = 1): readonly Branch[] {
  if (depth > DEEPEST) return []
  return led
    .filter(({ from }) => classOf(from) === trouble)
    .toSorted((a, b) => a.lagSeconds - b.lagSeconds)
    .flatMap(({ to, words, lagSeconds }): readonly Branch[] => {
      const next = classOf(to)
      if (shown.has(next)) return []
      shown.add(next)
      const when = lagSeconds <= 0 ? 'at the same time' : `${String(lagSeconds)} s later`
      return [{ text: `${when} ${next} (${objectOf(to)}): ${words}`, below: below(next, led, shown, depth + 1) }]
    })
}

function drawn(branches: readonly Branch[], indent: string, columns: number): readonly string[] {
  return branches.flatMap(({ text, below: inner }, place) => {
    const isLast = place === branches.length - 1
    const next = `${indent}${isLast ? '   ' : '│  '}`
    const room = columns - indent.length - 3
    const lines = wrapped(cutEnd(oneLine(text), MOST_LINES * room - 8), room, 0)
    return [
      ...lines.map((line, row) => (row === 0 ? `${indent}${isLast ? '└─ ' : '├─ '}${line}` : `${next}${line}`)),
      ...drawn(inner, next, columns),
    ]
  })
}

/** `Pod shop/api-1: CrashLoopBackOff`: a class has no colon in it. */
function classOf(text: string): string {
  return text.slice(text.lastIndexOf(': ') + 2)
}

function objectOf(text: string): string {
  return text.slice(0, Math.max(0, text.lastIndexOf(': ')))
}
