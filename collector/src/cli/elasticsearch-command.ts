import type { Command } from 'commander'
import type { ReindexSummary } from '../app.ts'
import type { Context } from './context.ts'
import { refuse } from './failures.ts'
import { addFlags, readArguments } from './flags.ts'
import { loadConfig } from './load-config.ts'
import { Progress } from './progress.ts'
import { grouped } from './text.ts'

/** `eventloom elasticsearch`: what an administrator of the store does now and then. */
export function addElasticsearchCommands(program: Command, { actions, terminal, output, errors }: Context): void {
  const group = program.command('elasticsearch').summary('bring what Elasticsearch keeps under the current mapping')
  const command = group
    .command('reindex')
    .description(
      'Copies each day that has an older mapping into an index with the current one, a day after the other, and replaces the old index once both hold the same. Collectors may go on: what they write to the day that is being copied waits in their buffers. Begun again, it goes on where it stopped.',
    )
  addFlags(command, [
    ['config', 'FILE', 'configuration with store.elasticsearch (default: ./eventloom.yaml when it exists)'],
    ['json', null, 'JSON on standard output'],
  ])
  command.addHelpText('after', '\nExamples:\n  eventloom elasticsearch reindex --config eventloom.yaml')
  command.action(async () => {
    const options = command.opts<{ readonly config?: string; readonly json?: true }>()
    refuse(readArguments(command, 0).problems)
    const progress = new Progress(errors)
    const summary = await actions.reindex(await loadConfig(options, terminal), { signal: terminal.signal }, (reached) =>
      progress.show(`${reached.index}: ${grouped(reached.done)} of ${grouped(reached.documents)} documents`),
    )
    progress.end()
    await output.line(options.json === true ? JSON.stringify(summary) : summaryText(summary))
  })
}

function summaryText({ mappingVersion, indices, documents, copied }: ReindexSummary): string {
  if (indices === 0) return `All indices have mapping version ${String(mappingVersion)}: nothing to do.`
  return `${grouped(indices)} indices have mapping version ${String(mappingVersion)} now: ${grouped(documents)} documents, ${grouped(copied)} copied by this run`
}
