import type { Command } from 'commander'
import { fromObservationJson, type ObservationJson } from '../api/observation-json.ts'
import type { Notice } from '../api/notices.ts'
import type { RuleVerdict } from '../run/check-rules.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS } from './flags.ts'
import { loadConfig } from './load-config.ts'
import type { Context } from './context.ts'
import { objectText } from './events-command.ts'
import { present, runReading, withQuery, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine } from './text.ts'

interface Page {
  readonly observations: readonly ObservationJson[]
  readonly notices: readonly Notice[]
}

interface Tested {
  readonly row: ObservationJson
  readonly verdict: RuleVerdict
}

export function addClassifyCommand(program: Command, context: Context): void {
  const command = program
    .command('classify')
    .argument('[query...]', 'which stored events, Lucene text')
    .summary('try classification rules and filters on stored events')
    .description('Shows what rules would say about stored events, beside what was stored. Changes nothing.')
  addFlags(command, [
    ...READER_FLAGS,
    ...SELECTION_FLAGS,
    ['rules', 'FILES', 'rule files (default: those of the configuration)'],
  ])
  command.addHelpText('after', "\nExamples:\n  eventloom classify 'namespace:shop' --from -24h --rules ./rules.yaml")
  const questionOf = (words: readonly string[], flags: Readonly<Record<string, string>>) =>
    ({ name: 'events', path: {}, parameters: withQuery([words.join(' ')], flags) }) as const
  command.action(() =>
    runReading(command, Infinity, questionOf, context, async (reading, { parameters }) => {
      const options = command.opts<{ readonly config?: string; readonly rules?: string }>()
      const { rules: configured } = await loadConfig(options, context.terminal)
      const files = options.rules?.split(',') ?? configured.files
      const answer = await reading.answers.ask('events', { path: {}, parameters }, reading.signal)
      const { observations, ...page } = answer as Page
      const rows = observations.toReversed()
      const asked = { files, shipped: configured.shipped, clock: context.terminal.clock }
      const verdicts = await context.actions.testRules(asked, rows.map(fromObservationJson))
      const tested = rows.flatMap((row, index) => {
        const verdict = verdicts[index]
        return verdict === undefined ? [] : [{ row, verdict }]
      })
      const body = { ...page, tested: tested.map(testedJson) }
      await present(reading, context.errors, body, () => showTable(reading, tested))
    }),
  )
}

/** What `classify --json` has for each event. */
function testedJson({ row, verdict }: Tested) {
  const { id, reason, regarding, rule, category, severity } = row
  return { id, reason, regarding, stored: { rule, category, severity }, now: verdict }
}

async function showTable({ output, paint }: Reading, tested: readonly Tested[]): Promise<void> {
  const columns: readonly Column<Tested>[] = [
    { title: 'REASON', of: ({ row }) => oneLine(row.reason) },
    { title: 'OBJECT', of: ({ row }) => objectText(row), cut: 'middle' },
    { title: 'STORED', of: ({ row }) => `${row.severity} ${row.category}` },
    {
      title: 'NOW',
      of: ({ verdict }) => (verdict.filteredBy === null ? `${verdict.severity} ${verdict.category}` : 'filtered'),
      paint: (text, { verdict }) => paint(verdict.severity, text),
    },
    { title: 'BY', of: ({ verdict }) => oneLine(verdict.filteredBy ?? verdict.rule) },
    {
      title: 'ALSO MATCHES',
      of: ({ verdict }) => oneLine(verdict.matching.filter((name) => name !== verdict.rule).join(', ')),
      cut: 'end',
      goes: 1,
    },
  ]
  const lines = tableLines(tested, columns, { columns: output.columns, hasTitle: output.isTerminal })
  for (const line of lines) await output.line(line)
}
