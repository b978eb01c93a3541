import { mean, type Score } from './score.ts'

export interface Share {
  readonly right: number
  readonly of: number
}

/** How a set of cases was answered. Shares are of those to which the measure applies. */
export interface Measures {
  readonly cases: number
  readonly first: Share
  readonly inThree: Share
  readonly thing: Share
  readonly grounded: Share
  /** From 0 to 1; null without effects. */
  readonly effects: number | null
  readonly oneIncident: Share
  readonly keptOut: Share
  /** Cases of which events tell, in which something wrong is named `certain` or `likely`. */
  readonly wrong: Share
  /** The same of cases of which no event tells. */
  readonly wrongUnseen: Share
  readonly seconds: { readonly p50: number | null; readonly p95: number | null; readonly never: number }
}

export function measuresOf(scores: readonly Score[]): Measures {
  const visible = scores.filter(({ isVisible }) => isVisible)
  const unseen = scores.filter(({ isVisible }) => !isVisible)
  const timed = visible.filter(({ isFirst }) => isFirst !== null)
  const seconds = timed.flatMap((score) => (score.seconds === null ? [] : [score.seconds]))
  return {
    cases: scores.length,
    first: share(visible.map(({ isFirst }) => isFirst)),
    inThree: share(visible.map(({ isInThree }) => isInThree)),
    thing: share(visible.map(({ isThing }) => isThing)),
    grounded: share(visible.map(({ isGrounded }) => isGrounded)),
    effects: mean(visible.flatMap(({ effects }) => (effects === null ? [] : [effects]))),
    oneIncident: share(visible.map(({ isOneIncident }) => isOneIncident)),
    keptOut: {
      right: sum(scores.map(({ background }) => background.keptOut)),
      of: sum(scores.map(({ background }) => background.all)),
    },
    wrong: share(visible.map(({ isWrong }) => isWrong)),
    wrongUnseen: share(unseen.map(({ isWrong }) => isWrong)),
    seconds: { p50: quantile(seconds, 0.5), p95: quantile(seconds, 0.95), never: timed.length - seconds.length },
  }
}

export function ratio({ right, of }: Share): number | null {
  return of === 0 ? null : right / of
}

function share(values: readonly (boolean | null)[]): Share {
  const known = values.filter((value) => value !== null)
  return { right: known.filter((value) => value).length, of: known.length }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

export function quantile(values: readonly number[], part: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(part * values.length) - 1)] ?? null
}
