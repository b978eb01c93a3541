import type { Clock } from '../clock.ts'
import type { Classification } from '../event/observation.ts'
import type { EventView } from '../expression/expression.ts'
import { GuardedRule, type RuleCounter, type RuleDisabled } from './guarded-rule.ts'
import type { FilterDefinition, RuleDefinition } from './rule-file.ts'
import type { Indexable } from './rule-index.ts'

/** A rule or filter as `rules check` lists it. */
export interface RuleSummary {
  readonly name: string
  readonly kind: 'rule' | 'filter'
  readonly file: string
  readonly line: number
  readonly describe: string
  /** The CEL text, empty for a filter that has only globs. */
  readonly when: string
  /** Reasons it is looked up by; null when it is evaluated for every reason. */
  readonly reasons: readonly string[] | null
}

/** A filter or rule in force: its definition, with its counts. */
export interface Active extends Indexable {
  readonly name: string
  /** Whether the event matches; counted. */
  matches(view: EventView): boolean
  summary(): RuleSummary
  counter(): RuleCounter
}

/** A rule in force also says what becomes of an event that matches. */
export interface ActiveRule extends Active {
  apply(view: EventView): Classification
}

/** Puts a filter in force. Its `when` and its globs both have to hold. */
export function activateFilter(
  { when, globs, ...definition }: FilterDefinition,
  clock: Clock,
  onDisabled: (disabled: RuleDisabled) => void,
): Active {
  const guard = new GuardedRule(definition.name, 'filter', clock, onDisabled)
  const reasons = intersection(when?.requires.reasons ?? null, globs?.reasons ?? null)
  const holds = (view: EventView): boolean =>
    (globs === null || globs.matches(view.event)) && (when === null || when.matches(view))
  return {
    name: definition.name,
    reasons,
    kinds: intersection(when?.requires.kinds ?? null, globs?.kinds ?? null),
    matches: (view) => guard.evaluate(() => holds(view)),
    summary: () => ({ ...definition, kind: 'filter', when: when?.source ?? '', reasons }),
    counter: () => guard.counter(),
  }
}

/** Puts a rule in force. */
export function activateRule(
  { when, set, extract, ...definition }: RuleDefinition,
  clock: Clock,
  onDisabled: (disabled: RuleDisabled) => void,
): ActiveRule {
  const guard = new GuardedRule(definition.name, 'rule', clock, onDisabled)
  const reasons = when.requires.reasons ?? null
  return {
    name: definition.name,
    reasons,
    kinds: when.requires.kinds ?? null,
    matches: (view) => guard.evaluate(() => when.matches(view)),
    apply: (view) => ({
      category: set.category ?? view.known.category,
      severity: set.severity ?? view.known.severity,
      rule: definition.name,
      metadata: { ...view.known.metadata, ...extract?.find(view.note), ...set.metadata },
    }),
    summary: () => ({ ...definition, kind: 'rule', when: when.source, reasons }),
    counter: () => guard.counter(),
  }
}

function intersection(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b
  return a.filter((word) => b.includes(word))
}
