import { layBackground, joined } from './backgrounds.ts'
import { Chance } from './chance.ts'
import type { Composed } from './compose.ts'
import { instantOf } from './instants.ts'
import type { Background } from './recipes.ts'
import { FreshNames } from './renaming.ts'

const DAY = 86_400_000
const FIRST = Date.UTC(2026, 8, 7)

/** A day at true pace on which nothing new breaks. */
export interface CalmDay {
  readonly name: string
  readonly seed: number
  readonly backgrounds: readonly Background[]
  readonly withFacts: boolean
}

const CHRONIC: readonly Background[] = ['crash-loop', 'missing-image', 'no-metrics', 'flapping-probe']
const KINDS: Readonly<Record<string, readonly Background[]>> = {
  quiet: ['cron-jobs'],
  rollouts: ['cron-jobs', 'rollouts'],
  maintenance: ['cron-jobs', 'drain'],
  chronic: ['cron-jobs', ...CHRONIC],
  busy: ['cron-jobs', 'rollouts', 'drain', ...CHRONIC],
}

export const CALM_DAYS: readonly CalmDay[] = Object.entries(KINDS).flatMap(([kind, backgrounds]) =>
  [1, 2].map((seed) => ({ name: `calm-${kind}-${String(seed)}`, seed, backgrounds, withFacts: seed === 1 })),
)

export function composeDay({ name, seed, backgrounds, withFacts }: CalmDay): Composed {
  const chance = new Chance(name)
  const names = new FreshNames(chance)
  const from = FIRST + (seed + chance.number('day', 14)) * DAY
  const laid = backgrounds.map((kind) => ({ kind, ...layBackground(kind, { from, to: from + DAY }, names, chance) }))
  const { lines, facts } = joined(laid)
  const about = (wanted: (kind: Background) => boolean) =>
    laid.filter(({ kind }) => wanted(kind)).flatMap(({ about: named }) => named)
  return {
    lines: lines.toSorted(([a], [b]) => a - b),
    facts: withFacts ? facts : [],
    truth: {
      at: instantOf(from + DAY),
      outages: [],
      background: about(() => true),
      calm: {
        from: instantOf(from),
        chronic: about((kind) => CHRONIC.includes(kind)).filter(({ kind }) => kind === 'Namespace'),
      },
    },
  }
}
