import type { MetricFindValue, TimeRange } from '@grafana/data'
import type { EventloomQuery, QueryFilter, Term } from './query/query'

/** A range as the collector takes it, ms since 1970. */
export interface Range {
  readonly from: number
  readonly to: number
}

export interface Completion {
  /** What an item replaces, as places in the text. */
  readonly from: number
  readonly to: number
  readonly items: readonly CompletionItem[]
}

export interface CompletionItem {
  readonly label: string
  readonly insert: string
  readonly kind: 'field' | 'value' | 'operator'
  readonly detail?: string
  readonly occurrences?: number
}

/** Something that the collector would refuse. */
export interface Problem {
  readonly place: string
  readonly message: string
  readonly position?: number
  readonly length?: number
}

/** What an alert rule with a query will see. */
export interface Preview {
  readonly alertable: boolean
  readonly instances: number
  readonly labelSets: readonly Readonly<Record<string, string>>[]
  /** Of each of them; a collector before 0.2 says none. */
  readonly values?: readonly (number | null)[]
  /** How many are above 0 now, where that is what a rule asks; else null. */
  readonly firing?: number | null
  readonly warnings: readonly string[]
  readonly refusal?: string
}

/** A variable's query. */
export interface VariableQuestion {
  readonly field: string
  readonly filter: QueryFilter
  readonly limit?: number
  readonly sort?: 'count' | 'name'
  /** How the values begin. */
  readonly search?: string
}

export type Ask = <Answer>(path: string, body: unknown) => Promise<Answer>

/** What the editors ask of the collector, through the resources of the plugin's backend. */
export class Resources {
  readonly #ask: Ask
  #fields: Promise<readonly MetricFindValue[]> | null = null

  constructor(ask: Ask) {
    this.#ask = ask
  }

  /** Names that filters and groupings take. Asked once: fields do not come and go while an editor is open. */
  fields(range: Range): Promise<readonly MetricFindValue[]> {
    this.#fields ??= this.#ask<MetricFindValue[]>('tag-keys', { timeRange: range }).catch((error: unknown) => {
      this.#fields = null
      throw error
    })
    return this.#fields
  }

  values(key: string, terms: readonly Term[], prefix: string, range: Range): Promise<MetricFindValue[]> {
    return this.#ask('tag-values', { key, terms, prefix, timeRange: range })
  }

  variable(question: VariableQuestion, range: Range): Promise<MetricFindValue[]> {
    return this.#ask('variables', { query: question, timeRange: range })
  }

  complete(text: string, position: number, range: Range): Promise<Completion> {
    return this.#ask('complete', { text, position, timeRange: range })
  }

  async check(query: EventloomQuery): Promise<readonly Problem[]> {
    return (await this.#ask<{ problems: Problem[] }>('check', { query })).problems
  }

  preview(query: EventloomQuery, range: Range): Promise<Preview> {
    const { intervalMs = 60_000, maxDataPoints = 1_000 } = query as { intervalMs?: number; maxDataPoints?: number }
    return this.#ask('preview', { query, timeRange: range, intervalMs, maxDataPoints })
  }
}

/** Where nothing says which range is meant. */
const USUAL_RANGE_MS = 6 * 3_600_000

export function rangeOf(range: TimeRange | undefined, now: () => number = Date.now): Range {
  if (range === undefined) return { from: now() - USUAL_RANGE_MS, to: now() }
  return { from: range.from.valueOf(), to: range.to.valueOf() }
}
