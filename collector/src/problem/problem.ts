import { hash } from 'node:crypto'
import { MINUTE, type EpochMicros } from '../clock.ts'
import type { Observation, PlacedEvent } from '../event/observation.ts'
import type { Problem } from '../event/problem.ts'
import { STILL_GOING, type RecordOf, type StoreRecord } from '../event/record.ts'
import type { Passage, Recorder } from '../event/recorder.ts'
import { Fold, type Knowledge } from './fold.ts'
import { isOpen, restore, toRecord, type Life } from './problem-life.ts'
import type { Timeline, WatchedInterval } from './timeline.ts'

export { compareProblems } from '../event/problem-rank.ts'
export { stateOfBody } from '../event/problem.ts'
export { asOf, type ProblemAsOf } from './as-of.ts'
export type { Knowledge } from './fold.ts'
export { thingOf } from './thing.ts'

/**
 * What is wrong with each object, from when to when, and how it is known that it is over. One fold, live and afterwards:
 * rows, times in which a cluster was watched, and nothing else. Clusters do not know of each other.
 */
export interface Problems extends Recorder {
  /** Id of the problem that a row, never seen before, is evidence of, or null. */
  judge(event: PlacedEvent): string | null
  /** The same of a stored row, after a restart and after its records: what was counted is not counted again. */
  remember(observation: Observation): string | null
  /** Whose pods a restart has to see again, older ones than it remembers rows of: those of workloads with an open problem. */
  podsSought(): PodsSought | null
  /** Takes note of the pod of a stored row, and of nothing else. */
  see(observation: Observation): void
  /** Problems that began, changed by more than another occurrence, or were remembered since the last call, each once. */
  takeChanged(): readonly Problem[]
  /** Everything that is remembered. */
  all(): readonly Problem[]
  /** Everything that is remembered of a cluster and was told by its clock. */
  of(
    cluster: string,
  ): { readonly clock: EpochMicros; readonly isWatched: boolean; readonly problems: readonly Problem[] } | null
}

/** Names of workloads, and since when their pods matter. */
export interface PodsSought {
  readonly owners: readonly string[]
  readonly since: EpochMicros
}

export function createProblems(knowledge: Knowledge): Problems {
  return new ProblemBook(knowledge)
}

/** What only went on is recorded this often: readers and restarts fold the rows behind it. */
const RECORD_EVERY = MINUTE

interface Written {
  readonly transitions: number
  readonly severity: string
  readonly at: EpochMicros
}

