import type { Command, Option } from 'commander'
import { TRAITS } from '../event/pattern.ts'
import { CATEGORIES, SEVERITIES } from '../event/words.ts'
import { FIELDS, isGroupable, resolveField } from '../query/fields.ts'
import { METRICS } from '../query/request-parts.ts'
import { OUTPUTS } from './document.ts'

/** A word that may stand where one types, and what it does. */
export interface Candidate {
  readonly word: string
  readonly help: string
}

/** What may stand where one types: words, values of a field in the store, names of files. */
export type Wanted =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'values'; readonly field: string }
  | { readonly kind: 'correlations' }
  | { readonly kind: 'files' }

export const SHELLS = ['bash', 'zsh', 'fish'] as const

const TIMES = ['now', '-15m', '-1h', '-24h', '-7d']
const GROUPABLE = FIELDS.map(({ name }) => name).filter((name) => {
  const field = resolveField(name)
  return field !== null && isGroupable(field)
})

/** Values of flags that are known without a store. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  severity: SEVERITIES,
  category: CATEGORIES,
  type: ['Normal', 'Warning'],
  output: OUTPUTS,
  view: ['events', 'observations'],
  order: ['newest', 'oldest'],
  trait: TRAITS,
  metrics: METRICS,
  'order-by': METRICS,
  window: ['5m', '15m', '1h', 'hour', 'day', 'week', 'month'],
  'group-by': GROUPABLE,
  key: GROUPABLE,
  from: TIMES,
  to: TIMES,
  at: TIMES,
}

/** Flags whose values are those of a field of what is stored. */
const FIELDS_OF: Readonly<Record<string, string>> = {
  reason: 'reason',
  namespace: 'namespace',
  cluster: 'cluster',
  kind: 'regarding.kind',
  object: 'regarding.name',
  workload: 'owner.name',
  node: 'node',
}

const OF_FILES = ['data', 'config', 'token-file', 'out', 'play', 'rules']

/** Arguments of commands; others are files or text. */
const ARGUMENTS: Readonly<Record<string, Wanted>> = {
  values: words(FIELDS.map(({ name, meaning }) => ({ word: name, help: meaning }))),
  fields: words(FIELDS.map(({ name, meaning }) => ({ word: name, help: meaning }))),
  completion: words(SHELLS.map((word) => ({ word, help: '' }))),
  correlations: { kind: 'correlations' },
  replay: { kind: 'files' },
  check: { kind: 'files' },
}

/** A command line up to where one types. */
export interface Typed {
  readonly command: Command
  /** The flag whose value is typed; null where none is. */
  readonly flag: string | null
  /** Values of flags before. */
  readonly given: Readonly<Record<string, string>>
}

/** Reads the words before the one that is typed. */
export function readTyped(program: Command, before: readonly string[]): Typed {
  let command = program
  let flag: string | null = null
  const given: Record<string, string> = {}
  for (const word of before) {
    if (flag !== null) {
      given[flag] = word
      flag = null
    } else if (word.startsWith('-'))
      flag = optionOf(command, word)?.required === true ? nameOf(optionOf(command, word)) : null
    else command = command.commands.find((each) => each.name() === word || each.aliases().includes(word)) ?? command
  }
  return { command, flag, given }
}

/** What may stand after these words. */
export function wantedAfter({ command, flag }: Typed, current: string): Wanted {
  if (flag !== null) return valuesOf(flag)
  if (current.startsWith('-'))
    return words(command.options.map(({ long, description }) => ({ word: long ?? '', help: description })))
  if (command.commands.length > 0) {
    const visible = command.createHelp().visibleCommands(command)
    return words(visible.map((each) => ({ word: each.name(), help: each.summary() || each.description() })))
  }
  return ARGUMENTS[command.name()] ?? words([])
}

function valuesOf(flag: string): Wanted {
  const field = FIELDS_OF[flag]
  if (field !== undefined) return { kind: 'values', field }
  if (OF_FILES.includes(flag)) return { kind: 'files' }
  return words((WORDS[flag] ?? []).map((word) => ({ word, help: '' })))
}

function words(candidates: readonly Candidate[]): Wanted {
  return { kind: 'words', candidates }
}

function optionOf(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => long === word || short === word)
}

function nameOf(option: Option | undefined): string | null {
  return option?.long?.slice(2) ?? null
}
