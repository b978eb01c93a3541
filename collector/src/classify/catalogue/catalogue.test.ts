import { describe, expect, it } from 'vitest'
import { catalogueEntries, entriesOf, mayBeProblem, type ReasonEntry } from './catalogue.ts'

const ENTRIES = catalogueEntries()
const PROBLEMS = ENTRIES.filter(mayBeProblem)
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

  it('names only known reasons as clearing ones, never the reason itself without a note', () => {
    const unknown = ENTRIES.flatMap(({ clearedBy = [] }) => clearedBy.flatMap(({ reasons }) => reasons)).filter(
      (reason) => !REASONS.has(reason),
    )
    expect(unknown).toEqual([])
    const clearingItself = ENTRIES.filter(({ reason, clearedBy = [] }) =>
      clearedBy.some(({ reasons, note }) => note === undefined && reasons.includes(reason)),
    )
    expect(clearingItself.map(label)).toEqual([])
  })

  it('names a clearing event wherever one tells the end, and none where nothing does', () => {
    expect(ENTRIES.filter(({ end, clearedBy }) => end === 'told' && clearedBy === undefined).map(label)).toEqual([])
    expect(ENTRIES.filter(({ end, clearedBy }) => end === 'unknown' && clearedBy !== undefined).map(label)).toEqual([])
  })

  it('lets a trouble last at least as long as its reporter may pause', () => {
    const short = ENTRIES.filter(({ holdsMinutes = 0, repeatsMinutes = 0 }) => holdsMinutes < repeatsMinutes)
    expect(short.map(label)).toEqual([])
  })

  it('raises only what is of low severity', () => {
    const raised = ENTRIES.filter(({ persists }) => persists !== undefined)
    expect(raised.filter(({ severity }) => severity !== 'low').map(label)).toEqual([])
    expect(raised.filter(({ persists }) => persists?.severity === 'low' || persists?.severity === 'info')).toEqual([])
  })

  it('gives one kind of trouble of one kind of object one life, unless the object goes with it', () => {
    const lives = new Map<string, Set<string>>()
    for (const { reason, problem = reason, kinds, end, clearedBy, repeatsMinutes, holdsMinutes, gone } of PROBLEMS) {
      if (gone === 'regarding') continue
      for (const kind of kinds) {
        const key = `${problem} of ${kind}`
        const life = JSON.stringify([end, clearedBy, repeatsMinutes, holdsMinutes])
        lives.set(key, (lives.get(key) ?? new Set()).add(life))
      }
    }
    expect([...lives].filter(([, { size }]) => size > 1).map(([key]) => key)).toEqual([])
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
