import type { Command } from 'commander'
import { openRunning } from './answers.ts'
import type { Context } from './context.ts'
import { CommandError, refuse } from './failures.ts'
import { addFlags, readArguments, type CommandFlag } from './flags.ts'
import type { HttpAnswers } from './http-answers.ts'
import { loadConfig } from './load-config.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine } from './text.ts'

interface ShownSilence {
  readonly id: string
  readonly matchers: readonly string[]
  readonly until: string
  readonly author: string
  readonly comment: string
  readonly isActive: boolean
}

interface Flags {
  readonly config?: string
  readonly data?: string
  readonly url?: string
  readonly tokenFile?: string
  readonly for?: string
  readonly author?: string
  readonly comment?: string
  readonly json?: true
}

const WHERE: readonly CommandFlag[] = [
  ['config', 'FILE', 'configuration (default: ./eventloom.yaml when it exists)'],
  ['data', 'DIR', 'data directory (default: of the configuration, ./data)'],
  ['url', 'URL', 'ask a running collector'],
  ['token-file', 'FILE', 'file with the token of that collector'],
  ['json', null, 'JSON'],
]

/** `eventloom silences`: alerts that nobody is told of for a while. */
export function addSilencesCommands(program: Command, context: Context): void {
  const group = program.command('silences').summary('tell nobody of some alerts for a while')
  addList(group, context)
  addAdd(group, context)
  addRemove(group, context)
}

function addList(group: Command, context: Context): void {
  const command = group.command('list').description('Lists silences: which alerts, until when, by whom and why.')
  addFlags(command, WHERE)
  command.action(async () => {
    refuse(readArguments(command, 0).problems)
    const options = command.opts<Flags>()
    const { silences } = (await asked(options, context, (running) => running.change('GET', '/silences', undefined, context.terminal.signal))) as { readonly silences: readonly ShownSilence[] } // prettier-ignore
    if (options.json === true) return context.output.line(JSON.stringify({ silences }, null, 1))
    const look = { columns: context.output.columns, hasTitle: context.output.isTerminal }
    for (const line of tableLines(silences, COLUMNS, look)) await context.output.line(line)
    if (silences.length === 0) await context.errors.line('Nothing is silenced.')
  })
}

function addAdd(group: Command, context: Context): void {
  const { output, terminal } = context
  const command = group
    .command('add')
    .argument('<matcher...>', 'conditions on labels that must all hold')
    .description('Silences alerts from now on. They fire all the same; what still fires at the end is told then.')
  addFlags(command, [
    ['for', 'TIME', 'how long: 30m, 2h, 7d (default: 1h)'],
    ['author', 'NAME', 'who (default: $USER)'],
    ['comment', 'TEXT', 'why'],
    ...WHERE,
  ])
  command.addHelpText(
    'after',
    `\nExamples:\n  eventloom silences add 'namespace="shop"' 'alertname=~"crash.*"' --for 2h --comment 'release'`,
  )
  command.action(async () => {
    const { words, problems } = readArguments(command, Infinity)
    const options = command.opts<Flags>()
    const author = options.author ?? terminal.environment['USER'] ?? ''
    refuse([
      ...problems,
      ...(words.length === 0 ? [`Say which alerts, for example 'namespace="shop"'.`] : []),
      ...(author === '' ? ['--author: say who silences.'] : []),
      ...(options.comment === undefined ? ['--comment: say why, for who wonders later.'] : []),
    ])
    const body = { matchers: words, for: options.for ?? '1h', author, comment: options.comment }
    const silence = (await asked(options, context, (running) =>
      running.change('POST', '/silences', body, terminal.signal),
    )) as ShownSilence
    await output.line(options.json === true ? JSON.stringify(silence) : `${silence.id}: silent until ${silence.until}`)
  })
}

function addRemove(group: Command, context: Context): void {
  const command = group.command('remove').argument('<id>', 'of the silence').description('Ends a silence now.')
  addFlags(command, WHERE)
  command.action(async () => {
    const { words, problems } = readArguments(command, 1)
    const [id = ''] = words
    refuse([...problems, ...(id === '' ? ['Name the silence: eventloom silences list'] : [])])
    const options = command.opts<Flags>()
    const path = `/silences/${encodeURIComponent(id)}`
    const silence = await asked(options, context, (running) =>
      running.change('DELETE', path, undefined, context.terminal.signal),
    )
    await context.output.line(options.json === true ? JSON.stringify(silence) : `${id} is over.`)
  })
}

/** Silences are a matter of the collector that tells: they live with what waits to be told. */
async function asked<T>(options: Flags, { terminal }: Context, ask: (running: HttpAnswers) => Promise<T>): Promise<T> {
  const config = await loadConfig(options, terminal)
  const running = await openRunning({ url: options.url ?? null, tokenFile: options.tokenFile ?? null, config })
  if (running === null)
    throw new CommandError(
      `No collector runs on ${config.data}. Start one with "eventloom run", or name one with --url URL.`,
    )
  try {
    return await ask(running)
  } finally {
    await running.close()
  }
}

const COLUMNS: readonly Column<ShownSilence>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'UNTIL', of: ({ until, isActive }) => (isActive ? until : `${until} (over)`) },
  { title: 'WHICH', of: ({ matchers }) => oneLine(matchers.join(' ')), cut: 'end' },
  { title: 'BY', of: ({ author }) => oneLine(author), cut: 'end' },
  { title: 'WHY', of: ({ comment }) => oneLine(comment), cut: 'end' },
]
