import { hash } from 'node:crypto'
import { MINUTE, type EpochMicros } from '../clock.ts'
import { patternId, type Sample } from '../event/pattern.ts'
import { SEVERITIES } from '../event/words.ts'
import { Burst } from './burst.ts'
import type { DetectedEvent } from './detected-event.ts'
import { DistinctObjects } from './distinct-objects.ts'
import { OccurrenceWindow } from './occurrence-window.ts'
import { Rhythms } from './rhythm.ts'
import type { Template } from './templates.ts'

/** What makes occurrences alike, and when they are called recurring. */
export interface PatternDefinition {
  readonly name: string
  /** Observation fields with dots, map entries included (`metadata.image`, `labels.app.kubernetes.io/name`). */
  readonly key: readonly string[]
  readonly minOccurrences: number
  /** More than this many a minute; less than a minute between first and last counts as one. */
  readonly minRatePerMinute: number
  /** Time over which occurrences are counted, µs of event time. */
  readonly windowMicros: EpochMicros
  /** Events that count; all without one. */
  readonly filter?: (event: DetectedEvent) => boolean
}

/** Templates named by a pattern. */
const MAX_TEMPLATES_NAMED = 5

/** Characters of a sample's note: one line on a wide screen. */
const MAX_SAMPLE_NOTE = 240

/** What is known of one pattern. Changed in place; all judgement is in {@link judge}. */
export interface Pattern {
  /** Of its record: short, and another one for each definition and cluster. */
  readonly recordId: string
  /** What people and answers call it. */
  readonly id: string
  readonly definition: PatternDefinition
  readonly cluster: string
  readonly key: readonly string[]
  readonly window: OccurrenceWindow
  readonly objects: DistinctObjects
  readonly rhythms: Rhythms
  readonly burst: Burst
  /** Occurrences by template, the first few templates. */
  readonly templates: Map<Template, number>
  /** Newest first. */
  readonly samples: Sample[]
  occurrences: number
  /** Occurrences among them whose time is not known to the hour: in no window and no rate. */
  unplaced: number
  observations: number
  isLowerBound: boolean
  severityRank: number
  first: EpochMicros
  last: EpochMicros
  /** When it last became recurring; null while it is not. */
  recurringSince: EpochMicros | null
  /** Rhythms that have stopped. */
  silent: number
  revision: number
  /** Whether more than counts and times has changed since its newest record, and when that was written; 0 before the first. */
  hasNews: boolean
  recorded: EpochMicros
  /** When the newest observation counted was received, and the newest that its record counted when it was restored. */
  countedUntil: EpochMicros
  restoredUntil: EpochMicros
}

export function aPattern(definition: PatternDefinition, cluster: string, key: readonly string[]): Pattern {
  return {
    recordId: `p-${hash('sha256', JSON.stringify([definition.name, cluster, ...key])).slice(0, 16)}`,
    id: patternId(definition.key, key),
    definition,
    cluster,
    key,
    window: new OccurrenceWindow(definition.windowMicros),
    objects: new DistinctObjects(),
    rhythms: new Rhythms(),
    burst: new Burst(),
    templates: new Map(),
    samples: [],
    occurrences: 0,
    unplaced: 0,
    observations: 0,
    isLowerBound: false,
    severityRank: 0,
    first: Infinity,
    last: -Infinity,
    recurringSince: null,
    silent: 0,
    revision: 0,
    hasNews: true,
    recorded: 0,
    countedUntil: 0,
    restoredUntil: 0,
  }
}

