import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

const RECORDING = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Between two attempts to attach or mount a volume Kubernetes waits 2 min 2 s at most. */
const LONGEST_BACK_OFF = 2 * MINUTE + 10_000
const PEAKS = ['2026-11-10', '2026-11-13', '2026-11-17']
/** What `problem` asks of a pod: that it starts, or goes. */
const TROUBLES = ['FailedScheduling', 'FailedAttachVolume', 'FailedMount', 'Failed', 'BackOff', 'Unhealthy']
/** A probe that fails for a moment and is well again says nothing. */
const HEALS_IN_SILENCE = 'Unhealthy'

interface RecordedLine {
  readonly type: string
  readonly at: number
  readonly uid: string
  readonly reason: string
  readonly note: string
  readonly kind: string
  readonly name: string
}

interface Notice {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly uid: string; readonly creationTimestamp: string }
    readonly reason: string
    readonly note: string
    readonly regarding: { readonly kind: string; readonly name: string }
    readonly eventTime?: string | null
    readonly deprecatedLastTimestamp?: string | null
    readonly series?: { readonly lastObservedTime: string }
  }
}

function readLine(text: string): RecordedLine {
  const { type, object } = JSON.parse(text) as Notice
  const last = object.series?.lastObservedTime ?? object.deprecatedLastTimestamp ?? object.eventTime
  const at = Date.parse(last ?? object.metadata.creationTimestamp)
  const { reason, note, metadata, regarding } = object
  return { type, at, uid: metadata.uid, reason, note, kind: regarding.kind, name: regarding.name }
}

const lines = gunzipSync(readFileSync(RECORDING)).toString().trimEnd().split('\n').map(readLine)
const end = Math.max(...lines.map(({ at }) => at))

const of = (...reasons: readonly string[]) => lines.filter(({ reason }) => reasons.includes(reason))

/** The pods that events name as made or deleted, in order of time. */
function podsNamed(reason: string): readonly { readonly pod: string; readonly at: number }[] {
  return of(reason).flatMap(
    ({ at, note }) =>
      /(?:pod:|Pod) (\S+)/
        .exec(note)
        ?.slice(1)
        .map((pod) => ({ pod, at })) ?? [],
  )
}

const made = podsNamed('SuccessfulCreate')
const deleted = podsNamed('SuccessfulDelete')

const madeAt = (name: string) => made.find(({ pod }) => pod === name)?.at ?? Infinity
const deletedAt = (name: string, from: number) =>
  deleted.find(({ pod, at }) => pod === name && at >= from)?.at ?? Infinity

/** The first time from `from` on at which the object says one of `reasons`. */
function next(name: string, from: number, ...reasons: readonly string[]): number {
  return of(...reasons).find((line) => line.name === name && line.at >= from)?.at ?? Infinity
}

/** When a pod that was in trouble at `at` started, was stopped or deleted. Kubelets write whole seconds. */
function endOf(pod: string, at: number): number {
  const from = Math.floor(at / 1000) * 1000
  return Math.min(next(pod, from, 'Started', 'Killing'), deletedAt(pod, from))
}

describe('the shipped recording', () => {
  it('repeats at the pace at which it happened', () => {
    const before = new Map<string, RecordedLine>()
    for (const line of lines) {
      const earlier = before.get(line.uid)
      before.set(line.uid, line)
      if (earlier === undefined) expect(line).toMatchObject({ type: 'ADDED' })
      // An API server keeps an event for an hour after its last change.
      else expect({ ...line, since: line.at - earlier.at < HOUR }).toMatchObject({ type: 'MODIFIED', since: true })
      const isVolume = line.reason === 'FailedAttachVolume' || line.reason === 'FailedMount'
      if (isVolume && earlier !== undefined) expect(line.at - earlier.at).toBeLessThan(LONGEST_BACK_OFF)
    }
  })

  it('never begins anew without a word: each pod was made by somebody', () => {
    const pods = lines.filter(({ kind }) => kind === 'Pod')
    expect(pods.filter(({ name, at }) => madeAt(name) > at + MINUTE)).toEqual([])
    expect(deleted.filter(({ pod, at }) => madeAt(pod) > at)).toEqual([])
  })

  it.each(PEAKS)('shows on %s volumes that time out before pods are restarted, and its end', (day) => {
    const peak = lines.filter(({ at }) => at >= Date.parse(`${day}T08:57:00Z`) && at < Date.parse(`${day}T09:10:00Z`))
    const first = (reason: string) => peak.find((line) => line.reason === reason)?.at ?? Infinity
    expect(first('FailedAttachVolume')).toBeLessThan(first('BackOff') - 30_000)
    expect(Math.max(first('FailedMount'), first('BackOff'))).toBeLessThan(Infinity)
    const troubled = peak.filter(({ reason, name }) => TROUBLES.includes(reason) && name.startsWith('payments-'))
    const pods = new Set(troubled.map(({ name }) => name))
    expect(pods.size).toBeGreaterThanOrEqual(8)
    const last = Math.max(...troubled.map(({ at }) => at))
    // Those that were in trouble are gone, or they are the ones that came last and only had to wait for their first probe.
    const left = [...pods].filter((pod) => deletedAt(pod, last - 5 * MINUTE) > last + 5 * MINUTE)
    expect(left.filter((pod) => madeAt(pod) < last - MINUTE)).toEqual([])
  })

  it('leaves nothing open from one part to the next, but for the last', () => {
    const lastPart = end - 10 * MINUTE
    const open = of(...TROUBLES)
      .filter(({ reason, kind, at }) => kind === 'Pod' && reason !== HEALS_IN_SILENCE && at < lastPart)
      .filter(({ name, at }) => endOf(name, at) > at + 10 * MINUTE)
    expect(open).toEqual([])
    for (const { name, at } of of('NodeNotReady').filter(({ kind }) => kind === 'Node'))
      expect(next(name, at, 'NodeReady')).toBeLessThan(at + 2 * MINUTE)
    for (const { name, at } of of('NodeNotSchedulable'))
      expect(next(name, at, 'NodeSchedulable')).toBeLessThan(at + 5 * MINUTE)
    expect(next('mailer', lastPart, 'ScalingReplicaSet')).toBeLessThan(end)
  })
})
