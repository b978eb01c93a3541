import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { podEvent } from '../support/pod-event.ts'
import { Situation } from '../support/situation.ts'

describe('a rollout of the morning that was rolled back', () => {
  const groups = async (situation: Situation) => {
    const all = await situation.correlations('owner.name:ledger')
    return {
      morning: all.filter(({ lastObserved }) => lastObserved < '2026-06-05T10'),
      noon: all.filter(({ lastObserved }) => lastObserved > '2026-06-05T12'),
    }
  }

  it('is over at noon, when its database fails', async () => {
    await using situation = await Situation.of('old-rollout')
    const { morning, noon } = await groups(situation)
    expect(morning.map(({ isOpen }) => isOpen)).toEqual([false])
    expect(noon.map(({ isOpen }) => isOpen)).toEqual([true])
  })

  it('is named by what went wrong, not by what was done most', async () => {
    await using situation = await Situation.of('old-rollout')
    const { morning } = await groups(situation)
    expect(morning[0]?.title).toMatch(/^ReadinessProbeFailed: /)
    expect(morning[0]?.title).toContain('Deployment pay/ledger')
  })
})

describe('when a group closes', () => {
  const FIVE_DAYS = Date.parse('2026-06-10T09:05:00Z')

  async function isOpenAfter(...lines: readonly string[]): Promise<boolean | undefined> {
    await using situation = await Situation.open()
    const file = join(situation.directory, 'events.jsonl')
    writeFileSync(file, [podEvent('BackOff', 'pay', 'ledger-0', '2026-06-05T09:05:00Z'), ...lines].join('\n'))
    await situation.play(file)
    return (await situation.correlations('regarding.name:"ledger-0"'))[0]?.isOpen
  }

  /** So many ordinary events of so many pods, the last one at a time. */
  const ordinary = (events: number, pods: number, last: number) =>
    Array.from({ length: events }, (_, index) =>
      podEvent('Started', 'web', `front-${index % pods}`, new Date(last - (events - 1 - index) * 10_000).toISOString()),
    )

  it.each([
    ['one event', 1, 1],
    ['400 events of 400 pods', 400, 400],
    ['400 events of 20 pods', 400, 20],
  ])('does not depend on what else happens: %s', async (_, events, pods) => {
    expect(await isOpenAfter(...ordinary(events, pods, FIVE_DAYS))).toBe(false)
  })

  it('does not depend on another cluster', async () => {
    await using situation = await Situation.open()
    const [own, other] = ['own.jsonl', 'other.jsonl'].map((name) => join(situation.directory, name)) as [string, string]
    writeFileSync(own, podEvent('BackOff', 'pay', 'ledger-0', '2026-06-05T09:05:00Z'))
    writeFileSync(other, ordinary(400, 400, FIVE_DAYS).join('\n'))
    await situation.play(own)
    await situation.play(other, 'elsewhere')
    expect((await situation.correlations('regarding.name:"ledger-0"'))[0]?.isOpen).toBe(true)
  })
})
