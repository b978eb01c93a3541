import { describe, expect, it } from 'vitest'
import { byKey } from '../support/answers.ts'
import { join } from 'node:path'
import { RECORDINGS } from '../support/recorded-events.ts'
import { Situation } from '../support/situation.ts'

const ROUTINE_DAY = join(RECORDINGS, 'interrupted-node-day.jsonl.gz')

describe('pulls that fail', () => {
  it('are of category image, the crash beside them of category container', async () => {
    await using situation = await Situation.twice('failing-pulls')
    const table = await situation.aggregate({
      groupBy: 'category',
      query: 'reason:(Failed OR BackOff)',
      metrics: 'events,occurrences',
    })
    expect(byKey(table)).toEqual({ image: 23, container: 5 })
    expect(byKey(table, 'events')).toEqual({ image: 7, container: 1 })
  })

  it('say which image and why: a tag that is missing, a limit that passes', async () => {
    await using situation = await Situation.of('failing-pulls')
    const rows = await situation.query('*')
    for (const image of ['registry.example.net/shop/api:1.9.3', 'registry.example.net/shop/report:4.1']) {
      const naming = rows.filter(({ note }) => note.includes(image))
      expect(naming.length).toBeGreaterThan(2)
      expect(naming.every(({ metadata }) => metadata['image'] === image)).toBe(true)
    }
    const errorOf = (name: string) =>
      rows.find(({ owner, metadata }) => owner.name === name && 'registryError' in metadata)
    expect(errorOf('api')?.metadata['registryError']).toBe('not found')
    expect(errorOf('report')?.metadata['registryError']).toBe('rate limit')
  })

  it('make a group of each workload', async () => {
    await using situation = await Situation.of('failing-pulls')
    const rows = await situation.query('*')
    expect(new Set(rows.map(({ owner, correlationId }) => `${owner.name} ${correlationId}`)).size).toBe(3)
    expect(new Set(rows.map(({ correlationId }) => correlationId)).size).toBe(3)
  })
})

describe('a workload whose name begins like another', () => {
  it('has its own events alone, over all its objects', async () => {
    await using situation = await Situation.twice('similar-names')
    const kinds = (await situation.query('owner.name:api')).map(({ regarding }) => regarding.kind)
    expect(kinds).toEqual(['Deployment', 'ReplicaSet', 'Pod'])
    const gateway = await situation.query('owner.name:"api-gateway"')
    expect(gateway).toHaveLength(4)
    const pod = gateway.find(({ regarding }) => regarding.name === 'api-gateway-5f6d7c8b94-q8w6z')
    expect(pod?.owner).toMatchObject({ kind: 'Deployment', name: 'api-gateway' })
  })

  it('has a trouble of its own, with its rollout as the change before it', async () => {
    await using situation = await Situation.of('similar-names')
    const troubled = (await situation.correlations()).filter(({ severity }) => severity !== 'info')
    expect(troubled.map(({ workloads }) => workloads)).toEqual([['Deployment shop/api-gateway']])
    expect(troubled[0]?.title).toContain('api-gateway')
    expect(troubled[0]?.changes.map(({ reason }) => reason)).toContain('ScalingReplicaSet')
  })
})

it('a pod that comes back under its name does not inherit the trouble of the old one', async () => {
  await using situation = await Situation.twice('pod-comes-back')
  const rows = await situation.query('regarding.name:"db-0"')
  const [old, reborn] = [...new Set(rows.map(({ regarding }) => regarding.uid))]
  expect(rows).toHaveLength(7)
  const its = await situation.query(`regarding.uid:"${reborn}"`)
  expect(its.map(({ type }) => type)).toEqual(['Normal', 'Normal', 'Normal', 'Normal'])
  const groups = new Set(
    rows.filter(({ regarding }) => regarding.uid === old).map(({ correlationId }) => correlationId),
  )
  expect(its.filter(({ correlationId }) => groups.has(correlationId))).toEqual([])
})

it('equal words of unrelated workloads are one template and two groups', async () => {
  await using situation = await Situation.twice('equal-words')
  expect(await situation.correlations()).toHaveLength(2)
  const table = await situation.aggregate({
    groupBy: 'templateId',
    query: 'reason:BackOff',
    metrics: 'occurrences,objects',
  })
  expect([Object.values(byKey(table)), Object.values(byKey(table, 'objects'))]).toEqual([[36], [2]])
})

it('objects of one name but another kind or namespace are told apart', async () => {
  await using situation = await Situation.twice('same-names')
  const groupsOf = async (query: string) =>
    new Set((await situation.query(query)).map(({ correlationId }) => correlationId))
  const asked = [
    'regarding.kind:Pod AND regarding.name:api',
    'regarding.kind:Deployment AND regarding.name:api',
    'regarding.kind:Service AND regarding.name:api',
    'regarding.kind:Pod AND regarding.name:worker',
  ]
  const groups = await Promise.all(asked.map(groupsOf))
  const together = groups.flatMap((group, index) =>
    groups.slice(index + 1).filter((other) => [...group].some((id) => id !== '' && other.has(id))),
  )
  expect(together).toEqual([])
})

describe('a node whose disk is full', () => {
  it('is one group with the pods that it evicts and what takes their place, and the crash elsewhere is another', async () => {
    await using situation = await Situation.of('disk-pressure')
    const rows = await situation.query('*')
    const groupsOf = (wanted: boolean) =>
      new Set(
        rows
          .filter(({ regarding }) => (regarding.namespace === 'lab') === wanted)
          .map(({ correlationId }) => correlationId),
      )
    expect([groupsOf(false).size, groupsOf(true).size]).toEqual([1, 1])
    expect(groupsOf(false)).not.toEqual(groupsOf(true))
  })
})

describe('a node that its cloud takes away', () => {
  it('is told by what is serious: routine events of a day are low, the interruption is high', async () => {
    await using situation = await Situation.open()
    await situation.play(ROUTINE_DAY)
    const table = await situation.aggregate({ groupBy: 'reason,severity' })
    const severities = Object.fromEntries(table.groups.map(({ key }) => [key?.[0] ?? '', key?.[1] ?? '']))
    expect(severities).toMatchObject({
      DisruptionBlocked: 'low',
      Unconsolidatable: 'info',
      SpotInterrupted: 'high',
      FailedDraining: 'medium',
    })
  })
})
