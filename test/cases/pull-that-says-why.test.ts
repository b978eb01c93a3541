import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

it('a problem of an image says which it is and why it cannot be pulled, not that it was tried again', async () => {
  await using situation = await Situation.of('failing-pulls')
  const open = await situation.problems('2026-05-11T12:02:10Z')
  const api = open.filter(({ workload }) => workload.name === 'api')
  expect(api.map(({ note }) => note.includes('not found'))).toEqual([true])
  expect(api[0]?.thing).toMatchObject({ name: 'registry.example.net/shop/api:1.9.3' })
})
