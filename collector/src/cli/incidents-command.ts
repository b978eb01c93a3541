import type { Command } from 'commander'
import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import type { Notice } from '../api/notices.ts'
import { parseTime } from '../query/time.ts'
import type { Context } from './context.ts'
import { CommandError, isNotFound } from './failures.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS, type CommandFlag } from './flags.ts'
import { incidentPage } from './incident-page.ts'
import { present, runReading, type Question, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine, relative, span } from './text.ts'

interface Body extends IncidentJson {
  readonly at: string
  readonly incidents: readonly IncidentJson[]
  readonly notices: readonly Notice[]
}

const FLAGS: readonly CommandFlag[] = [
  ['at', 'TIME', 'as it was known then: RFC 3339, a date, now, -1h (default: now; of a recording, its end)'],
  ['all', null, 'also what is over'],
  ['from', 'TIME', 'with --all: leave out what ended before'],
  ['cursor', 'TEXT', 'the next page'],
  ...READER_FLAGS.filter(([name]) => !['from', 'to'].includes(name)),
]

export function addIncidentsCommand(program: Command, context: Context): void {
  const command = program
    .command('incidents')
    .argument('[id]', 'one incident, for example i-7f3a90c2b1d4')
    .summary('what broke, why, and whether it was like this before')
    .description(
      'What one person would call one outage: its likeliest cause with the evidence, whom it hits, what changed before, and when ' +
        'it was like this before. With flags that select: those with a matching problem.',
    )
  addFlags(command, [...FLAGS, ...SELECTION_FLAGS])
  command.addHelpText('after', `
Examples:
  eventloom incidents
  eventloom incidents --all --from -7d
  eventloom incidents i-7f3a90c2b1d4`) // prettier-ignore
  command.action(() =>
    runReading(command, 1, questionOf, context, async (reading, question) => {
      const isOne = question.name === 'incident'
      const body = (await reading.answers
        .ask(question.name, question, reading.signal)
        .catch(isOne ? tellUnknown(question) : undefined)) as Body
      await present(reading, context.errors, body, () => (isOne ? showOne(reading, body) : showAll(reading, body)))
    }),
  )
}

/** What is not there is looked for by a command, not by an address of the API. */
function tellUnknown({ path }: Question): (error: unknown) => never {
  return (error) => {
    if (!isNotFound(error)) throw error
    const text = `There is no incident "${path['id'] ?? ''}" at that time. List them: eventloom incidents --all`
    throw new CommandError(text, { cause: error })
  }
}

function questionOf([id]: readonly string[], parameters: Readonly<Record<string, string>>): Question {
  if (id === undefined) return { name: 'incidents', path: {}, parameters }
  return { name: 'incident', path: { id }, parameters }
}

async function showOne(reading: Reading, body: Body): Promise<void> {
  for (const line of incidentPage(body, reading)) await reading.output.line(line)
}

async function showAll({ output, paint, now, isWide }: Reading, { at, incidents }: Body): Promise<void> {
  const { isTerminal: hasTitle, columns: space } = output
  if (incidents.length === 0 && hasTitle)
    return output.line('Nothing is broken, as far as events tell. With --all: what is over.')
  const asked = parseTime(at, now) ?? now
  const time = (text: string) => parseTime(text, now) ?? now
  const ago = (text: string) => (isWide || !hasTitle ? text : relative(time(text), asked))
  const columns: readonly Column<IncidentJson>[] = [
    { title: 'ID', of: ({ id }) => id },
    { title: 'SEVERITY', of: ({ severity }) => severity, paint: (text) => paint(text.trim(), text) },
    { title: 'STATE', of: ({ state, planned }) => (planned ? `${state}, planned` : state) },
    { title: 'SINCE', of: ({ opened }) => ago(opened) },
    { title: 'FOR', of: ({ opened, ended }) => span((ended === null ? asked : time(ended)) - time(opened)), goes: 2 },
    { title: 'WHAT', of: ({ title }) => oneLine(title), cut: 'end' },
    { title: 'CAUSE', of: ({ causes }) => causes[0]?.confidence ?? 'unknown' },
    {
      title: 'BEFORE',
      of: ({ similar }) => (similar.length === 0 ? '' : `×${String(similar.length)}`),
      isRight: true,
      goes: 1,
    },
    ...(isWide ? [{ title: 'CLUSTER', of: ({ cluster }: IncidentJson) => oneLine(cluster) }] : []),
  ]
  for (const line of tableLines(incidents, columns, { columns: space, hasTitle })) await output.line(line)
}
