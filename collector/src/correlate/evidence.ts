import { MINUTE, type EpochMicros } from '../clock.ts'
import { ChainMemory, type ChainMatch } from './chain-memory.ts'
import { rootOf, type Group } from './groups.ts'
import {
  claimKeys,
  claimName,
  describeObject,
  identityKey,
  isAboutStorage,
  isProblem,
  workloadKey,
  type PlacedEvent,
  type TopologyLinks,
} from './links.ts'
import { SharedThings } from './shared-things.ts'
import { TimedMap, type Timed } from './timed-map.ts'

/** A reason to belong to an open group. */
export interface Evidence {
  readonly group: Group
  readonly words: string
}

/** What was found for one event: strongest evidence first, and every chain that holds, joining or not. */
export interface Finding {
  readonly evidence: readonly Evidence[]
  readonly matches: readonly ChainMatch[]
}

export interface Reach {
  readonly windowMicros: EpochMicros
  readonly silenceMicros: EpochMicros
  /** Keys of objects, workloads and claims remembered. */
  readonly maxKeys: number
}

/** A group in which nothing goes wrong ends after this time, or a CronJob would make one that never ends. */
const LONGEST_CALM = 60 * MINUTE

/** Longer than the longest window of a chain. */
const CHAINS_REMEMBERED = 65 * MINUTE

const NOTHING: Finding = { evidence: [], matches: [] }

/** Where to find the group that an object, workload or claim was last in. */
interface Track extends Timed {
  group: Group
}

/** Remembers where objects, workloads, claims, chains and shared things were last seen, and finds groups by them. */
export class EvidenceMemory {
  readonly #topology: TopologyLinks
  readonly #reach: Reach
  readonly #tracks: TimedMap<Track>
  readonly #chains: ChainMemory
  readonly #shared: SharedThings

  constructor(topology: TopologyLinks, reach: Reach) {
    this.#topology = topology
    this.#reach = reach
    this.#tracks = new TimedMap(reach.maxKeys)
    this.#chains = new ChainMemory(topology)
    this.#shared = new SharedThings(topology)
  }

  get size(): number {
    return this.#tracks.size + this.#chains.size + this.#shared.size
  }

  /**
   * Why `event` belongs to groups. A problem belongs to all of them, so they become one. An ordinary event belongs to the
   * first and holds nothing together.
   */
  find(event: PlacedEvent): Finding {
    return isProblem(event) ? this.#findForProblem(event) : this.#findForCalm(event)
  }

  /** The group of the object itself, if it is still open. */
  findSameObject(event: PlacedEvent): Evidence | null {
    const group = this.#follow(identityKey(event), event, isProblem(event) ? 'problem' : 'calm')
    return group === null ? null : { group, words: `same ${event.regarding.kind.toLowerCase()}` }
  }

  remember(event: PlacedEvent, group: Group): void {
    const identity = identityKey(event)
    const workload = workloadKey(event)
    this.#track(identity, group, event.lastObserved)
    this.#chains.remember(event, group)
    if (!isProblem(event)) {
      // A calm pod beside a troubled one must not lead the next trouble of the workload away from it.
      if (workload !== null && this.#follow(workload, event, 'calm') === null) {
        this.#track(workload, group, event.lastObserved)
      }
      return
    }
    if (workload !== null) this.#track(workload, group, event.lastObserved)
    for (const claim of this.#claimsOf(event)) this.#track(mountOf(claim), group, event.lastObserved)
    this.#shared.remember(event, group, workload ?? identity, identity)
  }

  forgetBefore(newest: EpochMicros): void {
    const { windowMicros, silenceMicros } = this.#reach
    const oldest = newest - Math.max(windowMicros, silenceMicros)
    this.#tracks.forget(({ last }) => last < oldest)
    this.#shared.forgetBefore(oldest)
    this.#chains.forgetBefore(newest - CHAINS_REMEMBERED)
  }

  #findForCalm(event: PlacedEvent): Finding {
    const same = this.findSameObject(event)
    const matches = this.#chains.find(event)
    if (same !== null) return { evidence: [same], matches }
    const effects = joining(matches.filter(({ isEffect }) => isEffect))
    if (effects.length > 0) return { evidence: effects, matches }
    const workload = this.#findWorkload(event, 'calm')
    // A pod that lives does not inherit the trouble of the one it replaces.
    if (workload === null || (workload.group.hasProblem && event.regarding.kind === 'Pod')) {
      return matches.length === 0 ? NOTHING : { evidence: [], matches }
    }
    return { evidence: [workload], matches }
  }

