import { MINUTE, type Clock, type EpochMicros } from '../clock.ts'

/** A rule that throws more often than this within a minute is disabled: it would only cost time and hide its fault. */
export const MAX_THROWS_PER_MINUTE = 100

/** How one rule or filter has done since it was loaded. */
export interface RuleCounter {
  readonly name: string
  readonly kind: 'rule' | 'filter'
  /** Events it was evaluated for; those that the index skips are not counted. */
  readonly evaluations: number
  readonly matches: number
  readonly throws: number
  readonly disabled: boolean
}

/** Told once, when a rule is disabled. */
export interface RuleDisabled {
  readonly name: string
  readonly kind: 'rule' | 'filter'
  /** What the last evaluation threw. */
  readonly message: string
  readonly throwsPerMinute: number
}

/** Counts the evaluations of one rule, and turns it off when it throws too often. A throw is "no match". */
export class GuardedRule {
  readonly name: string
  readonly kind: 'rule' | 'filter'
  readonly #clock: Clock
  readonly #onDisabled: (disabled: RuleDisabled) => void
  #evaluations = 0
  #matches = 0
  #throws = 0
  #disabled = false
  #windowStart: EpochMicros = 0
  #throwsInWindow = 0

  constructor(name: string, kind: 'rule' | 'filter', clock: Clock, onDisabled: (disabled: RuleDisabled) => void) {
    this.name = name
    this.kind = kind
    this.#clock = clock
    this.#onDisabled = onDisabled
  }

  evaluate(condition: () => boolean): boolean {
    if (this.#disabled) return false
    this.#evaluations++
    try {
      const isMatch = condition()
      if (isMatch) this.#matches++
      return isMatch
    } catch (error) {
      this.#threw(error)
      return false
    }
  }

  counter(): RuleCounter {
    return {
      name: this.name,
      kind: this.kind,
      evaluations: this.#evaluations,
      matches: this.#matches,
      throws: this.#throws,
      disabled: this.#disabled,
    }
  }

  #threw(error: unknown): void {
    this.#throws++
    const now = this.#clock()
    if (now - this.#windowStart > MINUTE) {
      this.#windowStart = now
      this.#throwsInWindow = 0
    }
    this.#throwsInWindow++
    if (this.#throwsInWindow <= MAX_THROWS_PER_MINUTE) return
    this.#disabled = true
    const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
    this.#onDisabled({ name: this.name, kind: this.kind, message, throwsPerMinute: this.#throwsInWindow })
  }
}
