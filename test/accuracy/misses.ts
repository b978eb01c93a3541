import type { CalmScore } from './calm.ts'
import { recipeOf } from './draw/recipes.ts'
import type { Score } from './score.ts'
import type { Column } from './table.ts'

const SOUND = {
  isFirst: true,
  isInThree: true,
  isThing: true,
  isGrounded: true,
  isOneIncident: true,
  effects: 1,
} as const

/** What was answered wrong, a line for each. */
export function missesOf(columns: readonly Column[], calm: readonly CalmScore[]): readonly string[] {
  return [
    ...columns.flatMap(({ title, scores }) => scores.flatMap((score) => missOf(title, score))),
    ...calm.flatMap(({ name, titles }) => titles.map((title) => `${name}: false incident: ${title}`)),
  ]
}

function missOf(title: string, score: Score): readonly string[] {
  const measures = Object.entries(SOUND) as readonly (readonly [keyof typeof SOUND, boolean | number])[]
  const wrong = measures.filter(([name, sound]) => score[name] !== null && score[name] !== sound).map(([name]) => name)
  const all = [...wrong, ...(score.isWrong ? ['isWrong'] : [])]
  if (all.length === 0) return []
  const drawn = /^drawn-(\d+)$/.exec(score.name)
  const recipe = drawn === null ? '' : ` ${JSON.stringify(recipeOf(Number(drawn[1])))}`
  return [`${title}: ${score.name}: ${all.join(', ')}: ${score.words}${recipe}`]
}
