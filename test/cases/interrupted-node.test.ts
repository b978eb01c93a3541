import { join } from 'node:path'
import { expect, it } from 'vitest'
import { RECORDINGS } from '../support/recorded-events.ts'
import { Situation } from '../support/situation.ts'

const NODE = 'ip-10-3-5-7.eu-central-1.compute.internal'

it('the headline of a node that is taken away is the interruption, not the routine of the day', async () => {
  await using situation = await Situation.open()
  await situation.play(join(RECORDINGS, 'interrupted-node-day.jsonl.gz'))
  const titles = (await situation.correlations('reason:SpotInterrupted')).map(({ title }) => title)
  expect(titles.length).toBeGreaterThan(0)
  for (const title of titles) expect(title.split(/: |, /)).toContain('SpotInterrupted')
  for (const title of titles) expect(title).not.toMatch(/: DisruptionBlocked/)
})

it('what happens to a pod is found under the node that it runs on, whoever reports it', async () => {
  await using situation = await Situation.of('interrupted-node')
  const reasons = (await situation.query('*', { node: NODE })).map(({ reason }) => reason)
  expect(reasons).toContain('Evicted')
  expect(reasons).not.toContain('FailedScheduling')
})
