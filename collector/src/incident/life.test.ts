import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aProblem, type Troubled } from '../../../test/support/a-problem.ts'
import { NOON } from '../../../test/support/an-observation.ts'
import { SECOND } from '../clock.ts'
import { asOf } from '../problem/problem.ts'
import { findIncident, incidentsOf, tellPlanned, type Incident, type PlannedEvent } from './incident.ts'

const END = 9_000
const time = (seconds: number) => NOON + seconds * SECOND

type Problems = readonly ReturnType<typeof aProblem>[]

/** Incidents of what was known then. */
async function known(problems: Problems, seconds: number): Promise<readonly Incident[]> {
  const then = problems.flatMap((each) => {
    const told = asOf(each.body, time(seconds))
    return told === null || each.body.firstObserved > time(seconds) ? [] : [{ ...each, body: told.body }]
  })
  return incidentsOf(then, () => time(seconds))
}

const POD = 'Pod shop/web-7c9d8f6b5d-x2k9p'
const CRASH = { reason: 'BackOff', note: 'Back-off restarting failed container app in pod x_shop(1)', occurrences: 9 }
const LIVENESS = { reason: 'Unhealthy', note: 'Liveness probe failed: connection refused', occurrences: 9 }

const trouble: fc.Arbitrary<Troubled> = fc
  .record({
    what: fc.constantFrom<Troubled>(
      CRASH,
      LIVENESS,
      { reason: 'Failed', note: 'Error: secret "login" not found' },
      { reason: 'NodeNotReady', object: 'Node n1', note: 'Node n1 status is now: NodeNotReady' },
      { reason: 'NodeNotReady', note: 'Node is not ready', node: 'n1' },
      { reason: 'Unhealthy', note: 'Readiness probe failed: HTTP probe failed with statuscode: 503', occurrences: 9 },
    ),
    name: fc.constantFrom('a', 'b', 'c'),
    first: fc.nat(4_000),
    lasts: fc.nat(3_000),
    isOver: fc.boolean(),
  })
  .map(({ what, name, first, lasts, isOver }) => ({
    object: `Pod shop/${name}-7c9d8f6b5d-x2k9p`,
    ...what,
    first,
    last: first + lasts,
    ...(isOver ? { over: first + lasts + 1 } : {}),
  }))

describe('the id of an incident', () => {
  it('can be asked for at every later time, whatever the incident has become part of', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { maxLength: 15 }),
        fc.array(fc.nat(END), { maxLength: 6 }),
        async (all, times) => {
          const problems = all.map((each) => aProblem(each))
          const told = new Set<string>()
          for (const at of [...times, END].toSorted((a, b) => a - b)) {
            const found = await known(problems, at)
            for (const { id } of found) told.add(id)
            for (const id of told) expect(findIncident(found, id)).toBeDefined()
            for (const incident of found) expect(findIncident(found, incident.id)).toBe(incident)
          }
        },
      ),
    )
  })

  it('is that of the one it is part of, once something before it led to it', async () => {
    const late = { reason: 'NodeNotReady', object: 'Node n1', note: 'Node n1 status is now: NodeNotReady', first: 9 }
    const pod = aProblem({ reason: 'NodeNotReady', note: 'Node is not ready', node: 'n1', first: 10 })
    const [alone] = await incidentsOf([pod], () => time(20))
    const both = await incidentsOf([pod, aProblem(late)], () => time(20))
    expect(both).toHaveLength(1)
    expect(both[0]?.id).not.toBe(alone?.id)
    expect(findIncident(both, alone?.id ?? '')).toBe(both[0])
    expect(findIncident(both, 'i-000000000000')).toBeUndefined()
  })

  it('tells when it began again after all of it was over', async () => {
    const again = (first: number) => ({ ...CRASH, first, last: first + 60, over: first + 60, uid: String(first) })
    const [once] = await incidentsOf([aProblem(again(0))], () => time(1_000))
    const [twice] = await incidentsOf([aProblem(again(0)), aProblem(again(300))], () => time(1_000))
    expect([once?.reopened, twice?.reopened]).toEqual([null, time(300)])
  })
})

