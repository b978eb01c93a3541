import type { ProblemBody } from '../event/problem.ts'
import type { AlertRule, Condition } from './rule.ts'

/** Finds the rules that a problem may matter to, by its kind of trouble: with a thousand rules each looks at few. */
export class RulesOf {
  readonly #byClass = new Map<string, AlertRule[]>()
  readonly #anyClass: readonly AlertRule[]

  constructor(rules: readonly AlertRule[]) {
    const anyClass: AlertRule[] = []
    for (const rule of rules) {
      const conditions = conditionsOf(rule)
      if (conditions.some(({ classes }) => classes === null)) anyClass.push(rule)
      else for (const name of new Set(conditions.flatMap(({ classes }) => classes ?? []))) this.#add(name, rule)
    }
    this.#anyClass = anyClass
  }

  concerning({ class: name }: Pick<ProblemBody, 'class'>): readonly AlertRule[] {
    const own = this.#byClass.get(name)
    return own === undefined ? this.#anyClass : [...this.#anyClass, ...own]
  }

  #add(name: string, rule: AlertRule): void {
    const known = this.#byClass.get(name)
    if (known === undefined) this.#byClass.set(name, [rule])
    else known.push(rule)
  }
}

function conditionsOf({ form, when, unless }: AlertRule): readonly Condition[] {
  return form.on === 'problems' ? [when, ...unless.map((silencer) => silencer.when)] : []
}