/** Counts an event for `pattern`. Occurrences come from its deltas, never from the fact that there is a row. */
export function countEvent(
  pattern: Pattern,
  event: DetectedEvent,
  context: { readonly objectHash: number; readonly template: Template | null; readonly maxSamples: number },
): void {
  const { countDelta, countUnplaced, deltaSince, lastObserved } = event
  const occurrences = countDelta + countUnplaced
  pattern.observations += 1
  pattern.countedUntil = Math.max(pattern.countedUntil, event.received)
  pattern.occurrences += occurrences
  pattern.unplaced += countUnplaced
  pattern.isLowerBound ||= event.countIsLowerBound || event.countEstimated
  pattern.severityRank = Math.max(pattern.severityRank, (SEVERITIES as readonly string[]).indexOf(event.severity))
  pattern.first = Math.min(pattern.first, occurrences > 1 ? deltaSince : lastObserved)
  pattern.last = Math.max(pattern.last, lastObserved)
  pattern.objects.add(context.objectHash)
  // One that stands for many, of which all but one have no time, began at its own time as far as rates go.
  const since = countDelta > 1 ? deltaSince : lastObserved
  pattern.window.add(lastObserved, countDelta, since)
  if (countDelta > 0) {
    pattern.rhythms.beat(event.owner, lastObserved)
    const { isOn } = pattern.burst
    pattern.burst.add(lastObserved, countDelta, since)
    pattern.hasNews ||= pattern.burst.isOn !== isOn
  }
  nameTemplate(pattern, context.template, occurrences)
  addSample(pattern.samples, event, context.maxSamples)
}

/**
 * Whether an event has just made `pattern` recurring. What ends it is time, so that is left to {@link judge}, and most events
 * cost no look at the window.
 */
export function noteRecurrence(pattern: Pattern, now: EpochMicros): void {
  const { window, definition, recurringSince } = pattern
  if (recurringSince !== null || window.total < definition.minOccurrences) return
  if (ratePerMinute(pattern) <= definition.minRatePerMinute) return
  pattern.recurringSince = now
  pattern.hasNews = true
}

/** Judges `pattern` at event time `now`. True when what it is called has changed. */
export function judge(pattern: Pattern, now: EpochMicros): boolean {
  const { window, definition, rhythms, burst, recurringSince } = pattern
  const silent = rhythms.silentAt(now)
  const isQuiet = recurringSince === null && !burst.isOn && silent === pattern.silent
  if (isQuiet && window.total < definition.minOccurrences) return false
  window.advance(now)
  const wasBurst = burst.isOn
  burst.advance(now)
  const isRecurring = window.total >= definition.minOccurrences && ratePerMinute(pattern) > definition.minRatePerMinute
  const hasChanged =
    isRecurring !== (pattern.recurringSince !== null) || silent !== pattern.silent || wasBurst !== burst.isOn
  pattern.silent = silent
  pattern.recurringSince = isRecurring ? (pattern.recurringSince ?? now) : null
  pattern.hasNews ||= hasChanged
  return hasChanged
}

/** Occurrences a minute between the first and the last of the window; less than a minute counts as one. */
export function ratePerMinute({ window, last }: Pattern): number {
  return window.total === 0 ? 0 : (window.total * MINUTE) / Math.max(last - window.first(), MINUTE)
}

function nameTemplate({ templates }: Pattern, template: Template | null, occurrences: number): void {
  if (template === null) return
  const known = templates.get(template)
  if (known !== undefined || templates.size < MAX_TEMPLATES_NAMED) templates.set(template, (known ?? 0) + occurrences)
}

/** Puts the event first; the newest of each object stays, and of one object more only while there are not enough others. */
function addSample(samples: Sample[], event: DetectedEvent, maxSamples: number): void {
  const { id, note, lastObserved } = event
  const oldest = samples.at(-1)
  if (maxSamples === 0 || (samples.length === maxSamples && oldest !== undefined && lastObserved < oldest.observed))
    return
  const object = describe(event)
  if (samples.length === maxSamples) {
    const same = samples.findLastIndex((sample) => sample.object === object)
    samples.splice(same === -1 ? dispensable(samples) : same, 1)
  }
  const sample = { observation: id, object, note: note.slice(0, MAX_SAMPLE_NOTE), observed: lastObserved }
  const at = samples.findIndex(({ observed }) => observed <= lastObserved)
  samples.splice(at === -1 ? samples.length : at, 0, sample)
}

/** Place of the oldest sample whose object has a newer one, else of the oldest. */
function dispensable(samples: readonly Sample[]): number {
  for (let at = samples.length - 1; at > 0; at -= 1) {
    const object = samples[at]?.object
    if (samples.findIndex((sample) => sample.object === object) < at) return at
  }
  return samples.length - 1
}

function describe({ regarding: { kind, namespace, name } }: DetectedEvent): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
