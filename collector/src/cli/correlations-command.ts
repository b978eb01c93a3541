import type { Command } from 'commander'
import type { ObservationJson } from '../api/observation-json.ts'
import type { Notice } from '../api/notices.ts'
import type { EpochMicros } from '../clock.ts'
import { parseTime } from '../query/time.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS } from './flags.ts'
import type { Context } from './context.ts'
import { CommandError, isNotFound } from './failures.ts'
import { objectText } from './events-command.ts'
import { present, runReading, type Question, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine, relative, span, times } from './text.ts'

/** What is shown of a correlation. All but the ends is optional: correlation learns more with time. */
interface CorrelationJson {
  readonly id: string
  readonly firstObserved: string
  readonly lastObserved: string
  readonly cluster?: string
  readonly title?: string
  readonly severity?: string
  readonly worstSeverity?: string
  readonly problems?: readonly {
    readonly class: string
    readonly object: string
    readonly severity: string
    readonly state: string
  }[]
  readonly isOpen?: boolean
  readonly members?: number
  readonly occurrences?: number
  readonly isLowerBound?: boolean
  readonly evidence?: readonly { readonly words: string; readonly members: number }[]
}

interface Body extends CorrelationJson {
  readonly correlations: readonly CorrelationJson[]
  readonly observations: readonly ObservationJson[]
  readonly notices: readonly Notice[]
}

export function addCorrelationsCommand(program: Command, context: Context): void {
  const command = program
    .command('correlations')
    .argument('[id]', 'one group, for example c-7f3a90c2b1d4e5f6')
    .summary('what belongs together, and why')
    .description(
      'Groups of observations that belong together, and why. With flags that select: those with a matching observation.',
    )
  addFlags(command, [...READER_FLAGS, ...SELECTION_FLAGS])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom correlations --from -2h
  eventloom correlations --namespace shop --severity high,critical
  eventloom correlations c-7f3a90c2b1d4e5f6`,
  )
  command.action(() =>
    runReading(command, 1, questionOf, context, async (reading, question) => {
      const isOne = question.name === 'correlation'
      const body = (await reading.answers
        .ask(question.name, question, reading.signal)
        .catch(isOne ? tellUnknown(question) : undefined)) as Body
      const show = () => (isOne ? showOne(reading, body) : showAll(reading, body.correlations))
      await present(reading, context.errors, body, show)
    }),
  )
}

function questionOf([id]: readonly string[], parameters: Readonly<Record<string, string>>): Question {
  if (id === undefined) return { name: 'correlations', path: {}, parameters }
  return { name: 'correlation', path: { id }, parameters }
}

/** What is not there is looked for by a command, not by an address of the API. */
function tellUnknown({ path }: Question): (error: unknown) => never {
  return (error) => {
    if (!isNotFound(error)) throw error
    throw new CommandError(`There is no group "${path['id'] ?? ''}". List them: eventloom correlations`, {
      cause: error,
    })
  }
}

async function showAll({ output, paint, now, isWide }: Reading, rows: readonly CorrelationJson[]): Promise<void> {
  const { isTerminal: hasTitle, columns: space } = output
  if (rows.length === 0 && hasTitle) return output.line('No groups in this range. Try a longer one: --from -7d')
  const isExact = isWide || !hasTitle
  const columns: readonly Column<CorrelationJson>[] = [
    { title: 'ID', of: ({ id }) => id },
    { title: 'SEVERITY', of: ({ severity }) => severity ?? '-', paint: (text) => paint(text.trim(), text) },
    ...(isWide ? [{ title: 'WORST', of: ({ worstSeverity }: CorrelationJson) => worstSeverity ?? '-' }] : []),
    { title: 'WHAT', of: ({ title }) => oneLine(title ?? ''), cut: 'middle' },
    {
      title: 'EVENTS',
      of: ({ occurrences, isLowerBound }) => times(occurrences ?? 0, isLowerBound ?? false),
      isRight: true,
    },
    {
      title: 'LAST',
      of: ({ lastObserved }) => (isExact ? lastObserved : relative(timeOf(lastObserved, now), now)),
      goes: 2,
    },
    {
      title: 'LASTED',
      of: ({ firstObserved, lastObserved }) => span(timeOf(lastObserved, now) - timeOf(firstObserved, now)),
      goes: 1,
    },
    { title: 'STATE', of: ({ isOpen }) => (isOpen === true ? 'open' : 'over') },
    ...(isWide ? [{ title: 'CLUSTER', of: ({ cluster }: CorrelationJson) => cluster ?? '' }] : []),
  ]
  for (const line of tableLines(rows, columns, { columns: space, hasTitle })) await output.line(line)
}

/** The group as a story: oldest first, each line with the reason why it belongs here. */
async function showOne({ output, paint }: Reading, group: Body): Promise<void> {
  const { id, severity = '-', title = '', members = 0, occurrences = 0, isLowerBound = false } = group
  const { worstSeverity = severity, problems = [], evidence = [] } = group
  const worst = worstSeverity === severity ? '' : ` (worst: ${worstSeverity})`
  const columns: readonly Column<ObservationJson>[] = [
    { title: 'LAST', of: ({ lastObserved }) => lastObserved },
    { title: 'OBJECT', of: objectText, cut: 'middle' },
    {
      title: 'REASON',
      of: ({ reason, count, countIsLowerBound }) =>
        oneLine(count === 1 ? reason : `${reason} ${times(count, countIsLowerBound)}`),
    },
    { title: 'NOTE', of: ({ note }) => oneLine(note), cut: 'end' },
    { title: 'WHY HERE', of: ({ correlationRule }) => oneLine(correlationRule), cut: 'end', goes: 1 },
  ]
  const story = [...group.observations].sort((a, b) => (a.lastObserved < b.lastObserved ? -1 : 1))
  const lines = [
    `${id}  ${paint(severity, severity)}${worst}  ${oneLine(title)}`,
    `${grouped(members)} observations, ${times(occurrences, isLowerBound)}, ${group.firstObserved} to ${group.lastObserved}`,
    ...problems.map(
      (each) => `  ${each.state}: ${each.class} of ${oneLine(each.object)}, ${paint(each.severity, each.severity)}`,
    ),
    ...evidence.map(({ words, members: count }) => `  ${grouped(count)} × ${oneLine(words)}`),
    '',
    ...tableLines(story, columns, { columns: output.columns, hasTitle: true }),
  ]
  for (const line of lines) await output.line(line)
}

function timeOf(text: string, now: EpochMicros): EpochMicros {
  return parseTime(text, now) ?? now
}
