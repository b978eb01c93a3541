import type { z } from 'zod'
import type { EpochMicros } from '../clock.ts'
import type { DeadLetterList } from '../event/dead-letter.ts'
import type { Accounts } from '../event/outcome.ts'
import type { EventReader } from '../store/store.ts'
import type { Health } from './health.ts'
import type { Admit } from './one-answer.ts'

/** What answers are made from. */
export interface AnswerSource {
  readonly reader: EventReader
  readonly accounts: () => Accounts
  readonly deadLetters: (limit: number) => DeadLetterList
  /** How a running collector is doing; absent where none runs. */
  readonly health?: () => Health
  /** What relative times count from. */
  readonly now: EpochMicros
  /** Waits for room for an answer of so many bytes, where answers share room. */
  readonly admit?: Admit
}

/** What was asked: values of the address (`/patterns/:id`), and parameters of query string, body or flags. */
export interface Asked {
  readonly path: Readonly<Record<string, string>>
  readonly parameters: unknown
}

export type EndpointName =
  | 'incidents'
  | 'incident'
  | 'similar'
  | 'problems'
  | 'events'
  | 'aggregate'
  | 'latest'
  | 'patterns'
  | 'pattern'
  | 'correlations'
  | 'correlation'
  | 'fields'
  | 'values'
  | 'status'
  | 'accounts'
  | 'statistics'
  | 'gaps'
  | 'changes'
  | 'deadLetters'
  | 'ruleTest'
  | 'alerts'

/** An address of the API as people and programs see it. */
export interface Described {
  readonly methods: readonly ('get' | 'post' | 'delete')[]
  /** Under `/api/v1`, with `:name` for values. */
  readonly path: string
  readonly summary: string
  readonly request: z.ZodObject
}

export interface Endpoint extends Described {
  readonly name: EndpointName
  readonly answerSchema: z.ZodType
  /** Looks at what was asked without answering it. @throws InvalidQueryError with every problem. */
  readonly check: (asked: Asked, now: EpochMicros) => void
  /** @throws InvalidQueryError, NotFoundError, StoreUnavailableError */
  readonly answer: (source: AnswerSource, asked: Asked, signal: AbortSignal) => Promise<object>
}

/** An endpoint whose parser and answer agree on what a question is. */
export function endpoint<Query>({
  parse,
  weigh,
  respond,
  ...described
}: Omit<Endpoint, 'check' | 'answer'> & {
  readonly parse: (asked: Asked, now: EpochMicros) => Query
  /** Bytes that the answer may take while it is made and sent; 0 for what is always answered at once. */
  readonly weigh: (query: Query) => number
  readonly respond: (source: AnswerSource, query: Query, signal: AbortSignal) => Promise<object>
}): Endpoint {
  return {
    ...described,
    check: (asked, now) => void parse(asked, now),
    async answer(source, asked, signal) {
      const query = parse(asked, source.now)
      const weight = weigh(query)
      if (weight > 0) await source.admit?.(weight)
      return respond(source, query, signal)
    },
  }
}
