import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { IncidentJson, IncidentsJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import { Situation } from '../support/situation.ts'

const SHOP = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')
const LAB = join(import.meta.dirname, '..', 'lab', 'recordings')

async function shop(): Promise<Situation> {
  const situation = await Situation.open()
  await situation.play(SHOP)
  return situation
}

const at = async (situation: Situation, time: string, all = false): Promise<readonly IncidentJson[]> =>
  (
    await situation.get<IncidentsJson>('incidents', {
      at: time,
      limit: 1_000,
      ...(all ? { all, from: '2026-11-01' } : {}),
    })
  ).incidents

describe('the traffic peak of the shop', () => {
  it('is one incident: volumes of the class hang, so payments restarts, as at the two peaks before', async () => {
    await using situation = await shop()
    const [first] = await at(situation, '2026-11-17T09:02:00Z')
    expect(first).toMatchObject({
      state: 'open',
      severity: 'high',
      title: 'Volumes of class fast cannot be attached or mounted: payments, gateway',
      planned: false,
    })
    const [cause] = first?.causes ?? []
    expect(cause).toMatchObject({
      rank: 1,
      confidence: 'likely',
      class: 'StorageFailing',
      object: { kind: 'StorageClass', name: 'fast' },
    })
    expect(new Set(first?.problems.map((problem) => problem.class))).toEqual(
      new Set([
        'FailedAttachVolume',
        'FailedMount',
        'CrashLoopBackOff',
        'LivenessProbeFailed',
        'ReadinessProbeFailed',
        'FailedScheduling',
      ]),
    )
    expect(first?.triggers.map(({ reason, object }) => [reason, object.name])).toContainEqual([
      'ScalingReplicaSet',
      'payments',
    ])
    expect(first?.similar.map((each) => each.at.slice(0, 10))).toEqual(['2026-11-13', '2026-11-10'])
  })

  it('opens its evidence: each id is an event', async () => {
    await using situation = await shop()
    const [first] = await at(situation, '2026-11-17T09:02:00Z')
    const ids = [
      ...new Set(first?.causes.flatMap(({ evidence }) => evidence.flatMap(({ observations }) => observations))),
    ]
    expect(ids.length).toBeGreaterThan(3)
    for (const id of ids) expect(await situation.query(`id:"${id}"`, { view: 'observations' }), id).toHaveLength(1)
  })

  it('has the same id at any later time, and by its id is the same', async () => {
    await using situation = await shop()
    const [early] = await at(situation, '2026-11-17T09:02:00Z')
    const late = await at(situation, '2026-11-17T12:00:00Z', true)
    expect(late.find(({ id }) => id === early?.id)).toMatchObject({
      state: 'over',
      ended: expect.any(String) as string,
    })
    const one = await situation.get<IncidentJson>(`incidents/${early?.id ?? ''}`, { at: '2026-11-17T09:02:00Z' })
    expect({ ...one, at: undefined, notices: undefined }).toEqual({ ...early, mergedInto: null, at: undefined, notices: undefined }) // prettier-ignore
    await expect(situation.get('incidents/i-none')).rejects.toThrow('There is no incident')
  })
})

describe('a drain', () => {
  it('is planned: listed when it is asked for, and by its id, but not among what is broken', async () => {
    await using situation = await Situation.open()
    await situation.play(join(LAB, 'drain', 'events.jsonl.gz'))
    const asked = async (parameters: object) =>
      (await situation.get<IncidentsJson>('incidents', { ...parameters, limit: 100 })).incidents
    expect(await asked({})).toEqual([])
    const stories = await asked({ planned: true })
    const drain = stories.find(({ title }) => title === 'Node node-1 is cordoned')
    expect(drain).toMatchObject({ planned: true, severity: 'info', causes: [{ class: 'NodeEmptied' }] })
    expect(await situation.get<IncidentJson>(`incidents/${drain?.id ?? ''}`)).toMatchObject({ title: drain?.title })
  })
})

describe('the query type incidents of Grafana', () => {
  const range = { from: '2026-11-17T06:00:00Z', to: '2026-11-17T09:02:00Z' }

  it('is a table of what is broken, with its likeliest cause', async () => {
    await using situation = await shop()
    const [frame] = await situation.panel({ queryType: 'incidents' }, range)
    const column = (name: string) => frame?.data.values[frame.schema.fields.findIndex((field) => field.name === name)]
    expect([column('incident')?.[0], column('cause')?.[0], column('causeObject')?.[0], column('similar')?.[0]]).toEqual([
      'Volumes of class fast cannot be attached or mounted: payments, gateway', 'StorageFailing', 'StorageClass fast', 2,
    ]) // prettier-ignore
  })

  it('is a 1 for each open cause in an alert rule, with labels that stay', async () => {
    await using situation = await shop()
    const [frame] = await situation.panel({ queryType: 'incidents' }, range, { FromAlert: 'true' })
    expect(frame?.schema.fields.map(({ name }) => name)).toEqual(['cluster', 'cause', 'object', 'incidents'])
    const rows = (frame?.data.values[0] ?? []).map((_, row) => frame?.data.values.map((values) => values[row]))
    expect(rows).toContainEqual(['recording', 'StorageFailing', 'StorageClass fast', 1])
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length)
  })
})
