import { describe, expect, it } from 'vitest'
import { aChange } from '../../../test/support/a-change.ts'
import { aProblem, type Troubled } from '../../../test/support/a-problem.ts'
import { NOON } from '../../../test/support/an-observation.ts'
import { SECOND } from '../clock.ts'
import type { Change } from '../event/change.ts'
import { incidentsOf, type Incident } from './incident.ts'

const CRASH = { reason: 'BackOff', note: 'Back-off restarting failed container app in pod x_shop(1)', occurrences: 9 }
const NO_SECRET = { reason: 'Failed', note: 'Error: secret "login" not found' }

async function incidentOf(trouble: Troubled, ...changes: readonly Change[]): Promise<Incident> {
  const [incident] = await incidentsOf([aProblem(trouble)], () => NOON + 60 * SECOND, { changes })
  if (incident === undefined) throw new Error('it makes no incident')
  return incident
}

const linked = ({ changes }: Incident) =>
  changes.map(({ change, link, secondsBefore }) => `${link} ${change.body.object.name} ${String(secondsBefore)}`)
const caused = ({ causes }: Incident) =>
  causes.map(({ rank, confidence, words }) => `${String(rank)} ${confidence}: ${words}`)

describe('what changed before an incident', () => {
  it('is what suffers, its workload, its node, and what is called the same, the nearest first', async () => {
    const incident = await incidentOf(
      { ...CRASH, node: 'worker-1' },
      aChange(-50, { object: 'Deployment shop/web' }),
      aChange(-40, { object: 'Node worker-1', manager: 'kubectl-cordon' }),
      aChange(-30, { object: 'Service shop/web' }),
      aChange(-20, { object: 'ReplicaSet shop/web-7c9d8f6b5d', owner: { kind: 'Deployment', name: 'web' } }),
      aChange(-10, { object: 'Pod shop/web-7c9d8f6b5d-x2k9p' }),
    )
    expect(linked(incident)).toEqual([
      'object web-7c9d8f6b5d-x2k9p 10',
      'workload web-7c9d8f6b5d 20',
      'same name web 30',
      'node worker-1 40',
      'workload web 50',
    ])
  })

  it('is what a note names, and what everything in the namespace may use, though only the time says so', async () => {
    const missing = { reason: 'Failed', note: 'Error: configmap "flags" not found' }
    expect(linked(await incidentOf(missing, aChange(-40, { what: 'deleted' }), aChange(-30, { object: 'ConfigMap shop/other' })))).toEqual(['namespace other 30', 'named flags 40']) // prettier-ignore
  })

  it('is nothing of another namespace or cluster, nothing of long before, and nothing of afterwards', async () => {
    const incident = await incidentOf(
      CRASH,
      aChange(-40, { object: 'Deployment pay/web' }),
      aChange(-40, { object: 'Deployment shop/web', cluster: 'other' }),
      aChange(-16 * 60, { object: 'Deployment shop/web' }),
      aChange(-6 * 60),
      aChange(30, { object: 'Deployment shop/web', manager: 'afterwards' }),
      aChange(-40, { object: 'Pod shop/other' }),
    )
    expect(linked(incident)).toEqual([])
  })

  it('is bounded, whatever was changed', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => aChange(-index % 300, { object: `ConfigMap shop/many-${String(index)}` })) // prettier-ignore
    expect((await incidentOf(CRASH, ...many)).changes).toHaveLength(20)
  })
})

describe('a change as a cause', () => {
  it('is likely where it is of what suffers and no event names anything, and stands before symptoms', async () => {
    const incident = await incidentOf(CRASH, aChange(-40, { object: 'Deployment shop/web', manager: 'helm' }))
    expect(caused(incident)[0]).toBe('1 likely: Deployment shop/web was changed by helm 40 s before')
    expect(incident.causes.map(({ rank }) => rank)).toEqual([1, 2])
    expect(incident.causes[0]?.evidence).toMatchObject([{ rule: 'changed', lagSeconds: 40, trust: 'likely' }])
  })

  it('is no more than possible from the time alone, and stands behind what events say', async () => {
    const incident = await incidentOf(CRASH, aChange(-40))
    expect(caused(incident).at(-1)).toContain('possible: ConfigMap shop/flags was changed by kubectl-edit 40 s before')
    expect(caused(incident)[0]).not.toContain('flags')
  })

  it('is no more than possible where something was only made or scaled', async () => {
    const scaled = aChange(-40, { object: 'Deployment shop/web', what: 'scaled' })
    expect(caused(await incidentOf(CRASH, scaled)).at(-1)).toContain('possible: Deployment shop/web was scaled')
  })

  it('is none where an event names one: then it is told beside it', async () => {
    const incident = await incidentOf(NO_SECRET, aChange(-40, { object: 'Deployment shop/web' }))
    expect(caused(incident)).toEqual(['1 certain: The secret login that web uses does not exist'])
    expect(linked(incident)).toEqual(['workload web 40'])
  })

  it('makes no incident of what is none', async () => {
    const slow = { reason: 'Unhealthy', note: 'Readiness probe failed: connection refused', occurrences: 1 }
    const change = aChange(-40, { object: 'Deployment shop/web' })
    const of = (changes: readonly Change[]) => incidentsOf([aProblem(slow)], () => NOON + 60 * SECOND, { changes })
    expect((await of([change])).length).toBe((await of([])).length)
  })
})
