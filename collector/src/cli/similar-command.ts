import type { Command } from 'commander'
import type { SimilarJson } from '../api/incidents/similar-schemas.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS, type CommandFlag } from './flags.ts'
import { tellUnknown } from './incidents-command.ts'
import { present, runReading, type Question } from './reading.ts'
import { similarLines } from './similar-lines.ts'

const FLAGS: readonly CommandFlag[] = [
  ['at', 'TIME', 'as it was known then: RFC 3339, a date, now, -1h (default: now; of a recording, its end)'],
  ['query', 'TEXT', 'Lucene text: ordinary events that are counted before each (default: scaling where it happened)'],
  ['timezone', 'ZONE', 'zone of hours and weekdays (default: UTC)'],
  ...READER_FLAGS.filter(([name]) => !['from', 'to', 'wide'].includes(name)),
]

export function addSimilarCommand(program: Command, context: Context): void {
  const command = program
    .command('similar')
    .argument('<id>', 'an incident, for example i-7f3a90c2b1d4')
    .summary('when it was like this before')
    .description(
      'Earlier incidents that were like one: how often, when, what ended them, and whether ordinary events had a peak before each.',
    )
  addFlags(command, FLAGS)
  command.addHelpText(
    'after',
    `
Examples:
  eventloom similar i-7f3a90c2b1d4
  eventloom similar i-7f3a90c2b1d4 --query reason:SuccessfulRescale --timezone Europe/Berlin`,
  )
  command.action(() =>
    runReading(command, 1, questionOf, context, async (reading, question) => {
      const { answers, signal, output } = reading
      const asked = answers.ask('similar', question, signal).catch(tellUnknown(question))
      const answer = (await asked) as SimilarJson
      await present(reading, context.errors, answer, async () => {
        for (const line of similarLines(answer, output.columns)) await output.line(line)
      })
    }),
  )
}

function questionOf([id = '']: readonly string[], parameters: Readonly<Record<string, string>>): Question {
  return { name: 'similar', path: { id }, parameters }
}
