import { readPositioned, type Positioned } from '../expression/expression.ts'
import { compileRule, type Language } from './compile-rule.ts'
import { AlertRuleError, explainIssue, nodeAt, plain, type AlertRuleMistake } from './mistake.ts'
import type { AlertRule, Condition } from './rule.ts'
import { checkShape } from './schema.ts'

/** A file with alert rules, and the name that messages use for it. */
export interface AlertFile {
  readonly name: string
  readonly text: string
}

/**
 * Reads files with alert rules. Unknown keys are refused.
 *
 * @throws AlertRuleError with every mistake of every file: where, what, and what to write instead.
 */
export function readAlertRules(files: readonly AlertFile[], language: Language): readonly AlertRule[] {
  const mistakes: AlertRuleMistake[] = []
  const rules = files.flatMap((file) => readFile(file, language, mistakes))
  const byName = Map.groupBy(rules, ({ name }) => name)
  for (const [first, ...others] of byName.values()) {
    for (const { file, line, name } of others) {
      const what = `There is another rule "${name}", in ${first?.file ?? ''}:${String(first?.line ?? 0)}.`
      mistakes.push({ file, line, column: 1, what, fix: 'Give each rule a name of its own.' })
    }
  }
  if (mistakes.length > 0) throw new AlertRuleError(mistakes)
  return rules.map((rule) => (rule.isOtherwise ? { ...rule, when: otherwise(rule, rules) } : rule))
}

function readFile(
  { name: file, text }: AlertFile,
  language: Language,
  mistakes: AlertRuleMistake[],
): readonly AlertRule[] {
  const { root, mistakes: wrong } = readPositioned(text)
  for (const mistake of wrong) mistakes.push({ file, ...mistake })
  if (root === null) return []
  const { rules, issues } = checkShape(plain(root))
  for (const issue of issues) for (const mistake of explainIssue(issue, root)) mistakes.push({ file, ...mistake })
  return (rules ?? []).map((source, place) => {
    const at = (...path: readonly (string | number)[]): Positioned => nodeAt(root, ['alerts', place, ...path])
    return compileRule(source, { file, at, language, tell: (mistake) => mistakes.push({ file, ...mistake }) })
  })
}

/** What the rule selects and no other one does. */
function otherwise({ name, when }: AlertRule, rules: readonly AlertRule[]): Condition {
  const others = rules.filter((rule) => rule.name !== name && rule.form.on === 'problems' && !rule.isOtherwise)
  const isTold = (row: Parameters<Condition['matches']>[0]) => others.some((rule) => rule.when.matches(row))
  return { ...when, matches: (row) => when.matches(row) && !isTold(row) }
}
