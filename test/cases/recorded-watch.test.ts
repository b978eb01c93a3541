import { expect, it } from 'vitest'
import { byKey } from '../support/answers.ts'
import { Situation } from '../support/situation.ts'

it('bookmarks, deletions and errors of a recorded watch are no events, and each is accounted for', async () => {
  await using situation = await Situation.twice('recorded-watch')
  const { received, occurrences, outcomes } = situation.first
  expect({ received, occurrences, stored: outcomes.stored }).toEqual({ received: 7, occurrences: 4, stored: 4 })
  // None of the three is a loss.
  expect([outcomes.signalled, outcomes.dropped]).toEqual([{ bookmark: 1, deletion: 1, 'error notice': 1 }, {}])
  expect(byKey(await situation.aggregate({ groupBy: 'regarding.name' }))).toEqual({ 'ledger-0': 3, 'ledger-1': 1 })
  const rows = await situation.query('*', { view: 'observations' })
  expect(rows.map(({ resourceVersion }) => resourceVersion).sort((a, b) => a - b)).toEqual([4101, 4102, 4160, 5230])
  expect(rows.every(({ reason, uid }) => reason !== '' && uid !== '')).toBe(true)
})
