import { MINUTE, type EpochMicros } from '../clock.ts'
import type { Findings, Observation } from '../event/observation.ts'
import type { StoreRecord } from '../event/record.ts'
import type { Passage } from '../event/recorder.ts'
import type { DetectedEvent } from './detected-event.ts'
import { hashText } from './distinct-objects.ts'
import { fieldReader, type FieldReader } from './key-fields.ts'
import {
  patternBody,
  patternRecord,
  templateRecord,
  type PatternBody,
  type TemplateBody,
  type Watched,
} from './pattern-record.ts'
import {
  aPattern,
  countEvent,
  judge,
  noteRecurrence,
  patternId,
  RECURRING,
  type Pattern,
  type PatternDefinition,
} from './pattern.ts'
import { Templates, type Template } from './templates.ts'

export type { DetectedEvent } from './detected-event.ts'
export type { PatternBody, TemplateBody } from './pattern-record.ts'
export type { PatternDefinition } from './pattern.ts'

export interface DetectorOptions {
  /** Default: one, by reason, kind and namespace. Each event has one id per definition whose filter it passes. */
  readonly patterns?: readonly PatternDefinition[]
  /** Newest observations a record shows. Default 3. */
  readonly samples?: number
  /** Patterns followed at once, over all definitions. Default 20,000, 2 KB each. The quietest are forgotten first. */
  readonly maxPatterns?: number
}

/** A pattern as it is now. */
export interface PatternState extends PatternBody {
  readonly id: string
}

/** Finds message templates and patterns. Moves by event time, never by the wall. */
export interface Detector {
  /** What a new observation counts for. */
  detect(event: DetectedEvent): Findings
  /** Takes in a stored observation, in stored order, after a restart; no record changes. */
  remember(observation: Observation): void
  /** Takes in a stored record after the observations, so that totals, first times and revisions go on where they were. */
  rememberRecord(record: StoreRecord): void
  /** Records of patterns and templates that changed since the last call, at most one each. */
  changedRecords(): readonly StoreRecord[]
  /** Lets time pass without events: what was recurring ends, what had a rhythm is found silent. */
  advance(passage: Passage): void
  /** All patterns followed, recurring ones first, then by occurrences in their window. */
  patterns(): readonly PatternState[]
}

/** @throws Error when a definition has a key field that no event has. */
export function createDetector(options: DetectorOptions = {}): Detector {
  return new EventDetector(options)
}

/** All patterns are judged again when this much event time has passed, and so many events that each pays for one. */
const JUDGE_EVERY = MINUTE

/** By how much an event time may lie ahead of its arrival before it moves the time of its cluster no further. */
const AHEAD = 2 * MINUTE

/** Clusters named by a template. */
const MAX_CLUSTERS_NAMED = 16

class EventDetector implements Detector {
  readonly #definitions: readonly { readonly definition: PatternDefinition; readonly fields: readonly FieldReader[] }[]
  readonly #maxSamples: number
  readonly #maxPatterns: number
  readonly #templates = new Templates()
  readonly #patterns = new Map<string, Pattern>()
  readonly #byId = new Map<string, Pattern>()
  readonly #watched = new Map<string, { since: EpochMicros; newest: EpochMicros }>()
  #changedPatterns = new Set<Pattern>()
  #changedTemplates = new Set<Template>()
  #judged: EpochMicros = 0
  #eventsSinceJudged = 0

  constructor({ patterns = [RECURRING], samples = 3, maxPatterns = 20_000 }: DetectorOptions) {
    this.#definitions = patterns.map((definition) => ({ definition, fields: definition.key.map(fieldReader) }))
    this.#maxSamples = samples
    this.#maxPatterns = maxPatterns
  }

  detect(event: DetectedEvent): Findings {
    const now = this.#watch(event)
    const template = this.#templates.find(event)
    const templateId = template?.id ?? ''
    const { cluster, regarding } = event
    const objectHash = hashText(cluster, regarding.kind, regarding.namespace, regarding.name)
    if (template !== null) this.#countForTemplate(template, event, objectHash)
    const patternIds: string[] = []
    for (const { definition, fields } of this.#definitions) {
      if (definition.filter !== undefined && !definition.filter(event)) continue
      const key = fields.map((read) => read(event, templateId))
      const pattern = this.#pattern(definition, cluster, key)
      countEvent(pattern, event, { objectHash, template, maxSamples: this.#maxSamples })
      noteRecurrence(pattern, now)
      this.#changedPatterns.add(pattern)
      patternIds.push(pattern.id)
    }
    return { templateId, patternIds }
  }

  remember(observation: Observation): void {
    this.detect(observation)
    this.#changedPatterns.clear()
    this.#changedTemplates.clear()
  }

  rememberRecord({ kind, id, revision, from, body }: StoreRecord): void {
    if (kind !== 'pattern') return
    const stored = body as Partial<PatternBody> | Partial<TemplateBody>
    if (stored.about === 'template' && stored.templateText !== undefined) {
      const template = this.#templates.restore(stored.templateText)
      takeInTotals(template, revision, from, stored)
      template.reason ||= stored.reason ?? ''
    } else if (stored.about === 'pattern') {
      const watched = this.#watched.get(stored.cluster ?? '')
      if (watched !== undefined) watched.since = Math.min(watched.since, from)
      const pattern = this.#byId.get(id)
      if (pattern === undefined) return
      takeInTotals(pattern, revision, from, stored)
      pattern.observations = Math.max(pattern.observations, stored.observations ?? 0)
      pattern.unplaced = Math.max(pattern.unplaced, stored.unplaced ?? 0)
    }
  }

  changedRecords(): readonly StoreRecord[] {
    const patterns = [...this.#changedPatterns].map((pattern) => {
      const watched = this.#watchedOf(pattern)
      judge(pattern, watched.newest)
      pattern.revision = nextRevision(pattern, watched.newest)
      return patternRecord(pattern, watched)
    })
    const templates = [...this.#changedTemplates].map((template) => {
      template.revision = nextRevision(template, template.last)
      return templateRecord(template)
    })
    this.#changedPatterns.clear()
    this.#changedTemplates.clear()
    return [...patterns, ...templates]
  }

