import type { Command } from 'commander'
import type { Notice } from '../api/notices.ts'
import type { EpochMicros } from '../clock.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS } from './flags.ts'
import { TRAITS, USUAL_PATTERN } from '../event/pattern.ts'
import { patternLines, rhythmText, type PatternJson } from './pattern-table.ts'
import type { Context } from './context.ts'
import { present, runReading, type Question, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine, sparkline, times } from './text.ts'

type PatternBody = PatternJson & { readonly notices: readonly Notice[] }
interface PatternsBody {
  readonly patterns: readonly PatternJson[]
  readonly notices: readonly Notice[]
}

export function addPatternsCommand(program: Command, context: Context): void {
  const command = program
    .command('patterns')
    .argument('[id]', 'one pattern, for example BackOff:Pod:shop')
    .summary('what recurs, what is new, what is missing')
    .description(
      'What recurs in a range: occurrences alike by the fields of --key, over the thresholds, the worst first. Or what has a trait.',
    )
  addFlags(command, [
    ...READER_FLAGS,
    ...SELECTION_FLAGS,
    ['key', 'FIELDS', `fields that make occurrences alike (default ${USUAL_PATTERN.key.join(',')})`],
    ['min-occurrences', 'N', `fewer are no pattern (default ${USUAL_PATTERN.minOccurrences})`],
    ['min-rate-per-minute', 'N', `a pattern has more than this (default ${USUAL_PATTERN.minRatePerMinute})`],
    ['trait', 'TRAITS', `those that are one of ${TRAITS.join(', ')}, whatever the thresholds`],
    ['samples', 'N', 'examples (default 3)'],
  ])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom patterns --from -24h
  eventloom patterns --trait silent,novel
  eventloom patterns --key reason,owner.name --min-occurrences 10 --json
  eventloom patterns FailedMount:Pod:shop`,
  )
  command.action(() =>
    runReading(command, 1, questionOf, context, async (reading, question) => {
      const body = (await reading.answers.ask(question.name, question, reading.signal)) as PatternBody & PatternsBody
      const hasTraits = question.parameters['trait'] !== undefined
      const show = () => (question.name === 'pattern' ? showOne(reading, body) : showAll(reading, body, hasTraits))
      await present(reading, context.errors, body, show)
    }),
  )
}

function questionOf([id]: readonly string[], parameters: Readonly<Record<string, string>>): Question {
  return id === undefined ? { name: 'patterns', path: {}, parameters } : { name: 'pattern', path: { id }, parameters }
}

async function showAll(
  { output, paint, now, isWide }: Reading,
  { patterns }: PatternsBody,
  hasTraits: boolean,
): Promise<void> {
  const { isTerminal: hasTitle, columns } = output
  if (patterns.length === 0 && hasTitle && hasTraits) return output.line('No pattern of this range has such a trait.')
  if (patterns.length === 0 && hasTitle) {
    return output.line(
      'Nothing recurs in this range. Lower the thresholds: --min-occurrences 1 --min-rate-per-minute 0',
    )
  }
  for (const line of patternLines(patterns, { columns, hasTitle, now, paint, isWide, hasTraits }))
    await output.line(line)
}

async function showOne({ output, paint, now }: Reading, pattern: PatternBody): Promise<void> {
  const { key, occurrences, isLowerBound, objects, observations, samples } = pattern
  const title = Object.entries(key)
    .map(([field, value]) => `${field} ${value === '' ? '(none)' : value}`)
    .join(' · ')
  const lines = [
    `${paint(pattern.maxSeverity, pattern.maxSeverity)}  ${oneLine(title)}`,
    `seen    ${times(occurrences, isLowerBound)}, ${grouped(pattern.ratePerMinute)} a minute, ${grouped(objects)} objects, ${grouped(observations)} observations`,
    `first   ${pattern.firstObserved}`,
    `last    ${pattern.lastObserved}`,
    `trend   ${sparkline(pattern.trend)}`,
    ...traitLines(pattern, now),
    '',
    'Examples',
    ...tableLines(samples, SAMPLE_COLUMNS, { columns: output.columns - 2, hasTitle: false }).map((line) => `  ${line}`),
    '',
    `Its events: eventloom events '${pattern.query.replaceAll("'", "'\\''")}'`,
  ]
  for (const line of lines) await output.line(line)
}

const SAMPLE_COLUMNS: readonly Column<PatternBody['samples'][number]>[] = [
  { title: 'LAST', of: ({ lastObserved }) => lastObserved },
  { title: 'OBJECT', of: ({ regarding }) => oneLine(`${regarding.kind}/${regarding.name}`) },
  { title: 'NOTE', of: ({ note }) => oneLine(note), cut: 'end' },
]

/** What the collector found about it while its events came in. */
function traitLines({ traits, counted, rhythms, bursts, templates }: PatternBody, now: EpochMicros): readonly string[] {
  return [
    ...(traits.length === 0 ? [] : [`is      ${traits.join(', ')}`]),
    ...(counted === null ? [] : [`ever    ${times(counted.occurrences, false)} since ${counted.since}`]),
    ...rhythms.map((rhythm) => `rhythm  ${oneLine(rhythmText(rhythm, now))}${rhythm.isSilent ? ' (silent)' : ''}`),
    ...bursts.map(
      ({ from, to, usualRatePerMinute }) =>
        `burst   from ${from} ${to === null ? 'on' : `to ${to}`}, usual are ${grouped(usualRatePerMinute)} a minute`,
    ),
    ...templates.map(
      ({ text, occurrences }) =>
        `says    ${occurrences === null ? '' : `${times(occurrences, false)}  `}${oneLine(text)}`,
    ),
  ]
}
