import { expect, it } from 'vitest'
import { aChange } from '../../../test/support/a-change.ts'
import { OutcomeCounts } from '../buffer/buffer.ts'
import type { DeliveryBatch } from '../event/delivery.ts'
import { inletOf } from './inlet.ts'

it('changes of a recording are of its cluster, whatever the sender says, and take the place of no other', async () => {
  const accepted: DeliveryBatch[] = []
  const line = { accept: async (batch: DeliveryBatch) => (accepted.push(batch), new OutcomeCounts()) }
  const { accept } = inletOf(
    { line } as unknown as Parameters<typeof inletOf>[0],
    { clusters: [] },
    { clusters: [] },
    () => 1,
  )
  const change = aChange(0, { cluster: 'production' })
  const part = { recording: 'story', cluster: 'recording', deliveries: [{ kind: 'change', change }] } as const
  await accept(part, new AbortController().signal)
  const [delivery] = accepted[0]?.deliveries ?? []
  expect(delivery).toMatchObject({
    change: { at: change.at, body: { cluster: 'recording', source: 'recording story' } },
  })
  expect(delivery?.kind === 'change' && delivery.change.id).not.toBe(change.id)
})
