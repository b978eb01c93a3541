import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

it('the troubles of a pod end with it, and the pod of the same name that follows has none', async () => {
  await using situation = await Situation.of('pod-comes-back')
  const before = await situation.problems('2026-05-11T16:05:00Z')
  expect(before.map(({ reason, state }) => [reason, state]).sort()).toEqual([
    ['FailedMount', 'open'],
    ['Unhealthy', 'open'],
  ])
  const after = await situation.problems('2026-05-11T16:05:55Z', true)
  expect(after.map(({ reason }) => reason).sort()).toEqual(['FailedMount', 'Unhealthy'])
  expect(after.filter(({ state }) => state === 'open')).toEqual([])
})
