import type { Command } from 'commander'
import type { fieldsAnswer } from '../api/field-answers.ts'
import { closestWord } from '../event/closest-word.ts'
import type { Context } from './context.ts'
import { CommandError } from './failures.ts'
import { addFlags, READER_FLAGS } from './flags.ts'
import { present, runReading, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'

type Body = ReturnType<typeof fieldsAnswer>
type Field = Body['fields'][number]

/** `eventloom fields`: what queries may name. */
export function addFieldsCommand(program: Command, context: Context): void {
  const command = program
    .command('fields')
    .argument('[name]', 'one field')
    .summary('the fields that queries may name')
    .description('The fields that queries may name, with what they mean. Their values: eventloom values FIELD.')
  addFlags(
    command,
    READER_FLAGS.filter(([name]) => !['from', 'to', 'limit'].includes(name)),
  )
  command.addHelpText(
    'after',
    `
Examples:
  eventloom fields
  eventloom fields owner.name
  eventloom fields -o wide              with the names of ECS and OpenTelemetry`,
  )
  command.action(() => {
    let wanted: string | undefined
    const questionOf = ([name]: readonly string[], parameters: Readonly<Record<string, string>>) => {
      wanted = name
      return { name: 'fields', path: {}, parameters } as const
    }
    return runReading(command, 1, questionOf, context, async (reading, question) => {
      const all = (await reading.answers.ask(question.name, question, reading.signal)) as Body
      const body = wanted === undefined ? all : onlyNamed(all, wanted)
      await present(reading, context.errors, body, () => show(reading, body.fields))
    })
  })
}

/** @throws CommandError there is no such field. */
function onlyNamed(all: Body, wanted: string): Body {
  const fields = all.fields.filter(({ name, aliases }) => name === wanted || aliases.includes(wanted))
  if (fields.length > 0) return { ...all, total: fields.length, returned: fields.length, fields }
  const near = closestWord(
    wanted,
    all.fields.flatMap(({ name, aliases }) => [name, ...aliases]),
  )
  throw new CommandError(
    `There is no field "${wanted}". ${near === null ? 'List them: eventloom fields' : `Did you mean ${near}?`}`,
  )
}

async function show({ output, isWide }: Reading, fields: readonly Field[]): Promise<void> {
  const columns: readonly Column<Field>[] = [
    { title: 'FIELD', of: ({ name }) => name },
    { title: 'TYPE', of: ({ type }) => type },
    { title: 'ALSO', of: ({ aliases }) => aliases.join(', '), cut: 'end', goes: 1 },
    ...(isWide
      ? [
          { title: 'ECS', of: ({ ecs }: Field) => ecs ?? '' },
          { title: 'OPENTELEMETRY', of: ({ otel }: Field) => otel ?? '' },
        ]
      : []),
    {
      title: 'MEANING',
      of: ({ meaning, values = [] }) => [meaning, values.join(', ')].filter((text) => text !== '').join(' '),
      ...(isWide ? {} : { cut: 'end' }),
    },
  ]
  for (const line of tableLines(fields, columns, { columns: output.columns, hasTitle: output.isTerminal }))
    await output.line(line)
}
