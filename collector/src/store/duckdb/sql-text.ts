import type { Parameter, Statement } from './protocol.ts'

/** Collects the values of one statement; each gets the name under which the SQL mentions it. */
export class Bindings {
  readonly #values: Parameter[] = []
  readonly #names = new Map<Parameter, string>()

  /** The place holder of a value, `$3`. Equal values share one. */
  bind(value: Parameter): string {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    this.#values.push(value)
    const name = `$${String(this.#values.length)}`
    this.#names.set(value, name)
    return name
  }

  /** Place holders of several values, for `IN (…)`. */
  bindAll(values: readonly Parameter[]): string {
    return values.map((value) => this.bind(value)).join(', ')
  }

  statement(sql: string): Statement {
    return { sql, parameters: this.#values }
  }
}

/** A statement whose SQL and values are written together. */
export function statement(write: (bindings: Bindings) => string): Statement {
  const bindings = new Bindings()
  return bindings.statement(write(bindings))
}
