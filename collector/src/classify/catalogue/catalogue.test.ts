import { describe, expect, it } from 'vitest'
import { catalogueEntries, entriesOf, type ReasonEntry } from './catalogue.ts'

const ENTRIES = catalogueEntries()
const REASONS = new Set(ENTRIES.map(({ reason }) => reason))

function label({ reason, emitter, kinds }: ReasonEntry): string {
  return `${reason} of ${emitter} on ${kinds.join(', ')}`
}

describe('the catalogue', () => {
  it('knows at least 500 reasons', () => {
    expect(REASONS.size).toBeGreaterThanOrEqual(500)
  })

  it('says of each what it means, in a sentence', () => {
    expect(ENTRIES.filter(({ meaning }) => !/^["A-Zk].{10,160}\.$/.test(meaning)).map(label)).toEqual([])
  })

  it('says what to check, in a sentence, wherever something may be wrong', () => {
    expect(ENTRIES.filter(({ check }) => check !== '' && !/^[A-Z].{5,160}\.$/.test(check)).map(label)).toEqual([])
    const serious = ENTRIES.filter(({ severity }) => severity === 'high' || severity === 'critical')
    expect(serious.filter(({ check }) => check === '').map(label)).toEqual([])
  })

  it('names only known reasons as clearing ones, each with a time to hold', () => {
    const cleared = ENTRIES.filter(({ clearedBy }) => clearedBy !== undefined)
    expect(cleared.flatMap(({ clearedBy = [] }) => clearedBy).filter((reason) => !REASONS.has(reason))).toEqual([])
    expect(cleared.filter(({ holdsMinutes = 0 }) => holdsMinutes < 10).map(label)).toEqual([])
  })

  it('has no two entries that nothing tells apart', () => {
    const keys = ENTRIES.map(({ reason, kinds, type, note, controllers }) =>
      JSON.stringify([reason, kinds, type, note, controllers]),
    )
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
  })

  it('has one answer for a reason that hides in objects', () => {
    expect(entriesOf('__proto__')).toEqual([])
    expect(entriesOf('constructor')).toEqual([])
  })
})
