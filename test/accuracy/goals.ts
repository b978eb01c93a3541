import { ratio, type Measures, type Share } from './measures.ts'

/** What is measured, in the words of the table. */
export interface Goal {
  readonly name: string
  readonly words: string
  /** Of the lab and what is drawn from it. */
  readonly goal: string
  /** Of public sets, where it is another one. */
  readonly publicGoal?: string
  readonly value: (measures: Measures) => Share | number | string | null
}

const seconds = (value: number | null) => (value === null ? null : String(Math.round(value)))

export const GOALS: readonly Goal[] = [
  { name: 'first', words: 'first cause of first incident right', goal: '≥ 90 %', publicGoal: '≥ 99 %', value: ({ first }) => first },
  { name: 'inThree', words: 'right in the first three incidents', goal: '≥ 98 %', publicGoal: '100 %', value: ({ inThree }) => inThree },
  { name: 'thing', words: 'its kind is right, too', goal: '≥ 90 %', value: ({ thing }) => thing },
  { name: 'grounded', words: 'first cause right, and each edge shown true', goal: '≥ 90 %', value: ({ grounded }) => grounded },
  { name: 'effects', words: 'effects found', goal: '≥ 95 %', value: ({ effects }) => effects },
  { name: 'keptOut', words: 'problems of the background that are kept out', goal: '≥ 97 %', value: ({ keptOut }) => keptOut },
  { name: 'oneIncident', words: 'one incident for each fault', goal: '≥ 95 %', value: ({ oneIncident }) => oneIncident },
  { name: 'wrong', words: 'something wrong is named `certain` or `likely`', goal: '≤ 10 %', value: ({ wrong }) => wrong },
  { name: 'wrongUnseen', words: 'the same, where no event tells of the cause', goal: '≤ 10 %', value: ({ wrongUnseen }) => wrongUnseen },
  { name: 'p50', words: 'seconds from symptom to right answer, median', goal: '', value: ({ seconds: { p50 } }) => seconds(p50) },
  { name: 'p95', words: 'the same, 95 of 100', goal: '≤ 5', value: ({ seconds: { p95 } }) => seconds(p95) },
] // prettier-ignore

export type Floors = Readonly<
  Partial<Record<'first' | 'inThree' | 'thing' | 'grounded' | 'oneIncident' | 'keptOut' | 'effects', number>>
>

/** Where a set stays below floors (shares from 0 to 1), in words. */
export function belowFloors(measures: Measures, floors: Floors): readonly string[] {
  return Object.entries(floors).flatMap(([name, floor]) => {
    const value = measures[name as keyof Floors]
    const reached = typeof value === 'number' || value === null ? value : ratio(value)
    return reached !== null && reached >= floor ? [] : [`${name}: ${String(reached)}, floor ${String(floor)}`]
  })
}