describe('two outages of one workload', () => {
  const pod = (end: string) => `Pod shop/web-7c9d8f6b5d-${end}`
  const SECRET = { reason: 'Failed', note: 'Error: secret "login" not found' }
  const SCHEDULING = { reason: 'FailedScheduling', note: '0/3 nodes are available: 3 Insufficient cpu.' }
  const PROBE = { reason: 'Unhealthy', note: 'Readiness probe failed: connection refused', occurrences: 9 }

  it('stay two where a symptom could come from either, and it goes with the one that came last before it', async () => {
    const found = await incidentsOf(
      [
        aProblem({ ...SECRET, object: pod('bbbbb') }),
        aProblem({ ...SCHEDULING, object: pod('ccccc'), first: 900 }),
        aProblem({ ...PROBE, object: pod('ddddd'), first: 910, last: 990 }),
      ],
      () => time(1_000),
    )
    const told = found.map(({ causes: [first], problems }) => [first?.class, problems.length])
    expect(told.toSorted()).toEqual(
      [
        ['InsufficientCpu', 2],
        ['SecretMissing', 1],
      ].toSorted(),
    )
  })

  it('are told apart from trouble that lasts for days, which is not the cause of what is new', async () => {
    const found = await incidentsOf(
      [
        aProblem({ ...SCHEDULING, object: pod('bbbbb') }),
        aProblem({ ...PROBE, object: pod('ccccc'), first: 100_000, last: 100_090 }),
      ],
      () => time(100_100),
    )
    expect(found.map(({ causes: [first], isChronic }) => [first?.class, isChronic])).toEqual([
      ['InsufficientCpu', true],
      ['ReadinessProbeFailed', false],
    ])
  })
})

const event = (reason: string, seconds: number, more: Partial<PlannedEvent> = {}): PlannedEvent => ({
  id: `${reason} ${String(seconds)}`,
  cluster: 'lab',
  reason,
  regarding: { kind: 'Node', namespace: '', name: 'n1' },
  node: '',
  note: reason,
  lastObserved: time(seconds),
  ...more,
})
const ROLLOUT = {
  regarding: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  note: 'Scaled up replica set web-7c9d8f6b5d to 1',
}

async function planned(troubles: readonly Troubled[], events: readonly PlannedEvent[], at = 5_000) {
  const told = tellPlanned(await incidentsOf(troubles.map((each) => aProblem(each)), () => time(at)), events, time(at)) // prettier-ignore
  return {
    incidents: told.incidents.map(({ title }) => title),
    planned: told.planned.map(({ title, state, severity }) => `${title} (${state}, ${severity})`),
  }
}

describe('planned work', () => {
  const SLOW = { reason: 'Unhealthy', object: POD, node: 'n1', note: 'Readiness probe failed: connection refused', occurrences: 9, last: 90 } // prettier-ignore

  it('is one story of the node that is emptied and of the mild trouble of its pods', async () => {
    expect(await planned([SLOW], [event('ScaleDown', -20), event('DeletingNode', 60)])).toEqual({
      incidents: [],
      planned: ['The autoscaler empties and removes node n1, with 1 mild problem (open, low)'],
    })
  })

  it('is no story where a node was lost and then removed', async () => {
    expect((await planned([], [event('RemovingNode', 0)])).planned).toEqual([])
  })

  it('leaves a drain that fails, and what is severe, as incidents', async () => {
    const drain = { reason: 'FailedDraining', object: 'Node n1', note: 'Failed to drain node, 3 pods are waiting' }
    const { incidents } = await planned([drain, { ...CRASH, object: POD, node: 'n1' }], [event('ScaleDown', -20)])
    expect(incidents).toHaveLength(2)
  })

  it('is a rollout that went well, and none that goes on failing', async () => {
    const rollout = [event('ScalingReplicaSet', -20, ROLLOUT)]
    const well = await planned([{ ...SLOW, over: 95 }], rollout)
    expect(well).toEqual({ incidents: [], planned: ['Deployment web was scaled, with 1 mild problem (over, low)'] })
    expect((await planned([SLOW], rollout)).planned).toEqual([])
    expect((await planned([SLOW], rollout)).incidents).toHaveLength(1)
  })

  it('keeps its id when more of it is told', async () => {
    const first = tellPlanned([], [event('ScaleDown', 0)], time(10)).planned[0]
    const later = tellPlanned([], [event('NodeNotSchedulable', -5), event('ScaleDown', 0)], time(20)).planned
    expect(findIncident(later, first?.id ?? '')).toBe(later[0])
  })
})
