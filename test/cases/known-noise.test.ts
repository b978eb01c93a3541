import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

/** Seven kinds of warnings that every cluster has for ever, thousands of times, and one crash. */
it('noise is low, also mounts that heal once the kubelet has its objects again', async () => {
  await using situation = await Situation.of('known-noise')
  const table = await situation.aggregate({ groupBy: 'reason,severity', query: 'NOT reason:BackOff' })
  expect(table.groups.length).toBeGreaterThanOrEqual(7)
  expect(table.groups.filter(({ key }) => key?.[1] !== 'low').map(({ key }) => key)).toEqual([])
})

it('the crash comes first, whatever the numbers of the noise are', async () => {
  await using situation = await Situation.of('known-noise')
  const patterns = await situation.patterns()
  expect(patterns[0]?.id).toMatch(/^BackOff:/)
  expect(patterns[0]?.occurrences).toBeLessThan(patterns[1]?.occurrences ?? 0)
  const serious = (await situation.correlations()).filter(
    ({ severity }) => severity === 'high' || severity === 'critical',
  )
  expect(serious.map(({ title }) => /BackOff/.test(title))).toEqual([true])
})
