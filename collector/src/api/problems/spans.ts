import type { EpochMicros } from '../../clock.ts'
import type { ProblemBody } from '../../event/problem.ts'
import { severityRank } from '../../event/words.ts'

/** A time in which a problem was there without a break, and how bad it was. */
export interface Span {
  readonly from: EpochMicros
  readonly to: EpochMicros
  /** 0 (info) to 4 (critical). */
  readonly rank: number
}

/** The times of a life in which it was not over, silence inside it included; what still goes on ends at `end`. */
export function spansOf({ transitions }: Pick<ProblemBody, 'transitions'>, end: EpochMicros): readonly Span[] {
  const spans: Span[] = []
  for (const [place, { at, state, severity }] of transitions.entries()) {
    const to = transitions[place + 1]?.at ?? end
    if (state !== 'over' && to > at) spans.push({ from: at, to, rank: severityRank(severity) })
  }
  return spans
}
