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
  const { rank, confidence, words, explains } = cause
  const head = `${String(rank)}. ${confidence}: ${words}${explains > 1 ? ` (explains ${String(explains)} problems)` : ''}`
  const branches = branchesOf(cause, problems)
  const shown = branches.slice(0, MOST_BRANCHES)
  const left = branches.length - shown.length
  return [
    ...wrapped(oneLine(head), columns, 3),
    ...drawn(shown, '   ', columns),
    ...(left === 0 ? [] : [`   and ${String(left)} more: --json`]),
  ]
}

/** What says so, the cause's own object first, with what that led to below; and what leads on of which no evidence says more. */
function branchesOf({ object, evidence }: CauseJson, problems: IncidentJson['problems']): readonly Branch[] {
  const isOwn = ({ to }: EvidenceJson) => objectOf(to) === placeOf(object)
  const said = evidence.filter(({ rule }) => rule === 'says').toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)))
  const led = evidence.filter(({ rule }) => rule !== 'says')
  const tellers = Map.groupBy(said, ({ to }) => troubleOf(to))
  const shown = new Set(tellers.keys())
  const roots = [...tellers].map(([trouble, [first, ...others]]): Branch => {
    const to = first?.to ?? ''
    const who = `${objectOf(to)}${others.length > 0 ? ' and others' : ''}`
    return { text: `${classOf(to)} (${who}): ${first?.words ?? ''}`, below: below(trouble, led, shown) }
  })
  const targets = new Set(led.map(({ to }) => troubleOf(to)))
  const further = new Map(led.map(({ from }) => [troubleOf(from), from]))
  const untold = [...further]
    .filter(([trouble]) => !tellers.has(trouble) && !targets.has(trouble))
    .map(([trouble, from]): Branch => {
      const note = problems.find((each) => `${each.object.kind} ${each.class}` === trouble)?.note ?? ''
      return { text: `${classOf(from)} (${objectOf(from)}): ${note}`, below: below(trouble, led, shown) }
    })
  return [...roots, ...untold]
}

/** What one trouble led to, as far as it is not shown yet. */
function below(trouble: string, led: readonly EvidenceJson[], shown: Set<string>, depth = 1): readonly Branch[] {
  if (depth > DEEPEST) return []
  return led
    .filter(({ from }) => troubleOf(from) === trouble)
    .toSorted((a, b) => a.lagSeconds - b.lagSeconds)
    .flatMap(({ to, words, lagSeconds }): readonly Branch[] => {
      const next = troubleOf(to)
      if (shown.has(next)) return []
      shown.add(next)
      const when = lagSeconds <= 0 ? 'at the same time' : `${String(lagSeconds)} s later`
      return [{ text: `${when} ${classOf(to)} (${objectOf(to)}): ${words}`, below: below(next, led, shown, depth + 1) }]
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

/** What a branch is made of: the trouble, of objects of one kind. */
function troubleOf(text: string): string {
  return `${text.slice(0, text.indexOf(' '))} ${classOf(text)}`
}

function placeOf({ kind, namespace, name }: CauseJson['object']): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}
