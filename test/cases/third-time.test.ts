import { expect, it } from 'vitest'
import { byKey } from '../support/answers.ts'
import { recordingOf } from '../support/recorded-events.ts'
import { Situation } from '../support/situation.ts'

/** What an alert rule would see at a time: occurrences by pod in the five minutes before. */
async function seenAt(situation: Situation, time: string): Promise<Readonly<Record<string, number>>> {
  const to = Date.parse(`2026-05-11T${time}Z`) + 1
  const range = { from: new Date(to - 5 * 60_000).toISOString(), to: new Date(to).toISOString() }
  return byKey(await situation.aggregate({ ...range, groupBy: 'regarding.name', query: 'reason:BackOff' }))
}

it('a threshold of three is reached by the third occurrence, and left five minutes after the last', async () => {
  await using situation = await Situation.twice('third-time')
  expect(await seenAt(situation, '10:00:00')).toEqual({ 'flap-0': 1 })
  expect(await seenAt(situation, '10:00:20')).toEqual({ 'flap-0': 2 })
  expect(await seenAt(situation, '10:00:50')).toEqual({ 'flap-0': 3 })
  expect(await seenAt(situation, '10:02:30')).toEqual({ 'flap-0': 4, 'late-0': 5 })
  expect(await seenAt(situation, '10:06:30')).toEqual({ 'late-0': 5 })
  expect(await seenAt(situation, '10:07:31')).toEqual({})
})

it('a second replay of the same events makes no third time of the first', async () => {
  await using situation = await Situation.of('third-time')
  const before = await seenAt(situation, '10:02:30')
  await situation.play(recordingOf('third-time'))
  expect(await seenAt(situation, '10:02:30')).toEqual(before)
})
