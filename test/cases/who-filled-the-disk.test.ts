import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

it('an eviction says how much the container used and what it had asked for', async () => {
  await using situation = await Situation.of('disk-pressure')
  const evicted = await situation.query('reason:Evicted')
  const told = Object.fromEntries(
    evicted.map(({ owner, metadata }) => [owner.name, [metadata['resource'], metadata['used'], metadata['requested']]]),
  )
  expect(told).toEqual({
    cart: ['ephemeral-storage', '64Mi', '0'],
    search: ['ephemeral-storage', '80Mi', '0'],
    spooler: ['ephemeral-storage', '38Gi', '0'],
  })
})

it('the one that filled the disk can be asked for', async () => {
  await using situation = await Situation.of('disk-pressure')
  const rows = await situation.query('reason:Evicted AND metadata.used:*Gi')
  expect(rows.map(({ owner }) => owner.name)).toEqual(['spooler'])
})
