import type { Command } from 'commander'
import { problemDetailsOf } from '../api/problem-details.ts'
import type { AskEndpoint } from '../mcp/mcp.ts'
import { openAnswers, type Where } from './answers.ts'
import type { Context } from './context.ts'
import { describeFailure, refuse } from './failures.ts'
import { addFlags, READER_FLAGS, readArguments } from './flags.ts'
import { loadConfig } from './load-config.ts'
import type { ReadingOptions } from './reading.ts'

const FLAGS = ['data', 'url', 'token-file', 'config']

export function addMcpCommand(program: Command, context: Context): void {
  const command = program
    .command('mcp')
    .summary('answer the questions of an assistant (Model Context Protocol)')
    .description(
      'Speaks the Model Context Protocol over standard input and output, until its input ends: an assistant starts it, and asks what ' +
        'a person would. It asks the collector that runs, or reads the files of one that does not. A collector speaks it as well, under /mcp.',
    )
  addFlags(
    command,
    READER_FLAGS.filter(([name]) => FLAGS.includes(name)),
  )
  command.addHelpText(
    'after',
    `
Examples:
  eventloom mcp
  eventloom mcp --url https://eventloom.example.org --token-file ./token`,
  )
  command.action(async () => {
    const { terminal } = context
    const options = command.opts<ReadingOptions>()
    const { url = null, tokenFile = null, data } = options
    const both = url !== null && data !== undefined
    refuse([
      ...readArguments(command, 0).problems,
      ...(both ? ['--url and --data exclude each other: a collector has its own data.'] : []),
    ])
    const config = await loadConfig(options, terminal)
    const ask = askAnew({ url, tokenFile, config }, context)
    const { serveMcp } = await import('../mcp/mcp.ts')
    const source = { ask, version: terminal.version, explain }
    await serveMcp(source, { input: terminal.stdin, output: terminal.stdout }, terminal.signal)
  })
}

/**
 * Opens what answers for each question, one after another: an assistant may be there for days, in which a collector starts, stops or
 * moves, and must never find its files held by who only looks now and then.
 */
function askAnew(where: Where, { actions, terminal }: Pick<Context, 'actions' | 'terminal'>): AskEndpoint {
  let before: Promise<unknown> = Promise.resolve()
  return (name, asked, signal) => {
    const answer = before.then(async () => {
      signal.throwIfAborted()
      const answers = await openAnswers(where, actions, terminal)
      try {
        return (await answers.ask(name, asked, signal)) as object
      } finally {
        await answers.close()
      }
    })
    before = answer.catch(() => undefined)
    return answer
  }
}

/** As the command line says it; what only the API has words for, as the API does. */
function explain(error: unknown): string {
  const { detail, status } = problemDetailsOf(error)
  return status === 500 || status === 400 ? describeFailure(error, '').problems.join('\n') : detail
}
