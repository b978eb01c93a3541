import { closestWord } from '../event/closest-word.ts'
import { CATEGORIES, SEVERITIES, type Category, type Severity } from '../event/words.ts'
import {
  combinedSuspicion,
  compileRegex,
  ExpressionError,
  RegexError,
  readPositioned,
  type Expression,
  type LinearRegex,
  type Positioned,
  type PositionedEntry,
} from '../expression/expression.ts'
import {
  globConditionOf,
  GLOB_FIELDS,
  type GlobCondition,
  type GlobField,
  type PositionedText,
} from './glob-condition.ts'
import type { RuleProblem } from './rule-error.ts'

/** A text with the name that messages use for it. */
export interface RuleFile {
  readonly name: string
  readonly text: string
}

/** A rule: events that match `when` get what `set` and `extract` say. */
export interface RuleDefinition {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly describe: string
  readonly when: Expression
  readonly set: {
    readonly category: Category | null
    readonly severity: Severity | null
    readonly metadata: Readonly<Record<string, string>>
  }
  /** Its named groups, found in the note, become metadata. */
  readonly extract: LinearRegex | null
}

/** A filter: events that meet `when` and `globs` are not stored. One of the two may be absent. */
export interface FilterDefinition {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly describe: string
  readonly when: Expression | null
  readonly globs: GlobCondition | null
}

/** What a rule file says, and what is wrong or doubtful in it. */
export interface ParsedRuleFile {
  readonly rules: readonly RuleDefinition[]
  readonly filters: readonly FilterDefinition[]
  /** Every name in the file, also of what could not be read otherwise. */
  readonly names: readonly RuleName[]
  readonly problems: readonly RuleProblem[]
  readonly warnings: readonly RuleProblem[]
}

/** A name and where it was given. */
export interface RuleName {
  readonly name: string
  readonly file: string
  readonly line: number
  readonly column: number
}

const RULE_KEYS = ['name', 'describe', 'when', 'set', 'extract']
const FILTER_KEYS = ['name', 'describe', 'when', ...GLOB_FIELDS]
/** Rule names are stored with each observation and are metric labels. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/
const RESERVED_NAMES: ReadonlySet<string> = new Set(['catalogue', 'default'])
/** Most rules and filters of one file. */
export const MAX_RULES_PER_FILE = 5_000

/** Reads one rule file; never throws for what the file says. */
export function parseRuleFile({ name: file, text }: RuleFile, compile: (source: string) => Expression): ParsedRuleFile {
  const parser = new RuleFileParser(file, compile)
  const { root, mistakes } = readPositioned(text)
  for (const mistake of mistakes) parser.problems.push({ file, ...mistake })
  if (root !== null) parser.file(root)
  return parser
}

class RuleFileParser implements ParsedRuleFile {
  readonly rules: RuleDefinition[] = []
  readonly filters: FilterDefinition[] = []
  readonly names: RuleName[] = []
  readonly problems: RuleProblem[] = []
  readonly warnings: RuleProblem[] = []
  readonly #file: string
  readonly #compile: (source: string) => Expression

  constructor(file: string, compile: (source: string) => Expression) {
    this.#file = file
    this.#compile = compile
  }

  file(root: Positioned): void {
    if (root.value === null) return
    const entries = this.#map(root, 'A rule file', ['rules', 'filters'])
    for (const item of this.#list(entries?.get('rules'), 'rules')) this.#rule(item)
    for (const item of this.#list(entries?.get('filters'), 'filters')) this.#filter(item)
  }

  #rule(item: Positioned): void {
    const entries = this.#map(item, 'A rule', RULE_KEYS)
    if (entries === null) return
    const common = this.#common(item, entries, 'rule')
    const when = this.#when(entries)
    if (!entries.has('when'))
      this.#problem(item, 'The rule has no "when".', 'Add for example when: event.reason == "BackOff".')
    const set = this.#set(entries.get('set')?.value)
    const extract = this.#extract(entries.get('extract')?.value)
    if (!entries.has('set') && !entries.has('extract')) {
      this.#problem(item, 'The rule sets nothing.', 'Add for example set: { severity: low }.')
    }
    if (common !== null && when !== null) this.rules.push({ ...common, when, set, extract })
  }

  #filter(item: Positioned): void {
    const entries = this.#map(item, 'A filter', FILTER_KEYS)
    if (entries === null) return
    const common = this.#common(item, entries, 'filter')
    const when = this.#when(entries)
    const lists = new Map<GlobField, readonly PositionedText[]>()
    for (const field of GLOB_FIELDS) {
      const entry = entries.get(field)
      if (entry !== undefined) lists.set(field, this.#texts(entry, field))
    }
    if (!entries.has('when') && lists.size === 0) {
      this.#problem(
        item,
        'The filter has no condition and would remove everything.',
        'Add for example namespaces: ["test-*"], or when.',
      )
    }
    const { condition, mistakes } = globConditionOf(lists)
    for (const { at, what, fix } of mistakes) this.#problem(at, what, fix)
    if (common !== null) this.filters.push({ ...common, when, globs: condition })
  }

