import { join } from 'node:path'
import { expect, it } from 'vitest'
import { aRecord } from '../../../test/support/a-record.ts'
import { replayRecording } from '../../../test/support/replay-recording.ts'
import { rollUp } from '../query/roll-up.ts'
import { hasItsShape } from './record-shapes.ts'

const SHOP_PEAK = join(import.meta.dirname, '../../../test/lab/recordings/shop-peak/events.jsonl.gz')

it('what the stages and the roll-up write has its shape', async () => {
  const { observations, records } = await replayRecording(SHOP_PEAK)
  const written = [...records, ...rollUp(observations)]
  expect(new Set(written.map(({ kind }) => kind))).toEqual(
    new Set(['correlation', 'problem', 'pattern', 'template', 'watched', 'roll-up']),
  )
  expect(written.filter((record) => !hasItsShape(record))).toEqual([])
})

it('what lacks a part, or has another one in its place, has not', () => {
  const gap = { cluster: 'lab', stream: 'events', cause: 'the server forgot' }
  expect(hasItsShape(aRecord('gap', { body: gap }))).toBe(true)
  expect(hasItsShape(aRecord('gap', { body: { ...gap, cause: undefined } }))).toBe(false)
  expect(hasItsShape(aRecord('gap', { body: { ...gap, cause: ['the server forgot'] } }))).toBe(false)
  expect(hasItsShape(aRecord('gap', { body: [] }))).toBe(false)
})
