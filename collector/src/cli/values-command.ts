import type { Command } from 'commander'
import type { Notice } from '../api/notices.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS } from './flags.ts'
import { present, runReading, withQuery, type Question } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine } from './text.ts'

interface Value {
  readonly value: string
  readonly occurrences: number
}

interface Body {
  readonly total: number | null
  readonly values: readonly Value[]
  readonly notices: readonly Notice[]
}

/** `eventloom values`: what a field holds. */
export function addValuesCommand(program: Command, context: Context): void {
  const command = program
    .command('values')
    .argument('<field>', 'a field, for example reason, namespace or owner.name')
    .argument('[query...]', 'Lucene text: only of these events')
    .summary('the values of a field')
    .description(
      'The values of a field with their occurrences, the most frequent first. Of labels and metadata: their keys.',
    )
  addFlags(command, [...READER_FLAGS, ...SELECTION_FLAGS, ['prefix', 'TEXT', 'only values that begin with this']])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom values reason --from -24h
  eventloom values owner.name 'severity:high' -n shop
  eventloom values metadata`,
  )
  command.action(() =>
    runReading(command, Infinity, questionOf, context, async (reading, question) => {
      const body = (await reading.answers.ask(question.name, question, reading.signal)) as Body
      await present(reading, context.errors, { ...body, notices: [...body.notices, ...moreOf(body)] }, async () => {
        const { columns, isTerminal } = reading.output
        if (body.values.length === 0 && isTerminal) return reading.output.line('No values in this range.')
        const lines = tableLines(body.values, COLUMNS, { columns, hasTitle: isTerminal })
        for (const line of lines) await reading.output.line(line)
      })
    }),
  )
}

const COLUMNS: readonly Column<Value>[] = [
  { title: 'VALUE', of: ({ value }) => oneLine(value) || '(none)', cut: 'middle' },
  { title: 'OCCURRENCES', of: ({ occurrences }) => grouped(occurrences), isRight: true },
]

function questionOf([field = '', ...texts]: readonly string[], flags: Readonly<Record<string, string>>): Question {
  return { name: 'values', path: { name: field }, parameters: withQuery([texts.join(' ')], flags) }
}

function moreOf({ total, values }: Body): readonly Notice[] {
  return total === null
    ? [{ severity: 'info', text: `The ${grouped(values.length)} most frequent; there may be more: --limit` }]
    : []
}
