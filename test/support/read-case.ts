import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOUR } from '../../collector/src/clock.ts'
import type { Classification, Counts, NormalizedEvent } from '../../collector/src/event/observation.ts'
import { compareObservations } from '../../collector/src/event/observation.ts'
import type { ObjectReference } from '../../collector/src/event/object-reference.ts'

/** An event after normalize, gate and classify. */
export type ClassifiedEvent = NormalizedEvent & Counts & Classification

const CASES = join(process.env.EVENTLOOM_SHARED ?? join(import.meta.dirname, '../../../shared'), 'data/cases')

export function hasCase(name: string): boolean {
  return existsSync(join(CASES, `${name}.jsonl`))
}

/** The lines of a case in the order of the frame, with the new occurrences of each. */
export function readCase(name: string): readonly ClassifiedEvent[] {
  const lines = readFileSync(join(CASES, `${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  return counted(lines.map((line) => classified(JSON.parse(line) as RawLine)).sort(compareObservations))
}

/** Rule 4 of the frame, §6, for one file. */
function counted(events: readonly ClassifiedEvent[]): readonly ClassifiedEvent[] {
  const heads = new Map<string, ClassifiedEvent>()
  return events.map((event) => {
    const chain = JSON.stringify([event.eventNamespace, event.name, event.firstObserved])
    const head = heads.get(chain)
    heads.set(chain, event)
    const occurrences = Math.max(0, event.count - (head?.count ?? 0))
    const deltaSince = head?.lastObserved ?? event.firstObserved
    const isPlaced = event.lastObserved - deltaSince <= HOUR
    return {
      ...event,
      deltaSince,
      countDelta: isPlaced ? occurrences : 1,
      countUnplaced: isPlaced ? 0 : occurrences - 1,
    }
  })
}

interface RawLine {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
  }
  readonly eventTime: string | null
  readonly deprecatedFirstTimestamp?: string
  readonly deprecatedLastTimestamp?: string
  readonly deprecatedCount?: number
  readonly reportingController: string
  readonly reportingInstance?: string
  readonly deprecatedSource?: { readonly host?: string }
  readonly regarding: Partial<ObjectReference>
  readonly related?: Partial<ObjectReference>
  readonly reason: string
  readonly type: string
  readonly note: string
}

/** Enough of normalize, gate and classify for tests of the stages after them: no repair, a severity by type alone. */
function classified(raw: RawLine): ClassifiedEvent {
  const first = micros(raw.deprecatedFirstTimestamp ?? raw.eventTime)
  const last = micros(raw.deprecatedLastTimestamp ?? raw.eventTime)
  const count = raw.deprecatedCount ?? 1
  const identity = `${raw.metadata.uid}\0${raw.metadata.resourceVersion}`
  return {
    id: createHash('sha256').update(identity).digest().subarray(0, 16).toString('base64url'),
    cluster: 'cases',
    clusterUid: null,
    source: 'recording case',
    uid: raw.metadata.uid,
    name: raw.metadata.name,
    eventNamespace: raw.metadata.namespace,
    resourceVersion: Number(raw.metadata.resourceVersion),
    namespace: raw.regarding.namespace ?? '',
    firstObserved: first,
    lastObserved: last,
    received: last,
    count,
    countIsLowerBound: false,
    type: raw.type,
    reason: raw.reason,
    action: '',
    note: raw.note,
    reportingController: raw.reportingController,
    reportingInstance: raw.reportingInstance ?? '',
    regarding: reference(raw.regarding),
    related: reference(raw.related ?? {}),
    container: /\{(.*)\}/.exec(raw.regarding.fieldPath ?? '')?.[1] ?? '',
    node: raw.deprecatedSource?.host ?? '',
    labels: {},
    annotations: {},
    rest: null,
    flags: [],
    countDelta: count,
    deltaSince: first,
    countUnplaced: 0,
    countEstimated: false,
    category: 'other',
    severity: raw.type === 'Warning' ? 'high' : 'info',
    rule: 'test',
    metadata: {},
  }
}

function reference(part: Partial<ObjectReference>): ObjectReference {
  return { kind: '', namespace: '', name: '', uid: '', apiVersion: '', fieldPath: '', ...part }
}

function micros(time: string | null | undefined): number {
  if (time === null || time === undefined) throw new Error('a case line without a time')
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(time) ?? []
  return Date.parse(`${seconds}Z`) * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}
