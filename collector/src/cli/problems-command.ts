import type { Command } from 'commander'
import type { Notice } from '../api/notices.ts'
import type { EpochMicros } from '../clock.ts'
import { parseTime } from '../query/time.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS, type Flag } from './flags.ts'
import { runReading, tellNotices, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine, relative, span, times } from './text.ts'

/** What is shown of a problem. */
interface ProblemJson {
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

interface Body {
  readonly at: string
  readonly problems: readonly ProblemJson[]
  readonly notices: readonly Notice[]
}

const FLAGS: readonly Flag[] = [
  ['at', 'TIME', 'as it was known then: RFC 3339, a date, now, -1h (default: now; of a recording, its end)'],
  ['all', null, 'also what is over'],
  ['each', null, 'every object by itself, not one row for a workload and its trouble'],
  ['from', 'TIME', 'with --all: leave out what ended before'],
  ['cursor', 'TEXT', 'the next page'],
  ...READER_FLAGS.filter(([name]) => !['from', 'to'].includes(name)),
]

export function addProblemsCommand(program: Command, context: Context): void {
  const command = program
    .command('problems')
    .argument('[query]', 'Lucene text: only these')
    .summary('what is wrong now, or was at a time')
    .description(
      'What is wrong: most important first, one row for a workload and its trouble. A quiet problem was not told of for longer ' +
        'than usual, and is there as far as one knows.',
    )
  addFlags(command, [...FLAGS, ...SELECTION_FLAGS])
  command.addHelpText('after', `
Examples:
  eventloom problems
  eventloom problems --namespace shop --each
  eventloom problems --at 2026-11-25T02:50:00Z --all --from 2026-11-25`) // prettier-ignore
  command.action(() =>
    runReading(
      command,
      1,
      ([query], parameters) => ({
        name: 'problems',
        path: {},
        parameters: query === undefined ? parameters : { query, ...parameters },
      }),
      context,
      async (reading, question) => {
        const body = (await reading.answers.ask(question.name, question, reading.signal)) as Body
        if (reading.isJson) await reading.output.line(JSON.stringify(body, null, 1))
        else await show(reading, body)
        await tellNotices(context.errors, body.notices)
      },
    ),
  )
}

async function show({ output, paint, isWide, now }: Reading, { at, problems }: Body): Promise<void> {
  const { isTerminal: hasTitle, columns: space } = output
  if (problems.length === 0 && hasTitle)
    return output.line('Nothing is wrong, as far as events tell. With --all: what is over.')
  const asked = parseTime(at, now) ?? now
  const ago = (text: string) => (isWide || !hasTitle ? text : relative(parseTime(text, now) ?? now, asked))
  const columns: readonly Column<ProblemJson>[] = [
    { title: 'SEVERITY', of: ({ severity }) => severity, paint: (text) => paint(text.trim(), text) },
    { title: 'PROBLEM', of: (problem) => oneLine(problem.class) },
    { title: 'WHERE', of: whereText, canShrink: true },
    { title: 'STATE', of: stateText },
    {
      title: 'FOR',
      of: ({ firstObserved, lastObserved, state }) => lasted(firstObserved, state === 'over' ? lastObserved : at, now),
    },
    { title: 'SEEN', of: ({ occurrences, isLowerBound }) => times(occurrences, isLowerBound), isRight: true },
    { title: 'LAST', of: ({ lastObserved }) => ago(lastObserved) },
    ...(isWide ? [{ title: 'CLUSTER', of: ({ cluster }: ProblemJson) => oneLine(cluster) }] : []),
    { title: 'NOTE', of: ({ note }) => oneLine(note), canShrink: true },
  ]
  for (const line of tableLines(problems, columns, { columns: space, hasTitle })) await output.line(line)
}

/** `shop/payments (2 of 5 pods)`, `Node worker-2`. */
function whereText({ object, workload, objects, state }: ProblemJson): string {
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
