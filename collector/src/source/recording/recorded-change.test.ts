import { expect, it } from 'vitest'
import { HOUR } from '../../clock.ts'
import { recordedChange } from './recorded-change.ts'

const ORIGIN = { cluster: 'lab', clusterUid: null, source: 'recording story' }
const LINE = {
  change: 'changed',
  at: '2026-11-17T09:00:00Z',
  kind: 'ConfigMap',
  namespace: 'shop',
  name: 'flags',
  manager: 'kubectl-edit',
  fields: ['data.flags'],
}

it('a line of facts with a change and its time is a change, shifted as the events are', () => {
  const change = recordedChange(JSON.stringify(LINE), ORIGIN, 0)
  expect(change).toMatchObject({
    at: Date.UTC(2026, 10, 17, 9) * 1_000,
    body: { cluster: 'lab', source: 'recording story', what: 'changed', manager: 'kubectl-edit', fieldsKnown: 'exact' },
  })
  const moved = recordedChange(JSON.stringify(LINE), ORIGIN, HOUR)
  expect(moved?.at).toBe((change?.at ?? 0) + HOUR)
  expect(moved?.id).not.toBe(change?.id)
})

it('a line without is a fact, or nothing', () => {
  for (const other of [{ change: 'moved' }, { at: 'noon' }, { name: '' }, { change: undefined }])
    expect(recordedChange(JSON.stringify({ ...LINE, ...other }), ORIGIN, 0)).toBeNull()
  expect(recordedChange('no JSON', ORIGIN, 0)).toBeNull()
})
