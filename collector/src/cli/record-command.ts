import type { Command } from 'commander'
import { parseBytes } from '../config/quantities.ts'
import type { Context } from './context.ts'
import { CommandError, refuse } from './failures.ts'
import { addFlags, readArguments } from './flags.ts'
import { INGEST_FLAGS, type IngestOptions } from './ingest-flags.ts'
import { loadConfig } from './load-config.ts'
import { Progress } from './progress.ts'
import { grouped, oneLine } from './text.ts'

interface RecordFlags extends IngestOptions {
  readonly out?: string
  readonly maxBytes?: string
  readonly redactNames?: true
}

export function addRecordCommand(program: Command, { actions, terminal, output, errors }: Context): void {
  const command = program
    .command('record')
    .summary('write the raw stream of a cluster as a recording')
    .description(
      'Writes the raw stream of the configured clusters as a recording, until Ctrl-C. Goes on where it stopped.',
    )
  addFlags(command, [
    ...INGEST_FLAGS,
    ['out', 'DIR', 'folder to write to; a recording that is there goes on'],
    ['max-bytes', 'SIZE', 'stop at this size, for example 500MB (default 1GB)'],
    ['redact-names', null, 'replace everything but ordinary words, kinds, reasons, times and numbers by pseudonyms'],
  ])
  command.addHelpText('after', '\nExamples:\n  eventloom record --out ./incident --max-bytes 200MB --redact-names')
  command.action(async () => {
    const options = command.opts<RecordFlags>()
    const maxBytes = options.maxBytes === undefined ? null : parseBytes(options.maxBytes)
    refuse([
      ...readArguments(command, 0).problems,
      ...(options.out === undefined ? ['--out: name the folder to write to, for example --out ./recording'] : []),
      ...(options.maxBytes !== undefined && maxBytes === null
        ? [`--max-bytes: "${options.maxBytes}" is not a size. Use for example 500MB.`]
        : []),
    ])
    const progress = new Progress(errors)
    const request = {
      out: options.out ?? '',
      maxBytes,
      redactNames: options.redactNames === true,
      signal: terminal.signal,
    }
    const summary = await actions.record(await loadConfig(options, terminal), request, ({ lines, bytes }) =>
      progress.show(`${grouped(lines)} lines · ${grouped(bytes)} bytes`),
    )
    progress.end()
    const text = `${grouped(summary.lines)} lines, ${grouped(summary.bytes)} bytes in ${summary.files.join(', ')}: ${summary.ended}`
    await output.line(options.json === true ? JSON.stringify(summary) : oneLine(text))
    if (summary.files.length === 0) throw new CommandError('Nothing was recorded.')
  })
}
