import type { CausalEdge } from '../event/correlation.ts'
import { describeObject } from '../event/object-reference.ts'
import { MINUTE, type EpochMicros } from '../clock.ts'
import { CausationMemory, type CausationMatch } from './causation-memory.ts'
import { rootOf, type Group } from './groups.ts'
import { claimName, startOf } from './links.ts'
import { SharingMemory } from './sharing-memory.ts'
import type { Subject } from './subject.ts'
import { Tracks, type Mood, type Reach } from './tracks.ts'

/** A reason to belong to an open group. */
export interface Evidence {
  readonly group: Group
  /** Without figures, to be counted. */
  readonly kind: string
  /** In full; worked out only where it is told. */
  readonly words: () => string
}

/** What was found for one event: strongest evidence first, and every causation that holds, joining or not. */
export interface Finding {
  readonly evidence: readonly Evidence[]
  readonly matches: readonly CausationMatch[]
}

/** Longer than the longest window of a causation. */
const CAUSATIONS_REMEMBERED = 65 * MINUTE

/** Trouble that has gone on for longer when something else begins is another story. */
const OLD_LIFE = 10 * MINUTE

const NOTHING: Finding = { evidence: [], matches: [] }

/** Remembers where objects, workloads, claims, causations and shared things were last seen, and finds groups by them. */
export class EvidenceMemory {
  readonly #reach: Reach
  readonly #tracks: Tracks
  readonly #causations = new CausationMemory()
  readonly #shared = new SharingMemory()

  constructor(reach: Reach) {
    this.#reach = reach
    this.#tracks = new Tracks(reach)
  }

  get size(): number {
    return this.#tracks.size + this.#causations.size + this.#shared.size
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
    const group = problem ?? this.#tracks.follow(identity, event.lastObserved, isProblem ? 'problem' : 'calm')
    return group === null ? null : plain(group, `same ${event.regarding.kind.toLowerCase()}`)
  }

  remember(subject: Subject, group: Group): void {
    const { event, identity, workload, isWorkload, isProblem, claims } = subject
    const time = event.lastObserved
    // What is calm must not lead the next trouble of the object away from the one that it has.
    if (isProblem || this.#isFree(identity, group, time)) this.#tracks.put(identity, group, time)
    this.#causations.remember(subject, group)
    if (workload !== null) {
      const controller = isWorkload ? identity : null
      const isRenewed = controller !== null && this.#tracks.isOfAnother(workload, controller)
      // Nor must a calm pod beside a troubled one.
      const isFree = isRenewed || this.#tracks.follow(workload, time, 'calm') === null
      if (isProblem || isFree) this.#tracks.put(workload, group, time, controller)
    }
    if (!isProblem) return
    for (const claim of claims) this.#tracks.put(mountOf(claim), group, time)
    this.#shared.remember(subject, group)
  }

  /** Forgets what is of no use any more, by the clock of its cluster. */
  forget(clockOf: (cluster: string) => EpochMicros): void {
    const { windowMicros, silenceMicros } = this.#reach
    const oldestOf = (cluster: string) => clockOf(cluster) - Math.max(windowMicros, silenceMicros)
    this.#tracks.forget(oldestOf)
    this.#shared.forget(oldestOf)
    this.#causations.forget((cluster) => clockOf(cluster) - CAUSATIONS_REMEMBERED)
  }

  /** Whether no trouble of the object leads elsewhere. */
  #isFree(identity: string, group: Group, time: EpochMicros): boolean {
    const known = this.#tracks.follow(identity, time, 'problem')
    return known === null || known === group || !known.hasProblem
  }

  #findForCalm(subject: Subject): Finding {
    const same = this.findSameObject(subject)
    const matches = this.#causations.find(subject)
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

  /**
   * What explains the trouble comes first: a cause that is known, or a thing that it names and others fail over as well. Where
   * there is one, what else the object suffers since long ago, or its workload elsewhere, is another story.
   */
  #findForProblem(subject: Subject): Finding {
    const { event, problem } = subject
    const start = startOf(event)
    const isOld = (group: Group) => group.opened < start - OLD_LIFE
    const matches = this.#causations.find(subject)
    const same = this.findSameObject(subject)
    const causes = problem !== null && isOld(problem) ? [] : joining(matches, true)
    const shared = this.#findShared(subject)
    const isExplained = shared.length > 0 || causes.some(({ isTrigger }) => !isTrigger)
    const evidence: Evidence[] = [...causes]
    if (same !== null && (problem !== null || !isExplained || !isOld(same.group))) evidence.push(same)
    this.#findClaims(subject, evidence)
    const workload = isExplained ? null : this.#findWorkload(subject, 'workload')
    if (workload !== null) evidence.push(workload)
    evidence.push(...joining(matches, false), ...shared)
    return { evidence, matches }
  }

  #findShared(subject: Subject): readonly Evidence[] {
    const found: Evidence[] = []
    for (const { words, groups } of this.#shared.find(subject)) {
      const kind = `shared: ${words}`
      for (const group of new Set(groups.map(rootOf))) if (!group.isForgotten) found.push(plain(group, kind))
    }
    return found
  }

  #findWorkload({ event, workload, identity, isWorkload }: Subject, mood: Mood): Evidence | null {
    if (workload === null || (isWorkload && this.#tracks.isOfAnother(workload, identity))) return null
    const group = this.#tracks.follow(workload, event.lastObserved, mood)
    if (group === null) return null
    const { kind, name } = event.owner
    return plain(group, `same workload: ${describeObject({ kind, namespace: event.regarding.namespace, name })}`)
  }

  #findClaims({ claims, event }: Subject, evidence: Evidence[]): void {
    for (const claim of claims) {
      const group = this.#tracks.follow(mountOf(claim), event.lastObserved, 'workload')
      if (group?.hasProblem === true) evidence.push(plain(group, `claim ${claimName(claim)} of the same pod`))
    }
  }
}

/** Evidence out of a causation; a trigger comes before trouble, and explains nothing by itself. */
interface CausationEvidence extends Evidence {
  readonly isTrigger: boolean
}

const BY_TRUST = { certain: 0, likely: 1, trigger: 2, possible: 3 } as const

/** Evidence out of the causations that are sure enough to bring events together, surest first. */
function joining(matches: readonly CausationMatch[], isEffect: boolean): readonly CausationEvidence[] {
  if (matches.length === 0) return []
  return matches
    .filter((match) => match.isEffect === isEffect && match.causation.trust !== 'possible' && !match.group.isForgotten)
    .filter(({ group, effectStart }) => isEffect || group.opened >= effectStart - OLD_LIFE)
    .sort((a, b) => BY_TRUST[a.causation.trust] - BY_TRUST[b.causation.trust])
    .map(({ group, causation: { number, words, trust }, edge }) => ({
      group,
      kind: `${words} (causation ${String(number)})`,
      words: () => inWords(edge()),
      isTrigger: trust === 'trigger',
    }))
}

function inWords({ cause, effect, words, lagSeconds, causation }: CausalEdge): string {
  return `${cause.reason} → ${effect.reason}: ${words}, ${String(lagSeconds)} s (causation ${String(causation)})`
}

function plain(group: Group, kind: string): Evidence {
  return { group, kind, words: () => kind }
}

/** Key of a claim as something that a pod with storage trouble mounts. */
function mountOf(claim: string): string {
  return `mounted ${claim}`
}
