import type { Command } from 'commander'
import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import type { SimilarJson } from '../api/incidents/similar-schemas.ts'
import type { Notice } from '../api/notices.ts'
import type { Context } from './context.ts'
import { CommandError, isNotFound } from './failures.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS, type CommandFlag } from './flags.ts'
import { incidentPage } from './incident-page.ts'
import { incidentLines } from './incident-table.ts'
import { present, runReading, withQuery, type Question, type Reading } from './reading.ts'

interface Body extends IncidentJson {
  readonly at: string
  readonly incidents: readonly IncidentJson[]
  readonly notices: readonly Notice[]
}

const FLAGS: readonly CommandFlag[] = [
  ['at', 'TIME', 'as it was known then: RFC 3339, a date, now, -1h (default: now; of a recording, its end)'],
  ['all', null, 'also what is over, and what is planned'],
  ['planned', null, 'only what is planned: drains, scale-downs and rollouts that go well'],
  ['from', 'TIME', 'with --all: leave out what ended before'],
  ['cursor', 'TEXT', 'the next page'],
  ...READER_FLAGS.filter(([name]) => !['from', 'to'].includes(name)),
]

export function addIncidentsCommand(program: Command, context: Context): void {
  const command = program
    .command('incidents')
    .argument(
      '[id-or-query]',
      'one incident, for example i-7f3a90c2b1d4; or Lucene text: those with a matching problem',
    )
    .summary('what broke, why, and whether it was like this before')
    .description(
      'What one person would call one outage: its likeliest cause with the evidence, whom it hits, what changed before, and when ' +
        'it was like this before. With flags that select: those with a matching problem.',
    )
  addFlags(command, [...FLAGS, ...SELECTION_FLAGS])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom incidents
  eventloom incidents --all --from -7d
  eventloom incidents 'owner.name:payments' --all
  eventloom incidents i-7f3a90c2b1d4`,
  )
  command.action(() =>
    runReading(command, 1, questionOf, context, async (reading, question) => {
      const isOne = question.name === 'incident'
      const body = (await reading.answers
        .ask(question.name, question, reading.signal)
        .catch(isOne ? tellUnknown(question) : undefined)) as Body
      await present(reading, context.errors, body, () =>
        isOne ? showOne(reading, question, body) : showAll(reading, body),
      )
    }),
  )
}

/** What is not there is looked for by a command, not by an address of the API. */
export function tellUnknown({ path }: Question): (error: unknown) => never {
  return (error) => {
    if (!isNotFound(error)) throw error
    const text = `There is no incident "${path['id'] ?? ''}" at that time. List them: eventloom incidents --all`
    throw new CommandError(text, { cause: error })
  }
}

/** As the API makes ids: no field of the query language is called so. */
const ID = /^i-[A-Za-z0-9_-]+$/

function questionOf([word]: readonly string[], parameters: Readonly<Record<string, string>>): Question {
  if (word !== undefined && ID.test(word)) return { name: 'incident', path: { id: word }, parameters }
  return { name: 'incidents', path: {}, parameters: withQuery([word ?? ''], parameters) }
}

async function showOne(reading: Reading, question: Question, body: Body): Promise<void> {
  const similar = await askSimilar(reading, question)
  for (const line of incidentPage(body, similar, reading)) await reading.output.line(line)
}

/** Null where an older collector answers, which does not know the question. */
async function askSimilar({ answers, signal }: Reading, question: Question): Promise<SimilarJson | null> {
  try {
    return (await answers.ask('similar', question, signal)) as SimilarJson
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

async function showAll({ output, paint, now, isWide }: Reading, { at, incidents }: Body): Promise<void> {
  const { isTerminal: hasTitle, columns } = output
  if (incidents.length === 0 && hasTitle)
    return output.line('Nothing is broken, as far as events tell. With --all: what is over.')
  for (const line of incidentLines(incidents, at, { columns, now, paint, hasTitle, isWide })) await output.line(line)
}
