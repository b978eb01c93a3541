import { readFile } from 'node:fs/promises'
import { createRuleSet, RuleError, type RuleSet } from '../classify/classify.ts'
import type { RuleOptions, RulesReport, RuleVerdict } from '../cli/actions.ts'
import type { Observation } from '../event/observation.ts'

/** Loads rules without using them. Problems are an answer, not an exception. */
export async function checkRules(options: RuleOptions): Promise<RulesReport> {
  try {
    const { rules, warnings } = await load(options)
    return { rules: rules.length, problems: [], warnings }
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { rules: 0, problems: error.problems, warnings: [] }
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
