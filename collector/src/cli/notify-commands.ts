import type { Command } from 'commander'
import type { Context } from './context.ts'
import { CommandError, refuse } from './failures.ts'
import { addFlags, readArguments } from './flags.ts'
import { loadConfig } from './load-config.ts'

/** `eventloom notify`: who is told of alerts. */
export function addNotifyCommands(program: Command, { actions, terminal, output }: Context): void {
  const group = program.command('notify').summary('try a receiver of alerts')
  const command = group
    .command('test')
    .argument('<receiver>', 'its name in the configuration')
    .description('Sends a made-up alert and its end to one receiver, now, and says whether it took them.')
  addFlags(command, [
    ['config', 'FILE', 'configuration (default: ./eventloom.yaml when it exists)'],
    ['json', null, 'JSON'],
  ])
  command.addHelpText('after', '\nExamples:\n  eventloom notify test on-call --config eventloom.yaml')
  command.action(async () => {
    const { words, problems } = readArguments(command, 1)
    const [name = ''] = words
    refuse([...problems, ...(name === '' ? ['Name the receiver.'] : [])])
    const options = command.opts<{ readonly config?: string; readonly json?: true }>()
    const config = await loadConfig(options, terminal)
    const print = (text: string) => output.write(text)
    try {
      await actions.testReceiver(config, name, { signal: terminal.signal, print })
    } catch (cause) {
      throw new CommandError(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
    if (options.json === true) return output.line(JSON.stringify({ receiver: name, taken: true }))
    await output.line(`${name} took a test alert and its end.`)
  })
}
