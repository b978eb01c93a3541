import type { Command } from 'commander'
import { configJsonSchema, parseConfig } from '../config/config.ts'
import { refuse } from './failures.ts'
import { addFlags, readArguments } from './flags.ts'
import { loadConfig, readText } from './load-config.ts'
import type { Context } from './context.ts'

/** Settings that are secrets themselves; those that name a file are not. */
const SECRETS = ['password', 'apiKey']

function withoutSecrets(name: string, value: unknown): unknown {
  return SECRETS.includes(name) ? '…' : value
}

export function addConfigCommands(program: Command, { terminal, output }: Context): void {
  const group = program.command('config').summary('check the configuration, or print its schema')
  const check = group
    .command('check')
    .argument('[file]', 'default: ./eventloom.yaml')
    .description('Lists every problem with its line and what to write instead. Variables are looked at, too.')
  addFlags(check, [
    ['config', 'FILE', 'the same as the argument'],
    ['json', null, 'print the configuration with all defaults'],
  ])
  check.action(async () => {
    const { words, problems } = readArguments(check, 1)
    refuse(problems)
    const options = check.opts<{ readonly config?: string; readonly json?: true }>()
    const file = words[0] ?? options.config
    const config =
      file === undefined
        ? await loadConfig({}, terminal)
        : parseConfig(await readText(file), file, terminal.environment)
    if (options.json === true) return output.line(JSON.stringify(config, withoutSecrets, 2))
    await output.line(`${file ?? 'The configuration'} is right.`)
    for (const { name, namespaces, clusterScoped } of config.clusters) {
      if (namespaces.length === 0 || clusterScoped) continue
      await output.line(
        `Mind: cluster ${name} watches ${namespaces.join(', ')} only. Events of nodes and other objects without a namespace are excluded; clusterScoped: true keeps them.`,
      )
    }
  })
  const schema = group.command('schema').description('Prints the JSON schema of the file, for editors.')
  schema.action(async () => {
    refuse(readArguments(schema, 0).problems)
    await output.line(JSON.stringify(configJsonSchema(), null, 2))
  })
}