  #findForProblem(event: PlacedEvent): Finding {
    const matches = this.#chains.find(event)
    const evidence: Evidence[] = joining(matches.filter(({ isEffect }) => isEffect))
    const same = this.findSameObject(event)
    if (same !== null) evidence.push(same)
    evidence.push(...this.#findClaims(event))
    const workload = this.#findWorkload(event, 'problem')
    if (workload !== null) evidence.push(workload)
    evidence.push(...joining(matches.filter(({ isEffect }) => !isEffect)))
    const identity = identityKey(event)
    for (const { words, groups } of this.#shared.find(event, workloadKey(event) ?? identity, identity)) {
      for (const group of groups.map(rootOf)) if (group.isOpen) evidence.push({ group, words: `shared: ${words}` })
    }
    return { evidence, matches }
  }

  #findWorkload(event: PlacedEvent, mood: Mood): Evidence | null {
    const key = workloadKey(event)
    const group = key === null ? null : this.#follow(key, event, mood === 'calm' ? 'calm' : 'workload')
    if (group === null) return null
    return {
      group,
      words: `same workload: ${describeObject({ ...event.owner, namespace: event.regarding.namespace })}`,
    }
  }

  #findClaims(event: PlacedEvent): readonly Evidence[] {
    const found: Evidence[] = []
    for (const claim of this.#claimsOf(event)) {
      for (const key of [claim, mountOf(claim)]) {
        const group = this.#follow(key, event, 'workload')
        const isOther = key !== claim || event.regarding.kind !== 'PersistentVolumeClaim'
        if (group?.hasProblem === true && isOther)
          found.push({ group, words: `claim ${claimName(claim)} of the same pod` })
      }
    }
    return found
  }

  #claimsOf(event: PlacedEvent): readonly string[] {
    return isAboutStorage(event) ? claimKeys(event, this.#topology) : []
  }

  #follow(key: string, { lastObserved }: PlacedEvent, mood: Mood | 'workload'): Group | null {
    const track = this.#tracks.get(key)
    if (track === undefined) return null
    const group = rootOf(track.group)
    if (!group.isOpen) return null
    const { windowMicros, silenceMicros } = this.#reach
    const isRecent = lastObserved - track.last <= windowMicros
    if (mood === 'calm') {
      const isOver = group.hasProblem
        ? lastObserved - group.lastProblem > silenceMicros
        : lastObserved - group.opened > LONGEST_CALM
      return isRecent && !isOver ? group : null
    }
    const isSilent = mood === 'problem' && group.hasProblem && lastObserved - group.lastProblem <= silenceMicros
    return isRecent || isSilent ? group : null
  }

  #track(key: string, group: Group, time: EpochMicros): void {
    const track = this.#tracks.get(key)
    if (track === undefined) {
      this.#tracks.set(key, { group, last: time })
    } else {
      track.group = group
      track.last = Math.max(track.last, time)
    }
  }
}

/** What is asked for: trouble reaches back further than ordinary life. */
type Mood = 'problem' | 'calm'

/** Evidence out of the chains that are sure enough to bring events together, surest first. */
function joining(matches: readonly ChainMatch[]): Evidence[] {
  return matches
    .filter(({ chain, group }) => chain.trust !== 'possible' && group.isOpen)
    .sort((a, b) => Number(b.chain.trust === 'certain') - Number(a.chain.trust === 'certain'))
    .map(({ group, edge: { chain, words, cause, effect, lagSeconds } }) => ({
      group,
      words: `${cause.reason} → ${effect.reason}: ${words}, ${String(lagSeconds)} s (chain ${String(chain)})`,
    }))
}

/** Key of a claim as something that a pod with storage trouble mounts. */
function mountOf(claim: string): string {
  return `mounted ${claim}`
}
