import type { Clock } from '../clock.ts'
import type { Classification, NormalizedEvent } from '../event/observation.ts'
import { createCompiler, EventView } from '../expression/expression.ts'
import { lookUp } from './catalogue/catalogue.ts'
import { extractMetadata } from './extract/extract.ts'
import { activateFilter, activateRule, type Active, type ActiveRule, type RuleSummary } from './active-rule.ts'
import type { RuleCounter, RuleDisabled } from './guarded-rule.ts'
import { RuleError, type RuleProblem } from './rule-error.ts'
import { parseRuleFile, type ParsedRuleFile, type RuleFile } from './rule-file.ts'
import { indexRules } from './rule-index.ts'
import { SHIPPED_RULES } from './shipped-rules.ts'
import { guessCategory, guessSeverity } from './unknown-reason.ts'

export { adviceOn, catalogueEntries } from './catalogue/catalogue.ts'
export { goneBy, troubleOf } from './trouble-of.ts'
export { METADATA_KEYS } from './extract/extract.ts'
export type { RuleSummary } from './active-rule.ts'
export { MAX_THROWS_PER_MINUTE, type RuleCounter, type RuleDisabled } from './guarded-rule.ts'
export { problemText, RuleError, type RuleProblem } from './rule-error.ts'
export type { RuleFile } from './rule-file.ts'

/** Name that `rule` has when the catalogue decided. */
export const CATALOGUE_RULE = 'catalogue'
/** Name that `rule` has when the reason is unknown: the share of such events is a measure of the catalogue. */
export const DEFAULT_RULE = 'default'

/** What a rule set is made of. */
export interface RuleSetOptions {
  /** Rules that come with Eventloom, after those of the user. Default: true. */
  readonly shipped?: boolean
  /** The user's files; an earlier file comes first. */
  readonly files: readonly RuleFile[]
  /** Told once for each rule that is disabled because it throws too often. */
  readonly onRuleDisabled?: (disabled: RuleDisabled) => void
  readonly clock: Clock
}

/** Rules, filters and catalogue, ready to use. Never changes: to reload, make a new one and swap it in. */
export interface RuleSet {
  /** Name of the first filter that the event meets, or null when it is to be kept. */
  filteredBy(event: NormalizedEvent): string | null
  /** Category, severity and metadata. The first rule that matches decides; what it does not set is the catalogue's. */
  classify(event: NormalizedEvent): Classification
  /** Names of all filters and rules that match, in order: what `classify` shows. */
  matching(event: NormalizedEvent): readonly string[]
  /** What was allowed at load but is probably not meant. */
  readonly warnings: readonly RuleProblem[]
  /** Filters and rules in the order in which they are asked. */
  readonly rules: readonly RuleSummary[]
  /** How each filter and rule has done so far. */
  counters(): readonly RuleCounter[]
}

/** File name that problems and summaries show for the shipped rules. */
const SHIPPED_FILE = 'shipped rules'

/**
 * Loads rules. Nothing is in force before all of them are right.
 *
 * @throws RuleError with every problem of every file.
 */
export function createRuleSet({ shipped = true, files, onRuleDisabled, clock }: RuleSetOptions): RuleSet {
  const compile = createCompiler()
  const all = shipped ? [...files, { name: SHIPPED_FILE, text: SHIPPED_RULES }] : files
  const parsed = all.map((file) => parseRuleFile(file, compile))
  const problems = [...parsed.flatMap((file) => file.problems), ...repeatedNames(parsed)]
  if (problems.length > 0) throw new RuleError(problems)

  const onDisabled = onRuleDisabled ?? (() => undefined)
  const filters = parsed
    .flatMap((file) => file.filters)
    .map((definition) => activateFilter(definition, clock, onDisabled))
  const rules = parsed.flatMap((file) => file.rules).map((definition) => activateRule(definition, clock, onDisabled))
  return ruleSetOf(
    filters,
    rules,
    parsed.flatMap((file) => file.warnings),
  )
}

/** What the catalogue and the extraction say of an event, before any rule. */
export function classifyByCatalogue(event: NormalizedEvent): Classification {
  const metadata = extractMetadata(event)
  const entry = lookUp(event)
  if (entry !== null) return { category: entry.category, severity: entry.severity, rule: CATALOGUE_RULE, metadata }
  return { category: guessCategory(event), severity: guessSeverity(event), rule: DEFAULT_RULE, metadata }
}

function ruleSetOf(
  filters: readonly Active[],
  rules: readonly ActiveRule[],
  warnings: readonly RuleProblem[],
): RuleSet {
  const filtersFor = indexRules(filters)
  const rulesFor = indexRules(rules)
  const judge = onceForEach((event) => new Judgement(event, rulesFor(event)))
  return {
    filteredBy(event) {
      const candidates = filtersFor(event)
      if (candidates.length === 0) return null
      const { view } = judge(event)
      return candidates.find((filter) => filter.matches(view))?.name ?? null
    },
    classify: (event) => judge(event).classification,
    matching(event) {
      const { view } = judge(event)
      const candidates = [...filtersFor(event), ...rulesFor(event)]
      return candidates.filter((candidate) => candidate.matches(view)).map(({ name }) => name)
    },
    warnings,
    rules: [...filters, ...rules].map((active) => active.summary()),
    counters: () => [...filters, ...rules].map((active) => active.counter()),
  }
}

/** An event as rules see it, and what they say of it. Both are made when they are first asked for, and kept. */
class Judgement {
  readonly view: EventView
  readonly #rules: readonly ActiveRule[]
  #classification: Classification | undefined

  constructor(event: NormalizedEvent, rules: readonly ActiveRule[]) {
    this.view = new EventView(event, () => classifyByCatalogue(event))
    this.#rules = rules
  }

  get classification(): Classification {
    return (this.#classification ??= this.#decide())
  }

  #decide(): Classification {
    const rule = this.#rules.find((candidate) => candidate.matches(this.view))
    return rule === undefined ? this.view.known : rule.apply(this.view)
  }
}

/** Judgements kept, twice: more than a slice of a batch holds. A WeakMap would do, at several times the cost. */
const KEPT_JUDGEMENTS = 1_000

/** Filters see many events before the first of them is classified, and retention asks too: each event is judged once. */
function onceForEach(judge: (event: NormalizedEvent) => Judgement): (event: NormalizedEvent) => Judgement {
  let older = new Map<NormalizedEvent, Judgement>()
  let newer = new Map<NormalizedEvent, Judgement>()
  return (event) => {
    const known = newer.get(event) ?? older.get(event)
    if (known !== undefined) return known
    if (newer.size === KEPT_JUDGEMENTS) {
      older = newer
      newer = new Map()
    }
    const judgement = judge(event)
    newer.set(event, judgement)
    return judgement
  }
}

function repeatedNames(parsed: readonly ParsedRuleFile[]): readonly RuleProblem[] {
  const seen = new Map<string, string>()
  const problems: RuleProblem[] = []
  for (const { name, file, line, column } of parsed.flatMap(({ names }) => names)) {
    const first = seen.get(name)
    if (first === undefined) seen.set(name, `${file}:${line}`)
    else
      problems.push({
        file,
        line,
        column,
        what: `The name "${name}" is used at ${first} already.`,
        fix: 'Give each rule a name of its own: accounts are kept by it.',
      })
  }
  return problems
}
