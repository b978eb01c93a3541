import type { Resources } from '../resources'
import { applicabilityOf, groupableFields, recommendedDrilldowns } from './drilldowns'

const KNOWN = new Set(['reason', 'namespace'])

it('says why a filter of another data source is of no use here', () => {
  const filters = [
    { key: 'reason', operator: '=|', value: 'BackOff' },
    { key: 'pod_ip', operator: '=', value: '10.0.0.1' },
    { key: 'namespace', operator: 'matches', value: 'shop' },
    { key: 'labels.app', operator: '=', value: 'cart' },
  ]
  expect(applicabilityOf(filters, ['namespace', 'pod_ip'], KNOWN)).toEqual([
    { key: 'reason', applicable: true },
    { key: 'pod_ip', applicable: false, reason: 'Events have no field pod_ip' },
    { key: 'namespace', applicable: false, reason: 'Events have no operator matches' },
    { key: 'labels.app', applicable: true },
    { key: 'namespace', applicable: true },
    { key: 'pod_ip', applicable: false, reason: 'Events have no field pod_ip' },
  ])
})

it('recommends what is bad and what happened most in the range', async () => {
  const reasons = ['BackOff', 'FailedMount', 'Unhealthy', 'Killing', 'Pulled', 'Created'].map((text) => ({ text }))
  const values = jest.fn().mockResolvedValue(reasons)
  const range = { from: 1, to: 2 }
  const { filters = [], groupByKeys = [] } = await recommendedDrilldowns({ values } as unknown as Resources, range)
  expect(values).toHaveBeenCalledWith('reason', [], '', range)
  expect(filters.map(({ key, value }) => `${key}=${value}`)).toEqual([
    'severity=high',
    'reason=BackOff',
    'reason=FailedMount',
    'reason=Unhealthy',
    'reason=Killing',
    'reason=Pulled',
  ])
  expect(groupByKeys).toContain('namespace')
})

it('offers no field to group by that has a value of its own for each event', () => {
  const fields = ['reason', 'uid', 'note', 'node'].map((text) => ({ text }))
  expect(groupableFields(fields).map(({ text }) => text)).toEqual(['reason', 'node'])
})
