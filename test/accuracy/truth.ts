import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseTime } from '../../collector/src/query/time.ts'

export interface Named {
  readonly kind: string
  readonly namespace?: string | undefined
  readonly name: string
}

/** A recording of which it is known what was wrong, and when one would have asked. */
export interface Case {
  readonly name: string
  readonly recordings: readonly string[]
  /** RFC 3339. */
  readonly at: string
  /** What is to blame. Of kind `workload`: whatever kind of controller it is. */
  readonly object: Named | null
  /** The name of the fault in the set, where it has one. */
  readonly fault: string | null
  /** Whether events can tell of it at all. */
  readonly isVisible: boolean
  /** Names of objects that suffer from it; `*` stands for any text. */
  readonly effects: readonly Named[]
  /** Half `a` or `b` of its set: one may look at one of them while working on the rules. */
  readonly half: 'a' | 'b'
}

/** As the lab writes it. */
interface LabTruth {
  readonly rootCause?: { readonly object: Named; readonly reason?: string }
  readonly explains: readonly Effect[]
  readonly faults?: readonly { readonly until?: string }[]
}

interface Effect extends Named {
  readonly reason: string
}

/** As the public sets have it. */
interface PublicTruth {
  /** When the events were read: the moment of the question. */
  readonly now: string
  readonly namespace: string
  readonly cause: string
  readonly object: { readonly kind: string; readonly name: string }
  readonly visible: boolean
}

/** What somebody does on purpose: there is nothing to blame. */
const PLANNED = ['NodeNotSchedulable']

/** Every folder below `directory` that has a `truth.json` in one of the two formats. @throws Error with the file that cannot be read. */
export function readCases(directory: string): readonly Case[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name))
    .filter((folder) => readdirSync(folder).includes('truth.json'))
    .flatMap(readCase)
}

function readCase(folder: string): readonly Case[] {
  const file = join(folder, 'truth.json')
  const truth = JSON.parse(readFileSync(file, 'utf8')) as LabTruth | PublicTruth
  const name = basename(folder)
  const recordings = readdirSync(folder)
    .filter((each) => each.startsWith('events.'))
    .map((each) => join(folder, each))
  const half = Number.parseInt(hash('sha256', name).slice(0, 2), 16) % 2 === 0 ? 'a' : 'b'
  if ('visible' in truth) {
    const { now, namespace, cause, object, visible } = truth
    const blamed = { ...object, ...(object.kind === 'workload' ? { namespace } : {}) }
    return [{ name, recordings, at: now, object: blamed, fault: cause, isVisible: visible, effects: [], half }]
  }
  if (!Array.isArray(truth.explains))
    throw new Error(`${file} is in neither of the two formats: it has no explains and no visible`)
  const { rootCause, explains, faults = [] } = truth
  const last = lastOf(recordings, explains)
  if (last === null) return []
  const ends = faults.flatMap(({ until }) => (until === undefined ? [] : [until]))
  const at = [last, ...ends].toSorted()[0] ?? last
  const isPlanned = PLANNED.includes(rootCause?.reason ?? '')
  return [
    {
      name,
      recordings,
      at,
      object: rootCause?.object ?? null,
      fault: null,
      isVisible: rootCause !== undefined && !isPlanned,
      effects: explains,
      half,
    },
  ]
}

/** When the last event of the fault was seen: one asks while it lasts. Null when the fault has no event. */
function lastOf(recordings: readonly string[], explains: readonly Effect[]): string | null {
  let last: string | null = null
  for (const file of recordings) {
    for (const line of gunzipSync(readFileSync(file)).toString().split('\n')) {
      if (line === '') continue
      const event = (JSON.parse(line) as { readonly object: Recorded }).object
      if (!explains.some((each) => isEffect(each, event))) continue
      const time = event.series?.lastObservedTime ?? event.deprecatedLastTimestamp ?? event.eventTime ?? null
      if (time !== null && (last === null || (parseTime(time, 0) ?? 0) > (parseTime(last, 0) ?? 0))) last = time
    }
  }
  return last
}

interface Recorded {
  readonly reason?: string
  readonly regarding?: Partial<Named>
  readonly series?: { readonly lastObservedTime?: string } | null
  readonly deprecatedLastTimestamp?: string | null
  readonly eventTime?: string | null
}

function isEffect(wanted: Effect, { reason, regarding }: Recorded): boolean {
  return reason === wanted.reason && matchesName(wanted, regarding ?? {})
}

export function matchesName(
  wanted: Named,
  found: {
    readonly kind?: string | undefined
    readonly namespace?: string | undefined
    readonly name?: string | undefined
  },
): boolean {
  // prettier-ignore
  const pattern = new RegExp(`^${wanted.name.split('*').map(RegExp.escape).join('.*')}$`)
  const isPlace = wanted.namespace === undefined || wanted.namespace === (found.namespace ?? '')
  return wanted.kind === found.kind && isPlace && pattern.test(found.name ?? '')
}