  advance({ cluster, until, isWatched }: Passage): void {
    const watched = this.#watched.get(cluster)
    if (!isWatched || watched === undefined) return
    watched.newest = Math.max(watched.newest, until)
    this.#judgeAll()
  }

  patterns(): readonly PatternState[] {
    this.#judgeAll()
    return [...this.#patterns.values()]
      .map((pattern) => ({ id: pattern.id, ...patternBody(pattern, this.#watchedOf(pattern)) }))
      .sort(
        (a, b) =>
          Number(b.isRecurring) - Number(a.isRecurring) ||
          b.windowOccurrences - a.windowOccurrences ||
          (a.id < b.id ? -1 : 1),
      )
  }

  #countForTemplate(template: Template, event: DetectedEvent, objectHash: number): void {
    const { cluster, countDelta, countUnplaced, reason, lastObserved } = event
    template.occurrences += countDelta + countUnplaced
    template.isLowerBound ||= event.countIsLowerBound || event.countEstimated
    template.first = Math.min(template.first, lastObserved)
    template.last = Math.max(template.last, lastObserved)
    template.reason ||= reason
    template.objects.add(objectHash)
    if (template.clusters.size < MAX_CLUSTERS_NAMED) template.clusters.add(cluster)
    this.#changedTemplates.add(template)
  }

  #pattern(definition: PatternDefinition, cluster: string, key: readonly string[]): Pattern {
    const mapKey = JSON.stringify([definition.name, cluster, ...key])
    const known = this.#patterns.get(mapKey)
    if (known !== undefined) return known
    if (this.#patterns.size >= this.#maxPatterns) this.#forgetTenth()
    const pattern = aPattern(patternId(definition.name, cluster, key), definition, cluster, key)
    this.#patterns.set(mapKey, pattern)
    this.#byId.set(pattern.id, pattern)
    return pattern
  }

  /** The patterns that were seen longest ago; a record that is due for one of them is still written. */
  #forgetTenth(): void {
    const byTime = [...this.#patterns].sort(([, a], [, b]) => a.last - b.last)
    for (const [mapKey, { id }] of byTime.slice(0, Math.ceil(this.#maxPatterns / 10))) {
      this.#patterns.delete(mapKey)
      this.#byId.delete(id)
    }
  }

  #watch({ cluster, lastObserved, received }: DetectedEvent): EpochMicros {
    const time = Math.min(lastObserved, received + AHEAD)
    const watched = this.#watched.get(cluster) ?? { since: time, newest: time }
    this.#watched.set(cluster, watched)
    watched.newest = Math.max(watched.newest, time)
    this.#eventsSinceJudged += 1
    const isDue = watched.newest - this.#judged >= JUDGE_EVERY
    if (isDue && this.#eventsSinceJudged >= this.#patterns.size) {
      this.#judged = watched.newest
      this.#judgeAll()
    }
    return watched.newest
  }

  #judgeAll(): void {
    this.#eventsSinceJudged = 0
    for (const pattern of this.#patterns.values()) {
      if (judge(pattern, this.#watchedOf(pattern).newest)) this.#changedPatterns.add(pattern)
    }
  }

  #watchedOf({ cluster, first, last }: Pattern): Watched {
    return this.#watched.get(cluster) ?? { since: first, newest: last }
  }
}

interface Totals {
  revision: number
  first: EpochMicros
  occurrences: number
  isLowerBound: boolean
}

/** The larger count is the right one: observations are remembered from a window only, a record may be older than they. */
function takeInTotals(
  totals: Totals,
  revision: number,
  from: EpochMicros,
  stored: Partial<PatternBody | TemplateBody>,
): void {
  totals.revision = Math.max(totals.revision, revision)
  totals.first = Math.min(totals.first, from)
  totals.occurrences = Math.max(totals.occurrences, stored.occurrences ?? 0)
  totals.isLowerBound ||= stored.isLowerBound ?? false
}

/** Event times grow across restarts, so the revision does as well. */
function nextRevision({ revision }: { readonly revision: number }, newest: EpochMicros): number {
  return Math.max(revision + 1, newest)
}
