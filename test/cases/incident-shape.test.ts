import { join } from 'node:path'
import { expect, it } from 'vitest'
import { incidentSchema, incidentsSchema } from '../../collector/src/api/incidents/incident-schemas.ts'
import { similarSchema } from '../../collector/src/api/incidents/similar-schemas.ts'
import { Situation } from '../support/situation.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const RECORDINGS = [
  'collector/recordings/shop.jsonl.gz',
  'test/lab/recordings/node-lost-and-back/events.jsonl.gz',
  'test/lab/recordings/quota-exceeded/events.jsonl.gz',
  'test/lab/recordings/drain/events.jsonl.gz',
]

/** What others build on: none of these names may go away or change its place. */
const LIST = ['total', 'cursor', 'notices', 'incidents']
const INCIDENT = [
  ...['id', 'cluster', 'title', 'state', 'planned', 'severity', 'opened', 'lastObserved', 'ended', 'problems'],
  ...['causes', 'unknownBecause', 'triggers', 'changes', 'similar'],
]
const CAUSE = ['rank', 'confidence', 'object', 'thing', 'class', 'reason', 'words', 'evidence']
const EVIDENCE = ['from', 'to', 'rule', 'words', 'trust', 'lagSeconds', 'observations']

it.each(RECORDINGS)('incidents of %s have the shape that is promised', async (file) => {
  await using situation = await Situation.open()
  await situation.play(join(ROOT, file))
  const answer = incidentsSchema.parse(await situation.get('incidents', { all: true, limit: 1_000 }))
  expect(Object.keys(answer)).toEqual(expect.arrayContaining(LIST))
  expect(answer.incidents.length).toBeGreaterThan(0)
  for (const each of answer.incidents) {
    expect(Object.keys(each)).toEqual(expect.arrayContaining(INCIDENT))
    expect(each.unknownBecause === null).toBe(each.causes.length > 0)
    const ranks = each.causes.map(({ rank }) => rank)
    expect([ranks[0] ?? 1, ranks]).toEqual([1, ranks.toSorted((a, b) => a - b)])
    for (const cause of each.causes) {
      expect(Object.keys(cause)).toEqual(expect.arrayContaining(CAUSE))
      for (const one of cause.evidence) expect(Object.keys(one)).toEqual(expect.arrayContaining(EVIDENCE))
    }
    for (const problem of each.problems) expect(problem.observations.length).toBeGreaterThan(0)
  }
  const [first] = answer.incidents
  const id = first?.id ?? ''
  incidentSchema.parse(await situation.get(`incidents/${id}`))
  const similar = similarSchema.parse(await situation.get(`incidents/${id}/similar`))
  expect(first?.similar.map((each) => each.id)).toEqual(similar.similar.slice(0, 5).map((each) => each.id))
})
