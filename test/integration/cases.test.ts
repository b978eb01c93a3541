import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { byKey, byWindow, CaseFolder, CASES, hasCases, type Row } from '../support/case-folder.ts'

const file = (name: string) => join(CASES, `${name}.jsonl`)

if (!hasCases) {
  it(`finds the public situations in ${CASES}`, ({ skip }) => {
    if (process.env.CI !== undefined) expect.fail(`${CASES} is missing`)
    skip('the folder beside the repository is not on this machine')
  })
} else {
  describe.concurrent('a public situation, through the command line', () => {
    it('C02: bookmarks, deletions and errors of a recorded stream are no events', async () => {
      using folder = new CaseFolder()
      const summary = await folder.replayTwice(file('C02'))
      expect(summary).toMatchObject({ received: 7, observations: 4, occurrences: 4 })
      expect(summary.outcomes.signalled).toEqual({ bookmark: 1, deletion: 1, 'error notice': 1 })
      expect(summary.outcomes.dropped).toEqual({})
      expect(byKey(await folder.aggregate('--group-by', 'regarding.name'))).toEqual({ 'ledger-0': 3, 'ledger-1': 1 })
      const rows = await folder.query('*', '--view', 'observations')
      expect(rows.map(({ resourceVersion }) => resourceVersion).sort((a, b) => a - b)).toEqual([4101, 4102, 4160, 5230])
      expect(rows.every(({ reason }) => reason !== '')).toBe(true)
    })

    it('C04: a count goes on from where it was, and a late version adds nothing', async () => {
      using folder = new CaseFolder()
      expect(await folder.replayTwice(file('C04'))).toMatchObject({ observations: 3, occurrences: 973 })
      const [newest] = await folder.query('*')
      expect(newest).toMatchObject({ count: 973, lastObserved: '2026-05-11T09:01:20Z' })
      const windows = await folder.aggregate(
        '--window', '10m', '--from', '2026-05-11T09:00:00Z', '--to', '2026-05-11T09:10:00Z',
      ) // prettier-ignore
      const [inWindow = 0] = Object.values(byWindow(windows))
      expect([2, 3]).toContain(inWindow)
      const all = await folder.aggregate('--from', '2026-05-01', '--to', '2026-05-12')
      expect(byKey(all)).toEqual({ '': 973 })
      const rows = await folder.query('*', '--view', 'observations')
      expect(rows.every(({ countDelta, countUnplaced }) => countDelta >= 0 && countUnplaced >= 0)).toBe(true)
      expect(rows.find(({ count }) => count === 970)).toMatchObject({
        countUnplaced: 969,
        firstObserved: '2026-05-08T04:12:09Z',
      })
    })

    it('C05: a filter of namespaces drops nodes only under a name in the accounts, and keeps them when asked to', async () => {
      for (const [clusterScoped, kinds] of [
        [false, ['Pod prod']],
        [true, ['Pod prod', 'Node ']],
      ] as const) {
        using folder = new CaseFolder()
        const config = join(folder.directory, 'config.yaml')
        writeFileSync(
          config,
          JSON.stringify({ clusters: [{ name: 'recording', namespaces: ['prod'], clusterScoped }] }),
        )
        const { outcomes, balanced } = await folder.replay(file('C05'), '--config', config)
        expect(balanced).toBe(true)
        expect(outcomes.filtered).toEqual({ 'outside the configured namespaces': 4 - kinds.length })
        const rows = await folder.query('*')
        expect(rows.map(({ regarding: { kind, namespace } }) => `${kind} ${namespace}`)).toEqual(kinds)
      }
    })

    it('C08: every event stands under its last time, microseconds kept, and says what is uncertain', async () => {
      using folder = new CaseFolder()
      expect(await folder.replayTwice(file('C08'))).toMatchObject({ observations: 8, occurrences: 54 })
      const rows = await folder.query('*')
      expect(rows.map(({ reason, lastObserved }) => `${reason} ${lastObserved.slice(11)}`)).toEqual([
        'NodeReady 12:00:00Z',
        'Scheduled 12:30:00.408032Z',
        'Restored 12:45:00Z',
        'Paused 12:50:00.000001Z',
        'Noted 12:55:00Z',
        'Pulled 13:00:00Z',
        'FailedScheduling 13:10:00.75Z',
        'ApplyRoles 13:19:01Z',
      ])
      const of = (reason: string) => rows.find((row) => row.reason === reason)
      expect(of('FailedScheduling')?.countIsLowerBound).toBe(true)
      expect(of('Restored')?.flags).not.toEqual([])
      expect(of('Noted')?.flags).toEqual(of('Restored')?.flags)
      expect(of('ApplyRoles')).toMatchObject({ firstObserved: '2026-05-11T07:19:00Z', count: 42 })
      expect(of('ApplyRoles')?.regarding.namespace).toBe('')
      const late = await folder.query('*', '--from', '2026-05-11T13:10:30Z', '--to', '2026-05-11T13:30:00Z')
      expect(late.map(({ reason }) => reason)).toEqual(['ApplyRoles'])
    })

    it('C09: events of one second stand in the order of their versions, in every page', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C09'))
      const order = ['Scheduled', 'Pulled', 'Created', 'Started', 'Pulled', 'Created', 'Killing']
      expect((await folder.query('*')).map(({ reason }) => reason)).toEqual(order)
      const pages: string[][] = []
      let cursor: string[] = []
      do {
        const { stdout, stderr } = await folder.run(
          'query',
          '*',
          '--limit',
          '2',
          '--json',
          '--order',
          'oldest',
          ...cursor,
        )
        pages.push((JSON.parse(stdout) as Row[]).map(({ reason }) => reason))
        cursor = /--cursor \S+/.exec(stderr)?.[0].split(' ') ?? []
      } while (cursor.length > 0)
      expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 1])
      expect(pages.flat()).toEqual(order)
    })

    it('C11: a note of two lines is one row, and masked numbers give one template', async () => {
      using folder = new CaseFolder()
      expect(await folder.replayTwice(file('C11'))).toMatchObject({ observations: 3, occurrences: 51_254 })
      const { stdout } = await folder.run('query', 'reason:OOMKilling')
      expect(stdout.trimEnd().split('\n')).toHaveLength(3)
      const rows = await folder.query('reason:OOMKilling')
      expect(rows.some(({ note }) => note.includes('\n'))).toBe(true)
      for (const { category, severity, type, regarding } of rows) {
        expect({ category, type, namespace: regarding.namespace }).toEqual({
          category: 'node',
          type: 'Warning',
          namespace: '',
        })
        expect(['high', 'critical']).toContain(severity)
      }
      expect(rows.map(({ metadata }) => metadata['process'])).toEqual(['logshipd', 'java', 'java'])
      expect(rows[1]?.templateId).toBe(rows[2]?.templateId)
    })

    it('C13: a failing pull is of category image, a crash of category container, in three groups', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C13'))
      const failing = 'reason:(Failed OR BackOff)'
      const table = await folder.aggregate(
        '--group-by',
        'category',
        '--query',
        failing,
        '--metrics',
        'events,occurrences',
      )
      expect(byKey(table)).toEqual({ image: 23, container: 5 })
      expect(byKey(table, 'events')).toEqual({ image: 7, container: 1 })
      const rows = await folder.query('*')
      const images = ['registry.example.net/shop/api:1.9.3', 'registry.example.net/shop/report:4.1']
      for (const image of images) {
        const naming = rows.filter(({ note }) => note.includes(image))
        expect(naming.length).toBeGreaterThan(2)
        expect(naming.every(({ metadata }) => metadata['image'] === image)).toBe(true)
      }
      const errorOf = (name: string) =>
        rows.find(({ owner, metadata }) => owner.name === name && 'registryError' in metadata)
      expect(errorOf('api')?.metadata['registryError']).toBe('not found')
      expect(errorOf('report')?.metadata['registryError']).toBe('rate limit')
      expect(new Set(rows.map(({ owner, correlationId }) => `${owner.name} ${correlationId}`)).size).toBe(3)
    })

    it('C14: the volume that hangs is named, not the innocent ones, and the mount is an effect of the attachment', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C14'))
      const [attach, mount] = await folder.query('*')
      expect(attach).toMatchObject({
        category: 'storage',
        metadata: { volume: 'pvc-4c1f0f5e-8f0d-4b7c-9d55-3d6a2a5e7b10' },
      })
      expect(mount).toMatchObject({ category: 'storage', metadata: { volume: 'data' } })
      const groups = await folder.correlations()
      expect(groups).toHaveLength(1)
      expect(edgesOf(groups)).toEqual(['FailedAttachVolume → FailedMount'])
    })

    it('C15: a workload is not every workload whose name begins like its own', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C15'))
      expect((await folder.query('owner.name:api')).map(({ regarding }) => regarding.kind)).toEqual(['Deployment', 'ReplicaSet', 'Pod']) // prettier-ignore
      const gateway = await folder.query('owner.name:"api-gateway"')
      expect(gateway).toHaveLength(4)
      expect(gateway.find(({ regarding }) => regarding.name === 'api-gateway-5f6d7c8b94-q8w6z')?.owner).toMatchObject({
        kind: 'Deployment',
        name: 'api-gateway',
      })
      const problems = (await folder.correlations()).filter(({ severity }) => severity !== 'info')
      expect(problems.map(({ workloads }) => workloads)).toEqual([['Deployment shop/api-gateway']])
      expect(problems[0]?.title).toContain('api-gateway')
      expect(problems[0]?.changes.map(({ reason }) => reason)).toContain('ScalingReplicaSet')
    })

    it('C17: a pod that comes back under its name does not inherit the trouble of the old one', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C17'))
      const rows = await folder.query('regarding.name:"db-0"')
      const uids = [...new Set(rows.map(({ regarding }) => regarding.uid))]
      expect([rows.length, uids.length]).toEqual([7, 2])
      const reborn = await folder.query(`regarding.uid:"${uids[1]}"`)
      expect(reborn.map(({ type }) => type)).toEqual(['Normal', 'Normal', 'Normal', 'Normal'])
      const groups = new Set(rows.filter(({ regarding }) => regarding.uid === uids[0]).map((row) => row.correlationId))
      expect(reborn.some(({ correlationId }) => groups.has(correlationId))).toBe(false)
    })

    it('C18: a probe is the cause of the restarts, although it is seen last', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C18'))
      expect((await folder.query('*')).at(-1)).toMatchObject({
        reason: 'Unhealthy',
        lastObserved: '2026-05-11T09:18:24Z',
      })
      const groups = await folder.correlations()
      expect(groups).toHaveLength(1)
      expect(new Set(edgesOf(groups))).toEqual(new Set(['Unhealthy → Killing']))
    })

    it('C20: a missing Secret is explained by what should make it, not by the wait for a node', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C20'))
      const groups = await folder.correlations()
      expect(groups).toHaveLength(1)
      expect(groups[0]?.objects.some((object) => object.startsWith('ExternalSecret'))).toBe(true)
      expect(edgesOf(groups)).toEqual(['UpdateFailed → Failed'])
      const [failed] = await folder.query('reason:Failed')
      expect(failed?.metadata['secret']).toBe('checkout-db')
    })

    it('C21: equal words of unrelated workloads are one template and two groups', async () => {
      using folder = new CaseFolder()
      await folder.replayTwice(file('C21'))
      expect(await folder.correlations()).toHaveLength(2)
      const table = await folder.aggregate(
        '--group-by',
        'templateId',
        '--query',
        'reason:BackOff',
        '--metrics',
        'occurrences,objects',
      )
      expect([Object.values(byKey(table)), Object.values(byKey(table, 'objects'))]).toEqual([[36], [2]])
    })
  })
}

function edgesOf(
  groups: readonly { readonly causes: readonly { cause: { reason: string }; effect: { reason: string } }[] }[],
) {
  return groups.flatMap(({ causes }) => causes.map(({ cause, effect }) => `${cause.reason} → ${effect.reason}`))
}
