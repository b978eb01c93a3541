import { parseTime } from '../query/time.ts'
import type { EpochMicros } from '../clock.ts'
import type { Paint } from './paint.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine, relative, span, times } from './text.ts'

/** What is shown of a problem. */
export interface ProblemJson {
  readonly cluster: string
  readonly object: { readonly kind: string; readonly namespace: string; readonly name: string }
  readonly workload: { readonly kind: string; readonly namespace: string; readonly name: string }
  readonly node: string
  readonly class: string
  readonly thing: { readonly kind: string; readonly name: string; readonly detail: string } | null
  readonly state: 'open' | 'quiet' | 'over'
  readonly unseen: boolean
  readonly since: string
  readonly endedBy: { readonly how: string } | null
  readonly severity: string
  readonly firstObserved: string
  readonly lastObserved: string
  readonly occurrences: number
  readonly isLowerBound: boolean
  readonly objects: { readonly open: number; readonly all: number }
  readonly note: string
}

export interface ProblemLook {
  readonly columns: number
  readonly now: EpochMicros
  readonly paint: Paint
  /** Off on a pipe: then times are exact as well. */
  readonly hasTitle: boolean
  readonly isWide?: boolean
}

/** Problems as a table, as they are at `at`. */
export function problemLines(
  problems: readonly ProblemJson[],
  at: string,
  { columns: space, now, paint, hasTitle, isWide = false }: ProblemLook,
): readonly string[] {
  const asked = parseTime(at, now) ?? now
  const ago = (text: string) => (isWide || !hasTitle ? text : relative(parseTime(text, now) ?? now, asked))
  const columns: readonly Column<ProblemJson>[] = [
    { title: 'SEVERITY', of: ({ severity }) => severity, paint: (text) => paint(text.trim(), text) },
    { title: 'PROBLEM', of: (problem) => oneLine(problem.class) },
    { title: 'WHERE', of: whereText, cut: 'middle' },
    { title: 'STATE', of: stateText },
    {
      title: 'FOR',
      of: ({ firstObserved, lastObserved, state }) => lasted(firstObserved, state === 'over' ? lastObserved : at, now),
    },
    { title: 'SEEN', of: ({ occurrences, isLowerBound }) => times(occurrences, isLowerBound), isRight: true, goes: 1 },
    { title: 'LAST', of: ({ lastObserved }) => ago(lastObserved), goes: 2 },
    ...(isWide ? [{ title: 'CLUSTER', of: ({ cluster }: ProblemJson) => oneLine(cluster) }] : []),
    { title: 'NOTE', of: ({ note }) => oneLine(note), cut: 'end', goes: 3 },
  ]
  return tableLines(problems, columns, { columns: space, hasTitle })
}

/** `shop/payments (2 of 5 pods)`, `Node worker-2`. */
export function whereText({
  object,
  workload,
  objects,
  state,
}: Pick<ProblemJson, 'object' | 'workload' | 'objects' | 'state'>): string {
  const isOwned = workload.kind !== '' && (workload.kind !== object.kind || workload.name !== object.name)
  const { kind, namespace, name } = isOwned ? workload : object
  const place = namespace === '' ? `${kind} ${name}` : `${namespace}/${name}`
  if (objects.all === 1 && !isOwned) return oneLine(place)
  const shown =
    state === 'over' || objects.open === objects.all
      ? String(objects.all)
      : `${String(objects.open)} of ${String(objects.all)}`
  return oneLine(`${place} (${shown} ${object.kind.toLowerCase()}${objects.all === 1 ? '' : 's'})`)
}

function stateText({ state, endedBy, unseen }: ProblemJson): string {
  if (endedBy !== null) return `over (${endedBy.how})`
  return unseen ? `${state}, unseen` : state
}

function lasted(from: string, to: string, now: EpochMicros): string {
  return span((parseTime(to, now) ?? now) - (parseTime(from, now) ?? now))
}
