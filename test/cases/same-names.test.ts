import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

it('a Job made again under its name does not stand in the trouble of the one before', async () => {
  await using situation = await Situation.of('same-names')
  const rows = await situation.query('regarding.kind:Job AND regarding.name:worker')
  expect(rows.map(({ reason }) => reason)).toEqual([
    'SuccessfulCreate',
    'BackoffLimitExceeded',
    'SuccessfulCreate',
    'Completed',
  ])
  const [created, failed, again, completed] = rows.map(({ correlationId }) => correlationId)
  expect(created).toBe(failed)
  expect([again, completed]).not.toContain(failed)
})

it('a custom resource made again under its name begins anew', async () => {
  await using situation = await Situation.of('new-uid')
  const [old, submitted, failed] = (await situation.query('*', { view: 'observations' })).map(
    ({ correlationId }) => correlationId,
  )
  expect([submitted, failed]).not.toContain(old)
})
