import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

it('of two rollouts only the one that crashes has a problem, under its own name', async () => {
  await using situation = await Situation.of('similar-names')
  const problems = await situation.problems('2026-05-11T14:06:12Z', true)
  expect(problems.map(({ workload, reason, state }) => [workload.kind, workload.name, reason, state])).toEqual([
    ['Deployment', 'api-gateway', 'BackOff', 'open'],
  ])
})

it('a pod without the events that its reporter left out has none', async () => {
  await using situation = await Situation.of('reporter-limit')
  expect(await situation.problems('2026-05-11T10:30:00Z', true)).toEqual([])
})
