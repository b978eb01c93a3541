import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aChange } from '../../../../test/support/a-change.ts'
import { NOON } from '../../../../test/support/an-observation.ts'
import { MINUTE } from '../../clock.ts'
import type { Change } from '../../event/change.ts'
import { changeRecord } from '../../pipeline/change-record.ts'
import { createMemoryStore } from '../../store/memory/memory-store.ts'
import type { EventStore } from '../../store/store.ts'
import type { Health } from '../health.ts'
import { changesAnswer } from './change-answers.ts'
import { parseChangeRequest } from './change-request.ts'
import { changesSchema } from './change-schemas.ts'

const never = new AbortController().signal

async function storeOf(changes: readonly Change[]): Promise<EventStore> {
  const store = createMemoryStore()
  await store.write({ bufferId: 'b', sequence: 1, rows: [], records: changes.map(changeRecord) }, never)
  return store
}

async function ask(store: EventStore, parameters: object = {}, health?: Health) {
  const answer = await changesAnswer(store, parseChangeRequest(parameters, NOON), health, never)
  return changesSchema.parse(answer)
}

const CHANGES = [
  aChange(-300, { object: 'Node worker-1', manager: 'kubectl-cordon' }),
  aChange(-200, { object: 'Deployment shop/api', manager: 'helm', what: 'created' }),
  aChange(-100, { object: 'ConfigMap pay/flags' }),
  aChange(-100),
  aChange(-1, { cluster: 'other' }),
]

describe('GET /changes', () => {
  it('are those of the range that match, newest first, and how many', async () => {
    const store = await storeOf(CHANGES)
    const words = async (parameters: object) => (await ask(store, parameters)).changes.map((each) => each.words)
    expect(await words({ from: '-150s', cluster: 'lab' })).toHaveLength(2)
    expect(await words({ namespace: 'shop', kind: 'Deployment,Node' })).toEqual([
      'Deployment shop/api was created by helm',
    ])
    expect(await words({ manager: ['kubectl-cordon'] })).toEqual(['Node worker-1 was changed by kubectl-cordon'])
    expect(await words({ object: 'flags', what: 'changed', cluster: 'lab', namespace: 'pay' })).toHaveLength(1)
    expect((await ask(store, { limit: 2 })).notices.map(({ text }) => text)).toEqual([
      '2 of 5 changes. Use limit and cursor for the others.',
    ])
  })

  it('tells of every mistake', () => {
    expect(() => parseChangeRequest({ what: 'moved', cursor: 'x', limit: 0 }, NOON)).toThrow(/what.*limit|limit.*what/s)
    expect(() => parseChangeRequest({ cursor: 'x' }, NOON)).toThrow('no cursor of a page before')
  })

  it('say which kinds nobody watches', async () => {
    const objects = [{ cluster: 'lab', watched: [], off: ['Pod'], because: 'forbidden', grant: 'kubectl …' }]
    const { notices } = await ask(await storeOf([]), {}, { live: true, ready: true, problems: [], objects })
    expect(notices.map(({ text }) => text)).toEqual([
      'Cluster lab: changes of Pod are not known, for want of rights: see eventloom status.',
    ])
  })

  it('come in pages that hold each once, also while more are told', async () => {
    const times = fc.array(fc.integer({ min: -50, max: 0 }), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 7 }), async (seconds, limit) => {
        const changes = seconds.map((each, index) => aChange(each, { object: `ConfigMap shop/c-${String(index)}` }))
        const store = await storeOf(changes)
        const seen: string[] = []
        let cursor: string | null = null
        do {
          const page = await ask(store, { from: '-1h', to: 'now', limit, ...(cursor === null ? {} : { cursor }) })
          seen.push(...page.changes.map(({ object }) => object.name))
          cursor = page.cursor
          const late = changeRecord(aChange(1 + seen.length, { object: 'ConfigMap shop/late' }))
          await store.write({ bufferId: 'c', sequence: seen.length, rows: [], records: [late] }, never)
        } while (cursor !== null)
        const expected = changes
          .filter(({ at }) => at < NOON && at > NOON - 60 * MINUTE)
          .map(({ body }) => body.object.name)
        expect([...new Set(seen)]).toHaveLength(seen.length)
        expect(seen.toSorted()).toEqual(expected.toSorted())
      }),
      { numRuns: 30 },
    )
  })
})
