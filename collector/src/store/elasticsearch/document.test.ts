import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { observations } from '../../../../test/support/arbitrary-observations.ts'
import { documentOf, observationOf } from './document.ts'
import { indexOf } from './layout.ts'

/** As it comes to Elasticsearch, and back from it: through JSON. */
const sent = (observation: ReturnType<typeof anObservation>) =>
  JSON.parse(JSON.stringify(documentOf(observation).document)) as Record<string, unknown>
const roundTrip = (observation: ReturnType<typeof anObservation>) => observationOf(observation.id, sent(observation))

describe('documentOf', () => {
  it('gives every observation back, field by field', () => {
    fc.assert(
      fc.property(observations({ maxLength: 5 }), (rows) => {
        expect(rows.map(roundTrip)).toEqual(rows)
      }),
    )
  })

  const hostile = [
    { name: 'a NUL in a key', labels: { 'a\0b': 'x' } },
    { name: 'a NUL in a value', labels: { a: 'x\0y' } },
    { name: 'the empty key', labels: { '': 'x' } },
    { name: 'a value of more than 32,766 bytes', labels: { a: 'é'.repeat(16_384) } },
    { name: 'a key of more than 32,766 bytes', labels: { ['k'.repeat(32_767)]: '' } },
  ]
  it.each(hostile)('keeps $name where nothing is indexed, and counts it', ({ labels }) => {
    const observation = anObservation({ labels: { ...labels, app: 'shop' } })
    const { document, unsearchableEntries } = documentOf(observation)
    expect(document['labels']).toEqual({ app: 'shop' })
    expect(unsearchableEntries).toBe(1)
    expect(roundTrip(observation)).toEqual(observation)
  })

  it('leaves out what is empty', () => {
    const document = sent(anObservation({ action: '', related: { ...anObservation().related } }))
    for (const name of [
      'action',
      'related',
      'rest',
      'labels',
      'labelsKeys',
      'unindexed',
      'flags',
      'countUnplaced',
      'countEstimated',
    ])
      expect(document).not.toHaveProperty(name)
  })
})

describe('indexOf', () => {
  it('goes by the type and the day of the last time alone', () => {
    const days = [
      anObservation({ type: 'Normal' }),
      anObservation({ type: 'Normal', received: 0, severity: 'critical', rule: 'x' }),
      anObservation({ type: 'Odd', lastObserved: NOON + 12 * 3_600e6 - 1 }),
      anObservation({ type: 'Warning', lastObserved: NOON + 12 * 3_600e6 }),
    ]
    expect(days.map((row) => indexOf('lab', row))).toEqual([
      'lab-normal-2026.05.11',
      'lab-normal-2026.05.11',
      'lab-other-2026.05.11',
      'lab-other-2026.05.12',
    ])
  })
})
