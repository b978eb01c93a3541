import { MINUTE, type EpochMicros } from '../clock.ts'
import { identityOf } from '../event/object-reference.ts'
import type { Findings, Observation } from '../event/observation.ts'
import { PATTERN_RECORDED_WITHIN, type PatternBody } from '../event/pattern.ts'
import type { RecordOf, StoreRecord } from '../event/record.ts'
import type { Passage } from '../event/recorder.ts'
import type { DetectedEvent } from './detected-event.ts'
import { hashText } from './distinct-objects.ts'
import { keyReader, type KeyReader } from './key-fields.ts'
import { restorePattern } from './pattern-memory.ts'
import { patternBody, patternRecord, templateRecord, type ClusterTimes } from './pattern-record.ts'
import { aPattern, countEvent, judge, noteRecurrence, type Pattern, type PatternDefinition } from './pattern.ts'
import { Templates, type Template } from './templates.ts'

export type { DetectedEvent } from './detected-event.ts'
export type { PatternDefinition } from './pattern.ts'

export interface DetectorOptions {
  /** Each event has one id per definition whose filter it passes. */
  readonly patterns: readonly PatternDefinition[]
  /** Newest observations a record shows. */
  readonly samples: number
  /** Patterns followed at once, over all definitions, 2 KB each. The quietest are forgotten first. */
  readonly maxPatterns: number
}

/** A pattern as it is now. */
export interface PatternState extends PatternBody {
  /** Of its record. */
  readonly recordId: string
}

/** Finds message templates and patterns. Moves by event time, never by the wall. */
export interface Detector {
  /** What a new observation counts for. */
  detect(event: DetectedEvent): Findings
  /**
   * Takes in a stored record after a restart, before the observations, so that totals, windows, rhythms, bursts and revisions go
   * on where they were. Of two with one id the later call is right.
   */
  rememberRecord(record: StoreRecord): void
  /** Takes in a stored observation, in stored order; what a record counts already is not counted again, and no record changes. */
  remember(observation: Observation): void
  /**
   * Records of patterns and templates that changed since the last call, at most one each. What only counted on may wait for
   * {@link PATTERN_RECORDED_WITHIN}, unless `all` are asked for: a restart counts the rows behind it again.
   */
  changedRecords(all: boolean): readonly StoreRecord[]
  /** Lets time pass without events: what was recurring ends, what had a rhythm is found silent. */
  advance(passage: Passage): void
  /** All patterns followed, recurring ones first, then by occurrences in their window. */
  patterns(): readonly PatternState[]
}

export function createDetector(options: DetectorOptions): Detector {
  return new EventDetector(options)
}

/** All patterns are judged again when this much event time has passed, and so many events that each pays for one. */
const JUDGE_EVERY = MINUTE

/** After so many events all is recorded: a restart reads a limited number of rows. */
const RECORD_EVERY_EVENTS = 20_000

/** The time of the last beat is shown. */
const RHYTHM_RECORDED_WITHIN = MINUTE

/** By how much an event time may lie ahead of its arrival before it moves the time of its cluster no further. */
const AHEAD = 2 * MINUTE

/** Clusters named by a template. */
const MAX_CLUSTERS_NAMED = 16

class EventDetector implements Detector {
  readonly #definitions: readonly { readonly definition: PatternDefinition; readonly fields: readonly KeyReader[] }[]
  readonly #maxSamples: number
  readonly #maxPatterns: number
  readonly #templates = new Templates()
  readonly #patterns = new Map<string, Pattern>()
  readonly #watched = new Map<string, { since: EpochMicros; newest: EpochMicros }>()
  readonly #changedPatterns = new Set<Pattern>()
  readonly #changedTemplates = new Set<Template>()
  #judged: EpochMicros = 0
  #eventsSinceJudged = 0
  #eventsSinceRecorded = 0

  constructor({ patterns, samples, maxPatterns }: DetectorOptions) {
    this.#definitions = patterns.map((definition) => ({ definition, fields: definition.key.map(keyReader) }))
    this.#maxSamples = samples
    this.#maxPatterns = maxPatterns
  }

  detect(event: DetectedEvent): Findings {
    return this.#take(event, false)
  }

  remember(observation: Observation): void {
    this.#take(observation, true)
    this.#changedPatterns.clear()
    this.#changedTemplates.clear()
  }

