import type { Command } from 'commander'
import type { ChangeJson, ChangesJson } from '../api/changes/change-schemas.ts'
import { fieldWords } from '../event/change.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS, type CommandFlag } from './flags.ts'
import { present, runReading, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine } from './text.ts'

const FLAGS: readonly CommandFlag[] = [
  ...READER_FLAGS,
  ['cursor', 'TEXT', 'the next page'],
  ...SELECTION_FLAGS.filter(([name]) => ['cluster', 'namespace', 'all-namespaces', 'kind', 'object'].includes(name)),
  ['manager', 'NAMES', 'only what these field managers changed: kubectl-edit,helm'],
  ['what', 'WORDS', 'created, changed, scaled, deleted'],
]

/** `eventloom changes`: who changed which objects. */
export function addChangesCommand(program: Command, context: Context): void {
  const command = program
    .command('changes')
    .summary('who changed which objects, and when')
    .description(
      'Who changed which objects, newest first: by their metadata, which a collector with the rights watches beside events. ' +
        'Names of fields, never values. What the cluster writes itself is left out.',
    )
  addFlags(command, FLAGS)
  command.addHelpText(
    'after',
    `
Examples:
  eventloom changes --from -1h
  eventloom changes -n shop --kind ConfigMap,Deployment
  eventloom changes --manager kubectl-edit -o json`,
  )
  command.action(() =>
    runReading(
      command,
      0,
      (_words, parameters) => ({ name: 'changes', path: {}, parameters }),
      context,
      async (reading, question) => {
        const body = (await reading.answers.ask(question.name, question, reading.signal)) as ChangesJson
        await present(reading, context.errors, body, () => show(reading, body))
      },
    ),
  )
}

async function show({ output }: Reading, { changes }: ChangesJson): Promise<void> {
  if (changes.length === 0 && output.isTerminal) return output.line('No changes are known in this range.')
  const lines = tableLines(changes, COLUMNS, { columns: output.columns, hasTitle: output.isTerminal })
  for (const line of lines) await output.line(line)
}

const COLUMNS: readonly Column<ChangeJson>[] = [
  {
    title: 'TIME',
    of: ({ at, timeFrom }) => `${at.replace(/\.[0-9]+Z$/, 'Z')}${timeFrom === 'arrival' ? ' (seen)' : ''}`,
  },
  { title: 'WHAT', of: ({ what }) => what },
  { title: 'OBJECT', of: ({ object }) => oneLine(placeOf(object)), cut: 'middle' },
  { title: 'BY', of: ({ manager }) => oneLine(manager) || 'not told', cut: 'end' },
  { title: 'FIELDS', of: (change) => oneLine(fieldWords(change)), cut: 'end' },
  { title: 'CLUSTER', of: ({ cluster }) => oneLine(cluster), cut: 'end', goes: 1 },
]

function placeOf({ kind, namespace, name }: ChangeJson['object']): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}
