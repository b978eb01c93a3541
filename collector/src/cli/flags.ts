import { Option, type Command } from 'commander'
import { closestWord } from '../event/closest-word.ts'

/** A flag, its word for the value (null for a switch), what it does, and its letter where kubectl has one. */
export type CommandFlag = readonly [name: string, value: string | null, description: string, letter?: string]

/** Where readers look, and how they show it. */
export const READER_FLAGS: readonly CommandFlag[] = [
  ['from', 'TIME', 'start of the range: RFC 3339, a date, now, -1h (default: all that is stored)'],
  ['to', 'TIME', 'end of the range, excluded'],
  ['data', 'DIR', 'data directory (default: of the configuration, ./data)'],
  ['url', 'URL', 'ask a running collector'],
  ['token-file', 'FILE', 'file with the token of that collector'],
  ['config', 'FILE', 'configuration (default: ./eventloom.yaml when it exists)'],
  ['limit', 'N', 'most rows'],
  ['output', 'FORMAT', 'json, yaml or wide (default: a table)', 'o'],
  ['json', null, 'the same as -o json'],
  ['wide', null, 'the same as -o wide: more columns, exact times'],
  ['no-color', null, 'no colours'],
]

/** Conditions beside the query text; the values of one are alternatives, separated by commas. */
export const SELECTION_FLAGS: readonly CommandFlag[] = [
  ['query', 'TEXT', 'Lucene text, as the argument'],
  ['cluster', 'NAMES', 'only these clusters'],
  ['namespace', 'NAMES', 'only objects of these namespaces', 'n'],
  ['all-namespaces', null, 'all namespaces: what is looked at without -n', 'A'],
  ['selector', 'LABELS', 'only these labels of object or event: app=shop,tier!=db,env in (a,b),!old', 'l'],
  ['kind', 'KINDS', 'only objects of these kinds'],
  ['object', 'NAMES', 'only objects of these names'],
  ['workload', 'NAMES', 'only objects of these top controllers'],
  ['node', 'NAMES', 'only these nodes'],
  ['reason', 'REASONS', 'only these reasons'],
  ['type', 'TYPES', 'only these types'],
  ['severity', 'WORDS', 'only these severities'],
  ['category', 'WORDS', 'only these categories'],
]

export function addFlags(command: Command, flags: readonly CommandFlag[]): Command {
  for (const [name, value, description, letter] of flags) {
    const names = letter === undefined ? `--${name}` : `-${letter}, --${name}`
    const option = new Option(value === null ? names : `${names} <${value}>`, description)
    command.addOption(option.helpGroup(headingOf(name)))
  }
  return command
}

const WHERE = ['data', 'url', 'token-file', 'config']
const LOOK = ['output', 'json', 'wide', 'no-color']

/** Under which heading help has a flag. */
function headingOf(name: string): string {
  if (WHERE.includes(name)) return 'Where:'
  if (LOOK.includes(name)) return 'How it is printed:'
  return SELECTION_FLAGS.some(([each]) => each === name) ? 'Which events:' : 'Options:'
}

/** A query may begin with a minus (`-reason:Pulled`), which looks like a flag: `-n` with a value, for example. */
const LUCENE_MINUS = /^-[^-\s][^\s]*[:"(]/

/** The words of a command line, those that are queries with a blank before them: then nobody takes them for flags. */
export function markQueries(words: readonly string[]): readonly string[] {
  return words.map((word) => (LUCENE_MINUS.test(word) ? ` ${word}` : word))
}

/**
 * The arguments of a command, and one sentence for each flag that it does not have.
 *
 * @param most arguments taken; more are mistakes.
 */
export function readArguments(
  command: Command,
  most: number,
): { readonly words: readonly string[]; readonly problems: readonly string[] } {
  // prettier-ignore
  const known = command.options.map(({ long }) => long ?? '')
  const isFlag = (word: string) => /^-[^\d]/.test(word)
  const wrong = command.args.filter(isFlag)
  const words = command.args.filter((word) => !isFlag(word)).map((word) => word.trim())
  const problems = wrong.map((flag) => unknownFlag(flag.split('=')[0] ?? flag, known))
  // What follows an unknown flag is probably its value: no mistake of its own.
  const extra = wrong.length > 0 ? [] : words.slice(most)
  return {
    words,
    problems: [...problems, ...extra.map((word) => `"${word}": this command takes no further argument.`)],
  }
}

function unknownFlag(flag: string, known: readonly string[]): string {
  const near = closestWord(flag, known)
  return `${flag}: there is no such flag. ${near === null ? `The flags are ${known.join(' ')}.` : `Did you mean ${near}?`}`
}
