import type { Command } from 'commander'
import type { Notice } from '../api/notices.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS } from './flags.ts'
import { present, runReading, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine } from './text.ts'

interface AlertJson {
  readonly rule: string
  readonly severity: string
  readonly summary: string
  readonly state: string
  readonly startsAt: string
  readonly endsAt: string | null
  readonly isLate: boolean
}

interface Body {
  readonly alerts: readonly AlertJson[]
  readonly notices: readonly Notice[]
}

export function addAlertsCommand(program: Command, context: Context): void {
  const command = program
    .command('alerts')
    .summary('what alert rules tell, and told')
    .description('Alerts: what fires comes first, then what is over. The rules themselves: eventloom rules.')
  addFlags(command, READER_FLAGS)
  command.addHelpText('after', '\nExamples:\n  eventloom alerts\n  eventloom alerts --from -7d --limit 20')
  command.action(() =>
    runReading(
      command,
      0,
      (_, parameters) => ({ name: 'alerts', path: {}, parameters }),
      context,
      async (reading, question) => {
        const body = (await reading.answers.ask(question.name, question, reading.signal)) as Body
        await present(reading, context.errors, body, () => show(reading, body))
      },
    ),
  )
}

async function show({ output, paint }: Reading, { alerts }: Body): Promise<void> {
  const { isTerminal: hasTitle, columns } = output
  if (alerts.length === 0 && hasTitle) return output.line('No alert rule has fired.')
  const shown: readonly Column<AlertJson>[] = [
    { title: 'SEVERITY', of: ({ severity }) => severity, paint: (text, { severity }) => paint(severity, text) },
    { title: 'STATE', of: ({ state, isLate }) => (isLate ? `${state}, late` : state) },
    { title: 'FIRED', of: ({ startsAt }) => startsAt },
    { title: 'OVER', of: ({ endsAt }) => endsAt ?? '' },
    { title: 'RULE', of: ({ rule }) => oneLine(rule) },
    { title: 'WHAT', of: ({ summary }) => oneLine(summary), cut: 'end' },
  ]
  for (const line of tableLines(alerts, shown, { columns, hasTitle })) await output.line(line)
}
