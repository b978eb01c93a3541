import type { PlacedEvent } from '../event/observation.ts'
import { MINUTE, type EpochMicros } from '../clock.ts'
import { ChainMemory, type ChainMatch } from './chain-memory.ts'
import { rootOf, type CausalEdge, type Group } from './groups.ts'
import { claimName, describeObject } from './links.ts'
import { SharingMemory } from './sharing-memory.ts'
import type { Subject } from './subject.ts'
import { TimedMap, type Timed } from './timed-map.ts'

/** A reason to belong to an open group. */
export interface Evidence {
  readonly group: Group
  /** Without figures, to be counted. */
  readonly kind: string
  /** In full; worked out only for the strongest. */
  readonly words: () => string
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
  readonly #reach: Reach
  readonly #tracks: TimedMap<Track>
  readonly #chains = new ChainMemory()
  readonly #shared = new SharingMemory()

  constructor(reach: Reach) {
    this.#reach = reach
    this.#tracks = new TimedMap(reach.maxKeys)
  }

  get size(): number {
    return this.#tracks.size + this.#chains.size + this.#shared.size
  }

  /**
   * Why an event belongs to groups. A problem belongs to all of them, so they become one. An ordinary event belongs to the
   * first and holds nothing together.
   */
  find(subject: Subject): Finding {
    return subject.isProblem ? this.#findForProblem(subject) : this.#findForCalm(subject)
  }

  /** The group of its problem, however long that was silent, else of the object itself. */
  findSameObject({ identity, event, isProblem, problem }: Subject): Evidence | null {
    const group = problem ?? this.#follow(identity, event, isProblem ? 'problem' : 'calm')
    return group === null ? null : plain(group, `same ${event.regarding.kind.toLowerCase()}`)
  }

  remember(subject: Subject, group: Group): void {
    const { event, identity, workload } = subject
    this.#track(identity, group, event.lastObserved)
    this.#chains.remember(subject, group)
    if (!subject.isProblem) {
      // A calm pod beside a troubled one must not lead the next trouble of the workload away from it.
      if (workload !== null && workload !== identity && this.#follow(workload, event, 'calm') === null) {
        this.#track(workload, group, event.lastObserved)
      }
      return
    }
    if (workload !== null && workload !== identity) this.#track(workload, group, event.lastObserved)
    for (const claim of subject.claims) this.#track(mountOf(claim), group, event.lastObserved)
    this.#shared.remember(subject, group)
  }

  /** Forgets what is of no use any more, by the clock of its cluster. */
  forget(clockOf: (cluster: string) => EpochMicros): void {
    const { windowMicros, silenceMicros } = this.#reach
    const reach = Math.max(windowMicros, silenceMicros)
    this.#tracks.forget(({ last, group }) => last < clockOf(group.cluster) - reach)
    this.#shared.forget((cluster) => clockOf(cluster) - reach)
    this.#chains.forget((cluster) => clockOf(cluster) - CHAINS_REMEMBERED)
  }

  #findForCalm(subject: Subject): Finding {
    const same = this.findSameObject(subject)
    const matches = this.#chains.find(subject)
    if (same !== null) return { evidence: [same], matches }
    const effects = joining(matches, true)
    if (effects.length > 0) return { evidence: effects, matches }
    const workload = this.#findWorkload(subject, 'calm')
    // A pod that lives does not inherit the trouble of the one it replaces.
    if (workload === null || (workload.group.hasProblem && subject.event.regarding.kind === 'Pod')) {
      return matches.length === 0 ? NOTHING : { evidence: [], matches }
    }
    return { evidence: [workload], matches }
  }

  #findForProblem(subject: Subject): Finding {
    const matches = this.#chains.find(subject)
    const evidence: Evidence[] = joining(matches, true)
    const same = this.findSameObject(subject)
    if (same !== null) evidence.push(same)
    this.#findClaims(subject, evidence)
    const workload = this.#findWorkload(subject, 'workload')
    if (workload !== null) evidence.push(workload)
    evidence.push(...joining(matches, false))
    for (const { words, groups } of this.#shared.find(subject)) {
      for (const group of groups.map(rootOf)) if (!group.isForgotten) evidence.push(plain(group, `shared: ${words}`))
    }
    return { evidence, matches }
  }

  #findWorkload({ event, workload, identity }: Subject, mood: Mood): Evidence | null {
    const group = workload === null || workload === identity ? null : this.#follow(workload, event, mood)
    if (group === null) return null
    const { kind, name } = event.owner
    return plain(group, `same workload: ${describeObject({ kind, namespace: event.regarding.namespace, name })}`)
  }

  #findClaims({ claims, event, identity }: Subject, evidence: Evidence[]): void {
    for (const claim of claims) {
      const words = `claim ${claimName(claim)} of the same pod`
      for (const key of [claim, mountOf(claim)]) {
        const group = key === identity ? null : this.#follow(key, event, 'workload')
        if (group?.hasProblem === true) evidence.push(plain(group, words))
      }
    }
  }

  #follow(key: string, { lastObserved }: PlacedEvent, mood: Mood): Group | null {
    const track = this.#tracks.get(key)
    if (track === undefined) return null
    const group = rootOf(track.group)
    if (group.isForgotten) return null
    const { windowMicros, silenceMicros } = this.#reach
    const isRecent = Math.abs(lastObserved - track.last) <= windowMicros
    if (mood === 'calm') {
      const isOver = group.hasProblem
        ? Math.abs(lastObserved - group.lastProblem) > silenceMicros
        : Math.abs(lastObserved - group.opened) > LONGEST_CALM
      return isRecent && !isOver ? group : null
    }
    const isSilent =
      mood === 'problem' && group.hasProblem && Math.abs(lastObserved - group.lastProblem) <= silenceMicros
    return isRecent || isSilent ? group : null
  }

  #track(key: string, group: Group, time: EpochMicros): void {
    const track = this.#tracks.get(key)
    if (track === undefined) {
      this.#tracks.set(key, { group, last: time })
    } else if (time >= track.last) {
      track.group = group
      track.last = time
    }
  }
}

/** What is asked for: trouble of an object reaches back further than ordinary life and than trouble of a workload. */
type Mood = 'problem' | 'workload' | 'calm'

/** Evidence out of the chains that are sure enough to bring events together, surest first. */
function joining(matches: readonly ChainMatch[], isEffect: boolean): Evidence[] {
  if (matches.length === 0) return []
  return matches
    .filter(
      ({ chain, group, ...match }) => match.isEffect === isEffect && chain.trust !== 'possible' && !group.isForgotten,
    )
    .sort((a, b) => Number(b.chain.trust === 'certain') - Number(a.chain.trust === 'certain'))
    .map(({ group, chain: { number, words }, edge }) => ({
      group,
      kind: `${words} (chain ${String(number)})`,
      words: () => inWords(edge()),
    }))
}

function inWords({ cause, effect, words, lagSeconds, chain }: CausalEdge): string {
  return `${cause.reason} → ${effect.reason}: ${words}, ${String(lagSeconds)} s (chain ${String(chain)})`
}

function plain(group: Group, kind: string): Evidence {
  return { group, kind, words: () => kind }
}

/** Key of a claim as something that a pod with storage trouble mounts. */
function mountOf(claim: string): string {
  return `mounted ${claim}`
}