  #common(item: Positioned, entries: ReadonlyMap<string, PositionedEntry>, kind: string) {
    const name = this.#text(entries.get('name')?.value, 'name')
    const describe = this.#text(entries.get('describe')?.value, 'describe') ?? ''
    if (!entries.has('name'))
      this.#problem(item, `The ${kind} has no name.`, 'Add a name: accounts and events show it.')
    if (name === null) return null
    this.names.push({ name, file: this.#file, line: item.line, column: item.column })
    if (!NAME.test(name)) {
      this.#problem(
        entries.get('name')?.value ?? item,
        `"${name}" cannot be a name.`,
        'Use at most 64 letters, digits, blanks, and . _ / -',
      )
    }
    if (RESERVED_NAMES.has(name)) this.#problem(item, `The name "${name}" is taken.`, 'Choose another one.')
    return { name, file: this.#file, line: item.line, describe }
  }

  #when(entries: ReadonlyMap<string, PositionedEntry>): Expression | null {
    const node = entries.get('when')?.value
    const source = this.#text(node, 'when')
    if (node === undefined || source === null) return null
    try {
      const expression = this.#compile(source)
      for (const { offset, what, fix } of expression.warnings) {
        this.warnings.push({ file: this.#file, ...node.at(offset), what, fix })
      }
      return expression
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      for (const { offset, what, fix } of error.mistakes) this.#problem(node.at(offset), what, fix)
      return null
    }
  }

  #set(node: Positioned | undefined): RuleDefinition['set'] {
    const entries = node === undefined ? null : this.#map(node, '"set"', ['category', 'severity', 'metadata'])
    const category = this.#word(entries?.get('category')?.value, 'category', CATEGORIES)
    const severity = this.#word(entries?.get('severity')?.value, 'severity', SEVERITIES)
    const metadata: Record<string, string> = {}
    const given = entries?.get('metadata')?.value
    if (given !== undefined && !(given.value instanceof Map))
      this.#problem(given, '"metadata" is not a map.', 'Write for example metadata: { team: shop }.')
    if (given?.value instanceof Map) {
      for (const [key, entry] of given.value as ReadonlyMap<string, PositionedEntry>) {
        const text = this.#text(entry.value, `metadata.${key}`)
        if (text !== null) metadata[key] = text
      }
    }
    return { category, severity, metadata }
  }

  #extract(node: Positioned | undefined): LinearRegex | null {
    const source = this.#text(node, 'extract')
    if (node === undefined || source === null) return null
    try {
      if (!/\(\?P?<\w{1,64}>/.test(source))
        this.#problem(node, 'The pattern has no named group.', 'Name what to keep: (?P<tenant>[a-z]+).')
      const suspicion = combinedSuspicion(source)
      if (suspicion !== null)
        this.warnings.push({ file: this.#file, line: node.line, column: node.column, ...suspicion })
      return compileRegex(source)
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      this.#problem(node, error.message, error.fix)
      return null
    }
  }

  #word<Word extends string>(node: Positioned | undefined, field: string, words: readonly Word[]): Word | null {
    const text = this.#text(node, field)
    if (node === undefined || text === null) return null
    const word = words.find((candidate) => candidate === text)
    if (word !== undefined) return word
    const near = closestWord(text, words)
    this.#problem(
      node,
      `"${text}" is not a ${field}.`,
      near === null ? `Use one of ${words.join(', ')}.` : `Did you mean ${near}?`,
    )
    return null
  }

  #text(node: Positioned | undefined, field: string): string | null {
    if (node === undefined) return null
    if (typeof node.value === 'string') return node.value
    if (typeof node.value === 'number' || typeof node.value === 'boolean') return String(node.value)
    this.#problem(node, `"${field}" is not a text.`, 'Put it in quotes.')
    return null
  }

  #texts({ value: node }: PositionedEntry, field: string): readonly PositionedText[] {
    const items: readonly Positioned[] = Array.isArray(node.value) ? (node.value as readonly Positioned[]) : [node]
    if (items.length === 0) {
      this.#problem(node, `"${field}" is empty and would match nothing.`, 'Leave it out for any value.')
    }
    return items.flatMap((item) => {
      const text = this.#text(item, field)
      return text === null ? [] : [{ line: item.line, column: item.column, text }]
    })
  }

  #list(entry: PositionedEntry | undefined, field: string): readonly Positioned[] {
    if (entry === undefined || entry.value.value === null) return []
    const { value } = entry.value
    if (!Array.isArray(value)) {
      this.#problem(entry.value, `"${field}" is not a list.`, 'Begin each of its items with "- name: …".')
      return []
    }
    if (value.length > MAX_RULES_PER_FILE) {
      this.#problem(
        entry.value,
        `"${field}" has ${value.length} items; at most ${MAX_RULES_PER_FILE} are allowed.`,
        'Use more files.',
      )
    }
    return (value as readonly Positioned[]).slice(0, MAX_RULES_PER_FILE)
  }

  #map(node: Positioned, what: string, keys: readonly string[]): ReadonlyMap<string, PositionedEntry> | null {
    if (!(node.value instanceof Map)) {
      this.#problem(node, `${what} is a map with the keys ${keys.join(', ')}.`, 'Write key: value pairs.')
      return null
    }
    const entries = node.value as ReadonlyMap<string, PositionedEntry>
    for (const [key, { key: position }] of entries) {
      if (keys.includes(key)) continue
      const near = closestWord(key, keys)
      this.#problem(
        position,
        `${what} has no key "${key}".`,
        near === null ? `Keys are: ${keys.join(', ')}.` : `Did you mean ${near}?`,
      )
    }
    return entries
  }

  #problem({ line, column }: { readonly line: number; readonly column: number }, what: string, fix: string): void {
    this.problems.push({ file: this.#file, line, column, what, fix })
  }
}
