import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replayed, type Ask } from './ask.ts'
import { composeDay, type CalmDay } from './draw/calm.ts'
import { compose, writeComposed } from './draw/compose.ts'
import { instantOf, millisOf } from './draw/instants.ts'
import { recipeOf } from './draw/recipes.ts'
import { isFirstRight, scoreOf, type Score } from './score.ts'
import { shuffled } from './shuffle.ts'
import { readCases, type Case } from './truth.ts'

/** Seconds after the first symptom at which is asked, until the answer is right. */
const LATER = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144]

/** Plays each case into a store of its own, one after another, and asks. */
export async function scoresOf(cases: readonly Case[], isShuffled = false): Promise<readonly Score[]> {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-shuffled-'))
  try {
    const scores: Score[] = []
    for (const each of cases) {
      const asked = isShuffled ? shuffled(each, directory) : each
      scores.push(
        await replayed(asked, async (ask) => scoreOf(asked, await ask(asked.at), await secondsToRight(asked, ask))),
      )
    }
    return scores
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Until the first right answer; null when there is none while the fault lasts. */
async function secondsToRight(asked: Case, ask: Ask): Promise<number | null> {
  const begun = asked.outages.flatMap(({ began, isVisible }) => (began !== null && isVisible ? [millisOf(began)] : []))
  if (begun.length === 0) return null
  const from = Math.min(...begun)
  const last = Math.max(0, (millisOf(asked.at) - from) / 1_000)
  for (const seconds of [...LATER.filter((each) => each < last), last]) {
    if (isFirstRight(asked, await ask(instantOf(from + seconds * 1_000)))) return seconds
  }
  return null
}

/** Composes the recordings of some seeds and days, and lets `use` have them as cases while they are there. */
export async function withDrawn<T>(
  { seeds = [], days = [] }: Drawn,
  use: (cases: readonly Case[]) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-drawn-'))
  try {
    draw({ seeds, days }, directory)
    return await use(readCases(directory))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Writes the recordings of some seeds and days, a folder for each. */
export function draw({ seeds = [], days = [] }: Drawn, directory: string): void {
  for (const recipe of seeds.map(recipeOf)) writeComposed(compose(recipe), join(directory, recipe.name))
  for (const day of days) writeComposed(composeDay(day), join(directory, day.name))
}

interface Drawn {
  readonly seeds?: readonly number[]
  readonly days?: readonly CalmDay[]
}
