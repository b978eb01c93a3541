import { describe, expect, it } from 'vitest'
import { Correlating } from '../../../test/support/correlating.ts'
import { readPlacedCase } from '../../../test/support/read-case.ts'
import { DAY, HOUR } from '../clock.ts'
import type { CorrelationBody } from '../event/correlation.ts'

/** What the groups of a recording are at its end; those of which there is no record are left out. */
function endOf(name: string): readonly (CorrelationBody & { readonly id: string })[] {
  const { events, topology } = readPlacedCase(name)
  const correlating = new Correlating({ topology })
  for (const event of events) correlating.correlate(event)
  const bodies = correlating.changedRecords().map(({ id, body }) => ({ ...(body as unknown as CorrelationBody), id }))
  return bodies.filter(({ mergedInto }) => mergedInto === null)
}

const openOnes = (groups: ReturnType<typeof endOf>) =>
  groups.filter(({ isOpen }) => isOpen).map(({ severity, title }) => `${severity} ${title}`)

describe('groups at the end of a recording', () => {
  it('of an old rollout that went wrong: over, and named by what was wrong', () => {
    const groups = endOf('old-rollout')
    const old = groups.find(({ changes }) => changes.some(({ reason }) => reason === 'DeploymentRollback'))
    expect(old).toMatchObject({ isOpen: false, title: 'ReadinessProbeFailed: Deployment pay/ledger' })
    expect(openOnes(groups)).toEqual([
      'medium LivenessProbeFailed: Pod pay/pgdata-0',
      'low ReadinessProbeFailed: Deployment pay/ledger',
    ])
  })

  it('of refused creates that went through a second later: over and low, and the one that lasts open and high', () => {
    const groups = endOf('refused-service-accounts')
    expect(openOnes(groups)).toEqual(['high ServiceAccountMissing: Deployment shop/vault'])
    expect(groups.map(({ worstSeverity }) => worstSeverity).sort()).toEqual(['high', 'low', 'low', 'low', 'low', 'low'])
  })
})

it('a node that is taken away, what it evicts and the replacement without a place are one story', () => {
  const groups = endOf('interrupted-node').filter(({ worst }) => worst !== null)
  expect(groups).toHaveLength(1)
  const reasons = groups.flatMap((group) => group.reasons.map(({ reason }) => reason))
  expect(reasons).toEqual(expect.arrayContaining(['SpotInterrupted', 'Evicted', 'FailedScheduling']))
})

/** A crash, and after it nothing but the ordinary life of other pods. */
describe('a crash is over after its time, whatever else happens', () => {
  const [crash] = readPlacedCase('old-rollout').events.filter(({ type }) => type === 'Warning')

  it.each([
    ['two events in five days', 2, 5 * DAY, 1],
    ['hundreds of pods in an hour', 400, HOUR, 400],
    ['hundreds of events of a few pods in an hour', 400, HOUR, 20],
  ])('%s', (_, events, during, pods) => {
    if (crash === undefined) throw new Error('no crash')
    const correlating = new Correlating({ topology: readPlacedCase('old-rollout').topology })
    correlating.correlate(crash)
    for (let index = 1; index <= events; index += 1) {
      const name = `calm-${String(index % pods)}`
      const lastObserved = crash.lastObserved + (during * index) / events
      const times = { firstObserved: lastObserved, lastObserved, deltaSince: lastObserved }
      const life = {
        type: 'Normal',
        severity: 'info',
        reason: 'Started',
        note: 'Started container',
        category: 'container',
      } as const
      const regarding = { ...crash.regarding, name, uid: name }
      correlating.correlate({
        ...crash,
        ...life,
        ...times,
        id: `calm ${String(index)}`,
        uid: `calm ${String(index)}`,
        regarding,
        owner: { kind: 'Pod', name },
      })
    }
    const [record, ...others] = correlating.changedRecords()
    expect(others).toEqual([])
    expect(record?.body).toMatchObject({ isOpen: false, title: 'ReadinessProbeFailed: Deployment pay/ledger' })
  })
})
