import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

let situation: Situation
const played = (name: string) => {
  beforeAll(async () => {
    situation = await Situation.of(name)
  })
  afterAll(() => situation[Symbol.asyncDispose]())
}

describe('names that look like the query language are found', () => {
  played('biting-names')

  it.each([
    ['regarding.name:"ip-10-0-3-17.eu-west-1.compute.internal"', 1],
    ['regarding.name:ip-10-0-3-17.eu-west-1.compute.internal', 1],
    ['reason:"Sync/Failed"', 1],
    [String.raw`reason:Sync\/Failed`, 1],
    ['reason:Sync/Failed', 1],
    ['reason:Sync', 1],
    ['reason:"NOT"', 1],
    ['namespace:team-a', 2],
    ['namespace:("team-a" OR "team-a-b")', 3],
    ['note:"queue/depth"', 1],
    [String.raw`note:"C:\\temp\\x"`, 1],
  ])('%s: %i', async (query, rows) => {
    expect(await situation.query(query)).toHaveLength(rows)
  })
})

describe('names with colons and stars are found', () => {
  played('colons')

  it.each([
    ['regarding.name:"system:aggregate-to-edit"', 4],
    [String.raw`regarding.name:system\:aggregate-to-edit`, 4],
    ['regarding.name:system*', 16],
    ['regarding.name:"a*b"', 4],
    [String.raw`regarding.name:a\*b`, 4],
    ['reason:"Sync:Failed"', 8],
    [String.raw`reason:Sync\:Failed`, 8],
  ])('%s: %i', async (query, rows) => {
    expect(await situation.query(query, { view: 'observations' })).toHaveLength(rows)
  })

  it('also where a dashboard lets the reader choose, and in the address of a pattern', async () => {
    expect(await situation.query('*', { object: 'system:aggregate-to-edit', view: 'observations' })).toHaveLength(4)
    const [pattern] = await situation.patterns({ query: 'reason:"Sync:Failed" AND regarding.kind:ClusterRole' })
    expect(pattern?.id).toContain('Sync%3AFailed')
    expect(await situation.get(`patterns/${encodeURIComponent(pattern?.id ?? '')}`)).toMatchObject({ id: pattern?.id })
  })
})
