import { expect, it } from 'vitest'
import { recordingOf } from '../support/recorded-events.ts'
import { Situation } from '../support/situation.ts'

it('an event that reached the end of its hour is no loss', async () => {
  await using situation = await Situation.open()
  const { received, balanced, outcomes } = await situation.play(recordingOf('recorded-watch'))
  expect({ received, balanced }).toEqual({ received: 7, balanced: true })
  expect(outcomes.dropped).not.toHaveProperty('deletion')
})