  #take(event: DetectedEvent, isRemembered: boolean): Findings {
    this.#eventsSinceRecorded += 1
    const isCounted = ({ restoredUntil }: Pattern | Template) => isRemembered && event.received <= restoredUntil
    const now = this.#watch(event)
    const template = this.#templates.find(event)
    const templateId = template?.id ?? ''
    const { cluster, regarding } = event
    const objectHash = hashText(identityOf(cluster, regarding))
    if (template !== null && !isCounted(template)) this.#countForTemplate(template, event, objectHash)
    const patternIds = new Set<string>()
    for (const { definition, fields } of this.#definitions) {
      if (definition.filter !== undefined && !definition.filter(event)) continue
      const key = fields.map((read) => read(event, templateId))
      const pattern = this.#pattern(definition, cluster, key)
      patternIds.add(pattern.id)
      if (isCounted(pattern)) continue
      countEvent(pattern, event, { objectHash, template, maxSamples: this.#maxSamples })
      noteRecurrence(pattern, now)
      this.#changedPatterns.add(pattern)
    }
    return { templateId, patternIds: [...patternIds] }
  }

  rememberRecord(record: StoreRecord): void {
    if (record.kind === 'template') this.#restoreTemplate(record)
    else if (record.kind === 'pattern') this.#restorePattern(record)
  }

  changedRecords(all: boolean): readonly StoreRecord[] {
    const areAllDue = all || this.#eventsSinceRecorded >= RECORD_EVERY_EVENTS
    if (areAllDue) this.#eventsSinceRecorded = 0
    const records: StoreRecord[] = []
    for (const pattern of this.#changedPatterns) {
      const watched = this.#watchedOf(pattern)
      judge(pattern, watched.newest)
      const within = pattern.rhythms.isAny ? RHYTHM_RECORDED_WITHIN : PATTERN_RECORDED_WITHIN
      if (!areAllDue && !pattern.hasNews && watched.newest - pattern.recorded < within) continue
      this.#changedPatterns.delete(pattern)
      pattern.hasNews = false
      pattern.recorded = watched.newest
      pattern.revision = nextRevision(pattern, watched.newest)
      records.push(patternRecord(pattern, watched))
    }
    for (const template of this.#changedTemplates) {
      if (!areAllDue && template.last - template.recorded < PATTERN_RECORDED_WITHIN) continue
      this.#changedTemplates.delete(template)
      template.recorded = template.last
      template.revision = nextRevision(template, template.last)
      records.push(templateRecord(template))
    }
    return records
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
      .map((pattern) => ({ recordId: pattern.recordId, ...patternBody(pattern, this.#watchedOf(pattern)) }))
      .sort(
        (a, b) =>
          Number(b.isRecurring) - Number(a.isRecurring) ||
          b.windowOccurrences - a.windowOccurrences ||
          (a.recordId < b.recordId ? -1 : 1),
      )
  }

  #countForTemplate(template: Template, event: DetectedEvent, objectHash: number): void {
    const { cluster, countDelta, countUnplaced, reason, lastObserved } = event
    template.occurrences += countDelta + countUnplaced
    template.isLowerBound ||= event.countIsLowerBound || event.countEstimated
    template.first = Math.min(template.first, lastObserved)
    template.last = Math.max(template.last, lastObserved)
    template.countedUntil = Math.max(template.countedUntil, event.received)
    template.reason ||= reason
    template.objects.add(objectHash)
    if (template.clusters.size < MAX_CLUSTERS_NAMED) template.clusters.add(cluster)
    this.#changedTemplates.add(template)
  }

  #restoreTemplate({ revision, from, to, body }: RecordOf<'template'>): void {
    const template = this.#templates.restore(body.templateText)
    if (template === null) return
    const { reason, occurrences, isLowerBound, countedUntil } = body
    Object.assign(template, {
      reason,
      occurrences,
      isLowerBound,
      countedUntil,
      revision,
      first: from,
      last: to,
      recorded: to,
      restoredUntil: countedUntil,
    })
    template.objects.restore(body.objects, body.objectsAreMore)
    for (const cluster of body.clusters) template.clusters.add(cluster)
  }

  #restorePattern({ revision, body }: RecordOf<'pattern'>): void {
    const { name, cluster, key, lastObserved, watchedSince, memory } = body
    const found = this.#definitions.find(({ definition }) => definition.name === name && hasKey(definition, key))
    if (found === undefined) return
    const values = found.definition.key.map((field) => key[field] ?? '')
    // A newer revision waits in the buffer sometimes.
    this.#patterns.delete(mapKey(found.definition, cluster, values))
    restorePattern(this.#pattern(found.definition, cluster, values), body, revision, (text) =>
      this.#templates.restore(text),
    )
    const newest = Math.min(lastObserved, memory.countedUntil + AHEAD)
    const watched = this.#watched.get(cluster) ?? { since: watchedSince, newest }
    watched.since = Math.min(watched.since, watchedSince)
    watched.newest = Math.max(watched.newest, newest)
    this.#watched.set(cluster, watched)
  }

  #pattern(definition: PatternDefinition, cluster: string, key: readonly string[]): Pattern {
    const at = mapKey(definition, cluster, key)
    const known = this.#patterns.get(at)
    if (known !== undefined) return known
    if (this.#patterns.size >= this.#maxPatterns) this.#forgetTenth()
    const pattern = aPattern(definition, cluster, key)
    this.#patterns.set(at, pattern)
    return pattern
  }

  /** The patterns that were seen longest ago; a record that is due for one of them is still written. */
  #forgetTenth(): void {
    const byTime = [...this.#patterns].sort(([, a], [, b]) => a.last - b.last)
    for (const [at] of byTime.slice(0, Math.ceil(this.#maxPatterns / 10))) this.#patterns.delete(at)
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

  #watchedOf({ cluster, first, last }: Pattern): ClusterTimes {
    return this.#watched.get(cluster) ?? { since: first, newest: last }
  }
}

function mapKey({ name }: PatternDefinition, cluster: string, values: readonly string[]): string {
  return JSON.stringify([name, cluster, ...values])
}

/** Whether a record was made by this definition, or by one of its name with another key. */
function hasKey({ key }: PatternDefinition, values: PatternBody['key']): boolean {
  return key.length === Object.keys(values).length && key.every((field) => Object.hasOwn(values, field))
}

/** Event times grow across restarts, so the revision does as well. */
function nextRevision({ revision }: { readonly revision: number }, newest: EpochMicros): number {
  return Math.max(revision + 1, newest)
}
