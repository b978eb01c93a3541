import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Situation } from '../support/situation.ts'

const ROOT = join(import.meta.dirname, '../..')
const STEP_MS = 5_000
const HOUR_MS = 3_600_000

interface Rule {
  readonly uid: string
  readonly data: readonly { readonly refId: string; readonly model: Readonly<Record<string, unknown>> }[]
}

const RULES = new Map(
  (
    parse(readFileSync(join(ROOT, 'provisioning/grafana/alerting/eventloom.yaml'), 'utf8')) as {
      readonly groups: readonly { readonly rules: readonly Rule[] }[]
    }
  ).groups.flatMap(({ rules }) => rules.map((rule) => [rule.uid, rule] as const)),
)

/** Instances of a rule at a time, by their labels: whether its condition holds. */
async function instances(situation: Situation, uid: string, at: number): Promise<ReadonlyMap<string, boolean>> {
  const model = RULES.get(uid)?.data.find(({ refId }) => refId === 'A')?.model ?? {}
  const range = { from: new Date(at - 6 * HOUR_MS).toISOString(), to: new Date(at).toISOString() }
  const [frame] = await situation.panel(model, range, { FromAlert: 'true' })
  const fields = frame?.schema.fields ?? []
  const values = frame?.data.values ?? []
  const rows = values[0]?.length ?? 0
  return new Map(
    Array.from({ length: rows }, (_, row) => {
      const labels = fields.slice(0, -1).map(({ name }, place) => `${name}=${String(values[place]?.[row])}`)
      return [labels.join(' '), Number(values.at(-1)?.[row]) > 0] as const
    }),
  )
}

/** How often each instance began to fire, asked every few seconds until an hour after the fault's end. */
async function life(recording: string, uid: string) {
  await using situation = await Situation.open()
  await situation.play(join(ROOT, 'test/lab/recordings', recording, 'events.jsonl.gz'))
  const truth = JSON.parse(readFileSync(join(ROOT, 'test/lab/recordings', recording, 'truth.json'), 'utf8')) as {
    readonly started: string
    readonly ended: string
  }
  const [started, ended] = [Date.parse(truth.started), Date.parse(truth.ended)]
  const begun = new Map<string, number>()
  let before: ReadonlyMap<string, boolean> = new Map()
  for (let at = started; at <= ended; at += STEP_MS) {
    const now = await instances(situation, uid, at)
    for (const [labels, isFiring] of now) {
      if (isFiring && before.get(labels) !== true) begun.set(labels, (begun.get(labels) ?? 0) + 1)
    }
    before = now
  }
  const after = [...(await instances(situation, uid, ended + HOUR_MS)).values()]
  return { begun: Object.fromEntries(begun), stillFiring: after.filter(Boolean).length }
}

/** Fault, its rule, and the instances that are told of it: one for a workload, never one for a pod. */
const FAULTS: readonly (readonly [string, string, readonly string[]])[] = [
  ['crash-loop', 'eventloom_crash_loop', ['namespace=shop owner.name=orders']],
  [
    'registry-down',
    'eventloom_image_cannot_be_pulled',
    ['namespace=billing owner.name=invoices', 'namespace=shop owner.name=mailer'],
  ],
  ['mount-failing', 'eventloom_volume_cannot_be_mounted', ['namespace=shop owner.name=payments']],
  ['unschedulable', 'eventloom_pod_cannot_be_scheduled', ['namespace=shop owner.name=recommender']],
  ['quota-exceeded', 'eventloom_quota_is_used_up', ['namespace=shop owner.name=catalog metadata.quota=small-team']],
  ['node-lost-and-back', 'eventloom_node_is_not_ready', ['node=node-2']],
  [
    'webhook-down',
    'eventloom_admission_webhook_is_down',
    [
      'namespace=billing owner.name=invoices metadata.webhook=image-policy.example.org',
      'namespace=shop owner.name=gateway metadata.webhook=image-policy.example.org',
    ],
  ],
]

describe('a shipped rule', () => {
  it.each(FAULTS)('fires once for each workload of %s and ends with it', async (recording, uid, told) => {
    const { begun, stillFiring } = await life(recording, uid)
    const once = Object.fromEntries(told.map((labels) => [`cluster=recording ${labels}`, 1]))
    expect({ begun, stillFiring }).toEqual({ begun: once, stillFiring: 0 })
  })
})
