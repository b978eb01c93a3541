import { expect, it } from 'vitest'
import { edgesOf } from '../support/answers.ts'
import { Situation } from '../support/situation.ts'

it('the volume that hangs is named, not the innocent ones beside it, and its mount waits for its attachment', async () => {
  await using situation = await Situation.twice('hanging-volume')
  const [attach, mount] = await situation.query('*')
  expect(attach).toMatchObject({
    category: 'storage',
    metadata: { volume: 'pvc-4c1f0f5e-8f0d-4b7c-9d55-3d6a2a5e7b10' },
  })
  expect(mount).toMatchObject({ category: 'storage', metadata: { volume: 'data' } })
  const groups = await situation.correlations()
  expect([groups.length, edgesOf(groups)]).toEqual([1, ['FailedAttachVolume → FailedMount']])
})

it('a probe is the cause of the restarts, although it is seen last', async () => {
  await using situation = await Situation.twice('cause-seen-last')
  const last = (await situation.query('*')).at(-1)
  expect(last).toMatchObject({ reason: 'Unhealthy', lastObserved: '2026-05-11T09:18:24Z' })
  const groups = await situation.correlations()
  expect([groups.length, new Set(edgesOf(groups))]).toEqual([1, new Set(['Unhealthy → Killing'])])
})

it('a missing Secret is explained by what should make it, not by the wait for a node', async () => {
  await using situation = await Situation.twice('missing-secret')
  const groups = await situation.correlations()
  expect([groups.length, edgesOf(groups)]).toEqual([1, ['UpdateFailed → Failed']])
  expect(groups[0]?.objects.some((object) => object.startsWith('ExternalSecret'))).toBe(true)
  const [failed] = await situation.query('reason:Failed')
  expect(failed?.metadata['secret']).toBe('checkout-db')
})

it('events that the reporter no longer sent are no trouble', async () => {
  await using situation = await Situation.twice('reporter-limit')
  expect(situation.first).toMatchObject({ observations: 26, occurrences: 26 })
  expect((await situation.correlations()).filter(({ severity }) => severity !== 'info')).toEqual([])
  expect(await situation.query('severity:(medium OR high OR critical)', { to: '2026-05-11T10:30:00Z' })).toEqual([])
})
