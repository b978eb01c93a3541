import { readFile } from 'node:fs/promises'
import { createRuleSet, RuleError, type RuleSet } from '../classify/classify.ts'
import type { Observation } from '../event/observation.ts'
import type { Clock } from '../clock.ts'
import { checkIncidentRules } from './incident-rules.ts'

export interface RuleOptions {
  readonly files: readonly string[]
  readonly shipped: boolean
  readonly clock: Clock
}

/** Rules of events, and files with rules of incidents. */
export interface CheckOptions extends RuleOptions {
  readonly ofIncidents: readonly string[]
}

export interface RuleMistake {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly what: string
  readonly fix: string
}

export interface RulesReport {
  /** Rules and filters that would be in force. */
  readonly rules: number
  readonly problems: readonly RuleMistake[]
  readonly warnings: readonly RuleMistake[]
}

export interface RuleVerdict {
  /** Name of the filter that would drop it, or null. */
  readonly filteredBy: string | null
  readonly rule: string
  readonly category: string
  readonly severity: string
  /** Every filter and rule that matches. */
  readonly matching: readonly string[]
}

/** Loads rules without using them. Problems are an answer, not an exception. */
export async function checkRules({ ofIncidents, ...options }: CheckOptions): Promise<RulesReport> {
  const incidents = await checkIncidentRules(ofIncidents)
  try {
    const { rules, warnings } = await load(options)
    return { rules: rules.length + incidents.rules, problems: incidents.problems, warnings }
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { rules: 0, problems: [...error.problems, ...incidents.problems], warnings: [] }
  }
}

/** What rules say about observations, in their order. @throws RuleError the rules are wrong. */
export async function testRules(
  options: RuleOptions,
  observations: readonly Observation[],
): Promise<readonly RuleVerdict[]> {
  const rules = await load(options)
  return observations.map((observation) => {
    const { rule, category, severity } = rules.classify(observation)
    return {
      filteredBy: rules.filteredBy(observation),
      rule,
      category,
      severity,
      matching: rules.matching(observation),
    }
  })
}

async function load({ files, shipped, clock }: RuleOptions): Promise<RuleSet> {
  const texts = await Promise.all(files.map(async (name) => ({ name, text: await readFile(name, 'utf8') })))
  return createRuleSet({ files: texts, shipped, clock })
}
