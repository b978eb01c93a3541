import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

it('a wait for a node is over once the pod has one; the Secret that is missing stays open', async () => {
  await using situation = await Situation.of('missing-secret')
  const problems = await situation.problems('2026-05-11T09:03:10Z', true)
  const stateOf = (reason: string) =>
    problems.filter((problem) => problem.reason === reason).map(({ state, endedBy }) => [state, endedBy?.how])
  expect(stateOf('FailedScheduling')).toEqual([['over', 'cleared']])
  expect(stateOf('UpdateFailed')).toEqual([['open', undefined]])
  const [failed] = problems.filter(({ reason }) => reason === 'Failed')
  expect(failed).toMatchObject({ state: 'open', thing: { kind: 'Secret', name: 'checkout-db' } })
  expect(problems.slice(0, 2).map(({ reason }) => reason)).not.toContain('FailedScheduling')
})
