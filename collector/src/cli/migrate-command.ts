import type { Command } from 'commander'
import { CommandError, refuse } from './failures.ts'
import type { StoreKind } from '../run/migrate.ts'
import type { Context } from './context.ts'
import { addFlags, readArguments } from './flags.ts'
import { loadConfig } from './load-config.ts'
import { Progress } from './progress.ts'
import { grouped } from './text.ts'

const KINDS: readonly StoreKind[] = ['duckdb', 'elasticsearch']

interface MigrateFlags {
  readonly config?: string
  readonly data?: string
  readonly json?: true
  readonly from?: string
  readonly to?: string
}

/** `eventloom migrate`: from one kind of store into the other. */
export function addMigrateCommand(program: Command, { actions, terminal, output, errors }: Context): void {
  const command = program
    .command('migrate')
    .summary('copy everything from one kind of store into another')
    .description(
      'Copies all observations and records into another kind of store and compares both. The source stays as it is. Stop the collector first; begun again, it goes on where it stopped.',
    )
  addFlags(command, [
    ['config', 'FILE', 'configuration with the settings of both stores (default: ./eventloom.yaml when it exists)'],
    ['data', 'DIR', 'data directory (default: of the configuration, ./data)'],
    ['from', 'KIND', 'where it is now: duckdb or elasticsearch'],
    ['to', 'KIND', 'where it shall be'],
    ['json', null, 'JSON on standard output'],
  ])
  command.addHelpText(
    'after',
    '\nExamples:\n  eventloom migrate --from duckdb --to elasticsearch --config eventloom.yaml',
  )
  command.action(async () => {
    const options = command.opts<MigrateFlags>()
    const [from, to] = [kindOf(options.from), kindOf(options.to)]
    refuse([
      ...readArguments(command, 0).problems,
      ...(from === null ? [wrongKind('--from', options.from)] : []),
      ...(to === null ? [wrongKind('--to', options.to)] : []),
      ...(from !== null && from === to
        ? ['--to: it is the same kind of store as --from, and there is only one of each.']
        : []),
    ])
    if (from === null || to === null) return
    const progress = new Progress(errors)
    const summary = await actions.migrate(
      await loadConfig(options, terminal),
      { from, to, signal: terminal.signal },
      ({ read, records }) => progress.show(`${grouped(read)} observations · ${grouped(records)} records`),
    )
    progress.end()
    if (options.json === true) await output.line(JSON.stringify(summary))
    else {
      const { read, stored, alreadyStored, rejected, records, seconds } = summary
      await output.line(
        `${grouped(read)} observations read, ${grouped(stored)} stored, ${grouped(alreadyStored)} were there, ${grouped(rejected)} refused; ${grouped(records)} records; ${seconds} s`,
      )
      for (const { cluster, day, source, target } of summary.differences) {
        await output.line(
          `differs: ${cluster} on ${day}: ${source.join(', ')} here, ${target.join(', ')} there (observations, occurrences, events)`,
        )
      }
    }
    if (summary.rejected > 0 || summary.differences.length > 0) {
      throw new CommandError(
        'The stores differ. If a collector writes to the target, that may be why; else run it again.',
      )
    }
  })
}

function kindOf(text: string | undefined): StoreKind | null {
  return KINDS.find((kind) => kind === text) ?? null
}

function wrongKind(flag: string, text: string | undefined): string {
  const what = text === undefined ? 'is missing' : `"${text}" is no store that keeps anything`
  return `${flag}: ${what}. Use one of ${KINDS.join(', ')}.`
}
