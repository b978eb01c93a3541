import type { PlacedEvent } from '../event/observation.ts'
import { CAUSATIONS, type Causation, type CausationEnd, type CausationLink } from './causations.ts'
import type { Group } from './groups.ts'
import { causationKeys, claimKeys, identityKey, isAboutStorage, workloadKey } from './links.ts'
import type { TopologyLinks } from './links.ts'
import { thingsIn, type SharedThing } from './shared-things.ts'

/** An event with what is asked of it more than once. */
export interface Subject {
  readonly event: PlacedEvent
  /** Key of the Event object: its versions take one another's place. */
  readonly key: string
  readonly identity: string
  /** Key of the top controller, by name. */
  readonly workload: string | null
  /** Whether the event is about that controller itself. */
  readonly isWorkload: boolean
  /** Whether it is evidence of a problem. */
  readonly isProblem: boolean
  /** The group that the problem is in already. */
  readonly problem: Group | null
  /** Keys of the claims that matter for it. */
  readonly claims: readonly string[]
  readonly roles: readonly CausationRole[]
  /** Things that other failing workloads may share with it; none for ordinary life. */
  readonly things: readonly SharedThing[]
}

/** Causations of one kind of link that an event stands at one end of, and the keys by which the other end is found. */
export interface CausationRole {
  readonly end: 'cause' | 'effect'
  readonly link: CausationLink
  readonly causations: readonly Causation[]
  readonly keys: readonly string[]
  /** Numbers of the memories that hold this end and the other one. */
  readonly memory: number
  readonly otherMemory: number
  /** Seconds between which all of its windows lie, to pass over most of what is remembered quickly. */
  readonly fromSeconds: number
  readonly toSeconds: number
}

type EndsOfLink = Omit<CausationRole, 'keys'>

const LINKS = [...new Set(CAUSATIONS.map(({ link }) => link))]

/** How many memories of ends of causations there are: one for each link and end. */
export const CAUSATION_MEMORIES = 2 * LINKS.length

const ENDS_BY_REASON = endsByReason()
const NONE: readonly never[] = []

/** @param known whether the event is evidence of a problem, and in which group that is. */
export function subjectOf(
  event: PlacedEvent,
  topology: TopologyLinks,
  known: { readonly isProblem: boolean; readonly problem: Group | null },
): Subject {
  const { uid, id, owner, regarding } = event
  const identity = identityKey(event)
  return {
    event,
    key: uid === '' ? id : uid,
    identity,
    workload: workloadKey(event),
    isWorkload: owner.name === regarding.name && owner.kind === regarding.kind && regarding.kind !== '',
    ...known,
    things: known.isProblem ? thingsIn(event, topology) : NONE,
    claims: isAboutStorage(event) ? claimKeys(event, topology) : NONE,
    roles: rolesOf(event, topology),
  }
}

function rolesOf(event: PlacedEvent, topology: TopologyLinks): readonly CausationRole[] {
  const ends = ENDS_BY_REASON.get(event.reason)
  if (ends === undefined) return NONE
  const roles: CausationRole[] = []
  for (const role of ends) {
    const causations = role.causations.filter((causation) => fits(causation[role.end], event))
    if (causations.length > 0)
      roles.push({ ...role, causations, keys: causationKeys(role.link, role.end, event, topology) })
  }
  return roles
}

function fits({ kind, note, name }: CausationEnd, event: PlacedEvent): boolean {
  return (
    (kind === undefined || kind === event.regarding.kind) &&
    (note === undefined || note.test(event.note)) &&
    (name === undefined || name.test(event.regarding.name))
  )
}

/** Effects before causes: what led to an event comes first, then what it led to. */
function endsByReason(): ReadonlyMap<string, readonly EndsOfLink[]> {
  const ends = new Map<string, EndsOfLink[]>()
  for (const end of ['effect', 'cause'] as const) {
    for (const [reason, causations] of byReason(end)) {
      const byLink = [...Map.groupBy(causations, ({ link }) => link)]
      const ofEnd = byLink.map(([link, linked]) => ({
        end,
        link,
        causations: linked,
        memory: memoryOf(end, link),
        otherMemory: memoryOf(end === 'cause' ? 'effect' : 'cause', link),
        fromSeconds: Math.min(...linked.map(({ fromSeconds }) => fromSeconds)),
        toSeconds: Math.max(...linked.map(({ toSeconds }) => toSeconds)),
      }))
      ends.set(reason, [...(ends.get(reason) ?? []), ...ofEnd])
    }
  }
  return ends
}

function memoryOf(end: CausationRole['end'], link: CausationLink): number {
  return 2 * LINKS.indexOf(link) + (end === 'cause' ? 0 : 1)
}

function byReason(end: 'cause' | 'effect'): ReadonlyMap<string, readonly Causation[]> {
  const causations = new Map<string, Causation[]>()
  for (const causation of CAUSATIONS) {
    for (const reason of causation[end].reasons) causations.set(reason, [...(causations.get(reason) ?? []), causation])
  }
  return causations
}
