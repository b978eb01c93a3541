import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Observation } from '../../collector/src/event/observation.ts'
import type { RecordOf } from '../../collector/src/event/record.ts'
import { replayRecording } from '../support/replay-recording.ts'

const RECORDINGS = join(import.meta.dirname, '..', 'lab', 'recordings')

/** An effect that the true cause explains, as the scenario promises it; `*` stands for anything. */
interface Effect {
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
  readonly reason?: string
}

/**
 * Into how many groups the effects of one cause fall. One, but for these: a cause that strikes several workloads at
 * once is seen as one only where the link is known (the step on incidents joins them).
 */
const GROUPS_OF_EFFECTS: Readonly<Record<string, number>> = {
  drain: 3, // the node, and two workloads that were on it
  'probe-timeout': 2, // the database, and the workload that asks it
  'shop-peak': 2, // payments, and the gateway that calls it
}

/** The event that says that a fault is over, in recordings whose fault ends with one. */
const LAST_WORDS: Readonly<Record<string, string>> = {
  'attach-failing': 'Started',
  'attach-stuck': 'SuccessfulAttachVolume',
  'bad-rollout': 'SuccessfulDelete',
  'class-missing': 'Scheduled',
  'cni-broken': 'Started',
  'crash-loop': 'SuccessfulDelete',
  drain: 'NodeSchedulable',
  'env-secret-missing': 'Started',
  'liveness-failing': 'Started',
  'mount-failing': 'Started',
  'node-lost-and-back': 'NodeReady',
  'oom-killed': 'SuccessfulDelete',
  preemption: 'Started',
  'provisioning-failing': 'Started',
  'quota-exceeded': 'SuccessfulCreate',
  'registry-down': 'Started',
  'secret-missing': 'Started',
  unschedulable: 'Started',
  'webhook-down': 'SuccessfulCreate',
}

const names = readdirSync(RECORDINGS).filter((name) => existsSync(join(RECORDINGS, name, 'truth.json')))

describe('effects of one cause are found together in what the lab recorded', () => {
  it('has recordings', () => expect(names.length).toBeGreaterThanOrEqual(20))

  it.each(names)('%s', async (name) => {
    const { explains, observations, correlations } = await recorded(name)
    const effects = observations.filter((observation) => explains.some((effect) => isEffect(effect, observation)))
    for (const effect of explains) expect(effects.some((observation) => isEffect(effect, observation))).toBe(true)
    const groups = new Set(effects.map(({ correlationId }) => rootOf(correlationId, correlations)))
    expect(groups.size).toBeLessThanOrEqual(GROUPS_OF_EFFECTS[name] ?? 1)
  })
})

describe('faults that the lab ended end in its recordings', () => {
  it.each(Object.entries(LAST_WORDS))('%s with %s', async (name, lastWord) => {
    const { explains, observations } = await recorded(name)
    const effects = observations.filter((observation) => explains.some((effect) => isEffect(effect, observation)))
    const ends = observations.filter(({ reason }) => reason === lastWord)
    expect(newest(ends)).toBeGreaterThanOrEqual(newest(effects))
  })
})

const newest = (observations: readonly Observation[]) =>
  Math.max(...observations.map(({ lastObserved }) => lastObserved))

/** A recording as it is stored, with what its scenario promises. */
async function recorded(name: string) {
  const directory = join(RECORDINGS, name)
  const { explains = [] } = JSON.parse(readFileSync(join(directory, 'truth.json'), 'utf8')) as { explains?: Effect[] }
  return { explains, ...(await replayRecording(join(directory, 'events.jsonl.gz'))) }
}

function isEffect({ kind, namespace, name, reason }: Effect, { regarding, reason: seen }: Observation): boolean {
  const is = (wanted: string | undefined, value: string) => wanted === undefined || matches(wanted, value)
  return is(kind, regarding.kind) && is(namespace, regarding.namespace) && is(name, regarding.name) && is(reason, seen)
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(value)
}

/** The group that a group was merged into in the end. */
function rootOf(id: string, correlations: readonly RecordOf<'correlation'>[]): string {
  const into = correlations.find((record) => record.id === id)?.body.mergedInto ?? null
  return into === null ? id : rootOf(into, correlations)
}
