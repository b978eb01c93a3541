import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

/** An install creates service accounts a second after the workloads that need them; one account never comes. */
const END = '2026-06-16T08:05:30Z'

it('a refusal for a service account that is not there yet is about configuration, not about quota', async () => {
  await using situation = await Situation.of('refused-service-accounts')
  const table = await situation.aggregate({ groupBy: 'category', query: 'reason:FailedCreate' })
  expect(table.groups.map(({ key }) => key)).toEqual([['config']])
})

it('five that healed in a second are over and low, the one that did not is open and high', async () => {
  await using situation = await Situation.of('refused-service-accounts')
  const open = await situation.problems(END)
  expect(open.map(({ workload: { kind, name }, state, severity }) => [kind, name, state, severity])).toEqual([
    ['Deployment', 'vault', 'open', 'high'],
  ])
  const over = (await situation.problems(END, true)).filter(({ state }) => state === 'over')
  expect(over.map(({ workload }) => workload.name).sort()).toEqual(['basket', 'ledger', 'mailer', 'quote', 'search'])
  expect(over.map(({ severity, endedBy }) => [severity, endedBy?.how])).toEqual(over.map(() => ['low', 'cleared']))
})

it('only the group of the one that did not heal is open', async () => {
  await using situation = await Situation.of('refused-service-accounts')
  const open = (await situation.correlations()).filter(({ isOpen }) => isOpen)
  expect(open.map(({ workloads }) => workloads)).toEqual([['Deployment shop/vault']])
})