class ProblemBook implements Problems {
  readonly #knowledge: Knowledge
  readonly #folds = new Map<string, Fold>()
  #changed = new Set<Life>()
  readonly #unwritten = new Set<Life>()
  readonly #written = new WeakMap<Life, Written>()
  /** By cluster: the open interval that was written last, and the highest revision of any. */
  readonly #watchedWritten = new Map<string, { readonly from: EpochMicros; readonly until: EpochMicros }>()
  readonly #watchedRevisions = new Map<string, number>()

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge
  }

  judge(event: PlacedEvent): string | null {
    return this.#foldOf(event.cluster).take(event)
  }

  advance({ cluster, until, isWatched }: Passage): void {
    const { timeline } = this.#foldOf(cluster)
    if (timeline.source === '') timeline.source = LIVE
    if (isWatched) timeline.watch(until)
    // What it was watched for counts, also where the watch is lost: silence until then was silence.
    if (timeline.watched.openSince !== null) timeline.passTo(until)
    if (!isWatched) timeline.stopWatching(until)
  }

  podsSought(): PodsSought | null {
    const lives = [...this.#folds.values()].flatMap(({ timeline }) => [...timeline.lives.values()])
    const bodies = lives.filter((life) => isOpen(life) && isOfOwnedPod(life)).map(({ body }) => body)
    if (bodies.length === 0) return null
    const since = bodies.reduce((first, { firstObserved }) => Math.min(first, firstObserved), Infinity)
    return { owners: [...new Set(bodies.map(({ workload }) => workload.name))], since }
  }

  see(observation: Observation): void {
    this.#foldOf(observation.cluster).see(observation)
  }

  takeChanged(): readonly Problem[] {
    if (this.#changed.size === 0) return NONE
    const changed = [...this.#changed]
    this.#changed = new Set()
    return changed
  }

  remember(observation: Observation): string | null {
    return this.#foldOf(observation.cluster).take(observation, true)
  }

  rememberRecord(record: StoreRecord): void {
    if (record.kind === 'watched') return this.#rememberWatched(record)
    if (record.kind !== 'problem') return
    const { body } = record
    const { timeline } = this.#foldOf(body.cluster)
    const life = restore(record, this.#knowledge.troubleOf({ ...body, regarding: { ...body.object, fieldPath: '' } }))
    const known = timeline.lives.get(life.key)
    if (known !== undefined && known.body.firstObserved > body.firstObserved) return
    timeline.lives.add(life)
    timeline.plan(life)
    this.#changed.add(life)
    this.#written.set(life, { transitions: body.transitions.length, severity: body.severity, at: timeline.clock })
  }

  changedRecords(all: boolean): readonly StoreRecord[] {
    const records: StoreRecord[] = []
    for (const life of this.#unwritten) {
      const { clock } = this.#foldOf(life.body.cluster).timeline
      if (!all && !this.#isDue(life, clock)) continue
      this.#unwritten.delete(life)
      const { transitions, severity } = life.body
      this.#written.set(life, { transitions: transitions.length, severity, at: clock })
      // Times grow over restarts, so the revision does as well, without being asked of the store.
      life.revision = Math.max(life.revision + 1, clock)
      records.push(toRecord(life))
    }
    for (const { timeline } of this.#folds.values()) records.push(...this.#watchedRecords(timeline, all))
    return records
  }

  all(): readonly Problem[] {
    return [...this.#folds.values()].flatMap(({ timeline }) => [...timeline.lives.values()])
  }

  of(cluster: string): ReturnType<Problems['of']> {
    const timeline = this.#folds.get(cluster)?.timeline
    if (timeline === undefined) return null
    return {
      clock: timeline.clock,
      isWatched: timeline.watched.openSince !== null,
      problems: [...timeline.lives.values()],
    }
  }

  #isDue(life: Life, clock: EpochMicros): boolean {
    const written = this.#written.get(life)
    if (written === undefined || written.transitions !== life.body.transitions.length) return true
    return written.severity !== life.body.severity || Math.abs(clock - written.at) >= RECORD_EVERY
  }

  #foldOf(cluster: string): Fold {
    const known = this.#folds.get(cluster)
    if (known !== undefined) return known
    const fold = new Fold(cluster, this.#knowledge, (life, isNews) => {
      if (isNews) this.#changed.add(life)
      this.#unwritten.add(life)
    })
    this.#folds.set(cluster, fold)
    return fold
  }

  #rememberWatched({ from, revision, body }: RecordOf<'watched'>): void {
    const { cluster, source, isOpen, until } = body
    const { timeline } = this.#foldOf(cluster)
    timeline.watched.add({ from, to: until })
    this.#watchedRevisions.set(cluster, Math.max(revision, this.#watchedRevisions.get(cluster) ?? 0))
    // Whoever watched then does not any more.
    if (isOpen) timeline.ended.push({ from, to: until, source })
    if (until < timeline.clock) return
    timeline.source = source
    timeline.passTo(until)
  }

  /** The intervals that have ended, and now and then the one that is open. */
  *#watchedRecords(timeline: Timeline, all: boolean): Iterable<StoreRecord> {
    const { cluster, source, clock, watched, ended } = timeline
    timeline.ended = []
    for (const interval of ended) yield this.#watchedRecord(timeline, interval, false)
    const from = watched.openSince
    if (from === null) return
    const before = this.#watchedWritten.get(cluster)
    const until = Math.max(clock, from)
    const isWritten = ended.length === 0 && before?.from === from
    if (isWritten && Math.abs(until - before.until) < (all ? 1 : RECORD_EVERY)) return
    this.#watchedWritten.set(cluster, { from, until })
    yield this.#watchedRecord(timeline, { from, to: until, source }, true)
  }

  #watchedRecord(
    { cluster, clock }: Timeline,
    { from, to, source }: WatchedInterval,
    isOpen: boolean,
  ): RecordOf<'watched'> {
    const revision = Math.max((this.#watchedRevisions.get(cluster) ?? 0) + 1, clock)
    this.#watchedRevisions.set(cluster, revision)
    return {
      kind: 'watched',
      id: `w-${hash('sha256', `${cluster}\0${String(from)}`).slice(0, 16)}`,
      revision,
      from,
      to: isOpen ? STILL_GOING : Math.max(to, from + 1),
      body: { cluster, source, isOpen, until: to },
    }
  }
}

function isOfOwnedPod({ body: { object, workload } }: Life): boolean {
  return object.kind === 'Pod' && workload.kind !== 'Pod' && workload.kind !== ''
}

const LIVE = 'live'
const NONE: readonly Problem[] = []
