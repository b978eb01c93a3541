import { MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import { changeWords, fieldWords, type Change } from '../event/change.ts'
import { describeObject, keyOf } from '../event/object-reference.ts'
import type { Confidence } from './blame/blame.ts'
import type { Cause } from './causes.ts'
import { least } from './extremes.ts'
import { countFirst } from './sorted.ts'
import type { Suspect } from './suspect.ts'

/**
 * What a change has to do with an incident, the closest first. `object`: it is of what suffers. `workload`: of the workload of that, or of
 * what it owns. `named`: of what an event names. `node`: of the node that it is on. `same name`: of what is called as the workload, as
 * its Service. `namespace`, `cluster`: nothing but the time says so.
 */
const LINKS = ['object', 'workload', 'named', 'node', 'same name', 'namespace', 'cluster'] as const
type ChangeLink = (typeof LINKS)[number]

/** A change that an incident may have come from. */
export interface ChangeBefore {
  readonly change: Change
  readonly link: ChangeLink
  /** Between the change and the first signal; less than nothing where clocks differ by so much. */
  readonly secondsBefore: number
}

/** How long before its first signal a change can have led to an incident; of what only the time says so, less. */
const BEFORE = 15 * MINUTE
const BEFORE_BY_TIME = 5 * MINUTE

/** Events and writes are told to the second, by clocks that differ. */
const ROUNDING = 2 * SECOND

/** What a change is called as a cause. */
export const CHANGED = 'Changed'

const MOST_CHANGES = 20

/** Problems of one incident whose changes are looked for: those that began first. */
const MOST_PROBLEMS = 200

/** Changes of one object or namespace that are looked at for one incident. */
const MOST_NEAR = 200

/** What everything in a namespace, or in a cluster, may depend on without an event that says so. */
const WIDE_KINDS = new Set(['ConfigMap', 'Service', 'ResourceQuota', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'StorageClass']) // prettier-ignore

/** Changes by what they are of, so that each incident looks at few of many. */
export class ChangesBefore {
  /** In the order of their times. */
  readonly #byKey = new Map<string, Change[]>()

  constructor(changes: readonly Change[]) {
    for (const change of changes.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
      for (const key of keysOf(change)) {
        const known = this.#byKey.get(key)
        if (known === undefined) this.#byKey.set(key, [change])
        else known.push(change)
      }
    }
  }

  /** What changed before the problems of an incident began and can have to do with them: the nearest in time first. */
  of(problems: readonly Suspect[]): readonly ChangeBefore[] {
    if (this.#byKey.size === 0) return []
    const opened = least(problems, ({ body }) => body.firstObserved)
    const found = new Map<string, ChangeBefore>()
    for (const problem of problems.slice(0, MOST_PROBLEMS)) {
      for (const [key, link] of linksOf(problem)) {
        for (const change of this.#near(key, opened, isByTime(link) ? BEFORE_BY_TIME : BEFORE)) {
          const closer = isNamedIn(problem, change) && isByTime(link) ? 'named' : link
          const known = found.get(change.id)
          if (known !== undefined && LINKS.indexOf(known.link) <= LINKS.indexOf(closer)) continue
          const secondsBefore = Math.round((opened - change.at) / SECOND)
          found.set(change.id, { change, link: closer, secondsBefore })
        }
      }
    }
    return [...found.values()].sort(compareNearness).slice(0, MOST_CHANGES)
  }

  #near(key: string, opened: EpochMicros, before: EpochMicros): readonly Change[] {
    const changes = this.#byKey.get(key) ?? []
    const end = countFirst(changes, ({ at }) => at <= opened + ROUNDING)
    return changes.slice(Math.max(0, end - MOST_NEAR), end).filter(({ at }) => at >= opened - before)
  }
}

function isByTime(link: ChangeLink): boolean {
  return link === 'namespace' || link === 'cluster'
}

/**
 * The change as a cause, for an incident of which no event names one: `likely` where it is of what suffers or of what is named with it,
 * `possible` where only the time says so. Null where there is none.
 */
export function changeAsCause(
  problems: readonly Suspect[],
  causes: readonly Cause[],
  changes: readonly ChangeBefore[],
): Cause | null {
  // prettier-ignore
  const isUnnamed = problems.every(({ blame }) => blame.isSymptom) || causes.every((cause) => cause.confidence === 'possible')
  const before = changes.filter(({ secondsBefore }) => secondsBefore >= 0)
  const [nearest] = before.toSorted(
    (a, b) => Number(isByTime(a.link)) - Number(isByTime(b.link)) || compareNearness(a, b),
  )
  const [first] = problems
  if (!isUnnamed || nearest === undefined || first === undefined) return null
  const { change, link, secondsBefore } = nearest
  const { object, what } = change.body
  // What was made, or made more of, was wanted; that it is the fault takes more than that it was there.
  const isWanted = what === 'created' || what === 'scaled'
  const confidence: Confidence = isByTime(link) || isWanted ? 'possible' : 'likely'
  const words = `${changeWords(change.body)} ${String(secondsBefore)} s before`
  const { kind, namespace, name } = object
  return {
    rank: 1,
    confidence,
    object: { kind, namespace, name },
    thing: null,
    class: CHANGED,
    reason: first.body.reason,
    words,
    explains: problems.length,
    evidence: [
      {
        from: describeObject(object),
        to: `${describeObject(first.body.object)}: ${first.body.class}`,
        rule: 'changed',
        words: [words, fieldWords(change.body)].filter((part) => part !== '').join(': '),
        trust: confidence,
        lagSeconds: secondsBefore,
        observations: first.body.evidence.slice(0, 1),
      },
    ],
  }
}

/** The causes with that of a change among them: before what is not surer. */
export function withChange(causes: readonly Cause[], changed: Cause | null, most: number): readonly Cause[] {
  if (changed === null) return causes
  const surer = causes.filter(({ confidence }) => confidence === 'certain' || changed.confidence === 'possible')
  const rest = causes.filter((cause) => !surer.includes(cause))
  const rank = surer.length === 0 ? 1 : Math.max(...surer.map((cause) => cause.rank)) + 1
  const behind = rest.map((cause) => ({ ...cause, rank: cause.rank - surer.length + rank }))
  return [...surer, { ...changed, rank }, ...behind].slice(0, most)
}

/** The closest to the first signal; of those at the same second, the one that has most to do with it. */
function compareNearness(a: ChangeBefore, b: ChangeBefore): number {
  return (
    Math.abs(a.secondsBefore) - Math.abs(b.secondsBefore) ||
    LINKS.indexOf(a.link) - LINKS.indexOf(b.link) ||
    (a.change.id < b.change.id ? -1 : 1)
  )
}

function keysOf({ body: { cluster, object, owner } }: Change): readonly string[] {
  const { kind, namespace, name } = object
  return [
    keyOf(['object', cluster, kind, namespace, name]),
    ...(owner.name === '' ? [] : [keyOf(['object', cluster, owner.kind, namespace, owner.name])]),
    ...(namespace === '' ? [] : [keyOf(['name', cluster, namespace, name])]),
    ...(WIDE_KINDS.has(kind) ? [keyOf(['wide', cluster, namespace])] : []),
  ]
}

/** Where changes stand that have to do with a problem. */
function linksOf({ body, blame }: Suspect): readonly (readonly [key: string, link: ChangeLink])[] {
  const { cluster, object, workload, node, metadata } = body
  const { namespace } = object
  const objectIn = (kind: string, name: string, within = namespace) => keyOf(['object', cluster, kind, within, name])
  const { thing } = blame
  const nodeName = object.kind === 'Node' ? object.name : node
  return [
    [objectIn(object.kind, object.name), 'object'],
    ...(workload.name === '' ? [] : ([[objectIn(workload.kind, workload.name), 'workload'], [keyOf(['name', cluster, namespace, workload.name]), 'same name']] as const)), // prettier-ignore
    ...Object.entries(NAMED).flatMap(([key, kind]) => namedBy(metadata[key], kind, objectIn)),
    ...(thing === null ? [] : namedBy(thing.name, thing.kind, objectIn)),
    ...(nodeName === '' ? [] : ([[objectIn('Node', nodeName, ''), 'node']] as const)),
    ...(namespace === '' ? [] : ([[keyOf(['wide', cluster, namespace]), 'namespace']] as const)),
    ...(thing?.kind === 'Webhook' || thing?.kind === 'StorageClass' ? ([[keyOf(['wide', cluster, '']), 'cluster']] as const) : []), // prettier-ignore
  ]
}

/** Values of notes that name an object, and its kind. */
const NAMED: Readonly<Record<string, string>> = {
  configMap: 'ConfigMap',
  claim: 'PersistentVolumeClaim',
  volume: 'PersistentVolume',
  storageClass: 'StorageClass',
  quota: 'ResourceQuota',
  service: 'Service',
}

const WITHOUT_NAMESPACE = new Set(['PersistentVolume', 'StorageClass', 'Node'])

function namedBy(
  name: string | undefined,
  kind: string,
  objectIn: (kind: string, name: string, within?: string) => string,
) {
  if (name === undefined || name === '') return []
  const key = WITHOUT_NAMESPACE.has(kind) ? objectIn(kind, name, '') : objectIn(kind, name)
  return [[key, 'named']] as const
}

/** Whether the note of a problem has the name of what changed as a word of its own. */
function isNamedIn({ body: { note } }: Suspect, { body: { object } }: Change): boolean {
  return object.name.length > 2 && note.split(/[^A-Za-z0-9.-]+/).includes(object.name)
}
