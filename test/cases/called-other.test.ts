import { describe, expect, it } from 'vitest'
import { Situation, type Frame } from '../support/situation.ts'

const RANGE = { from: '2026-06-08T09:00:00Z', to: '2026-06-08T12:00:00Z' }
const series = (field: string) => ({
  queryType: 'aggregate',
  groupBy: [field],
  top: 2,
  format: 'timeseries',
  interval: '1h',
})

const labelsOf = (frames: readonly Frame[]) =>
  frames.flatMap(({ schema }) => schema.fields.flatMap(({ labels }) => (labels === undefined ? [] : [labels])))

/** The two greatest stand in their own name; what is left over has none. */
describe.each([
  { name: 'namespace-called-other', field: 'namespace', own: ['big', 'other'] },
  { name: 'category-other', field: 'category', own: ['container', 'other'] },
])('a $field that is called "other"', ({ name, field, own }) => {
  it('is told apart from all others together in a chart', async () => {
    await using situation = await Situation.of(name)
    const frames = await situation.panel(series(field), RANGE)
    const labels = labelsOf(frames)
    expect(labels.filter((each) => own.includes(each[field] ?? '')).map((each) => each[field])).toEqual(own)
    expect(new Set(labels.map((each) => JSON.stringify(each))).size).toBe(labels.length)
  })

  it('is an instance of a rule, and all others together are none', async () => {
    await using situation = await Situation.of(name)
    const frames = await situation.panel(series(field), RANGE, { FromAlert: 'true' })
    const labels = labelsOf(frames)
    expect(labels).toEqual(own.map((value) => ({ [field]: value })))
  })
})
