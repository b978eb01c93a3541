import { DAY, HOUR, SECOND, type EpochMicros } from '../clock.ts'
import type { StoreRecord } from '../event/record.ts'
import { SEVERITIES } from '../event/words.ts'
import { ratePerMinute, type Pattern, type Sample } from './pattern.ts'
import type { Template } from './templates.ts'

/** Body of a record of kind `pattern` whose id begins with `p-`. Counts are those the detector saw. */
export interface PatternBody {
  readonly about: 'pattern'
  readonly name: string
  readonly cluster: string
  /** Fields and values that make its occurrences alike. */
  readonly key: Readonly<Record<string, string>>
  /** The values in one line: `BackOff · Pod · shop`. */
  readonly title: string
  readonly thresholds: {
    readonly minOccurrences: number
    readonly minRatePerMinute: number
    readonly windowSeconds: number
  }
  readonly severity: string
  readonly occurrences: number
  /** Occurrences among them whose time is not known to the hour. */
  readonly unplaced: number
  readonly isLowerBound: boolean
  readonly observations: number
  readonly objects: number
  /** There are more objects than `objects` says. */
  readonly objectsAreMore: boolean
  readonly firstObserved: EpochMicros
  readonly lastObserved: EpochMicros
  /** Of the window. */
  readonly windowOccurrences: number
  readonly ratePerMinute: number
  /** Occurrences in twelve equal slices of the window, oldest first. */
  readonly trend: readonly number[]
  readonly samples: readonly Sample[]
  readonly templates: readonly {
    readonly templateId: string
    readonly templateText: string
    readonly occurrences: number
  }[]
  readonly isRecurring: boolean
  readonly recurringSince: EpochMicros | null
  /** First seen within the last day, after the detector had watched for at least an hour without it. */
  readonly isNovel: boolean
  /** Seconds between beats, null when it has no rhythm. */
  readonly periodSeconds: number | null
  /** It has a rhythm and missed three beats. */
  readonly isSilent: boolean
  /** Much more in the last minute than usual, since then; null when not. */
  readonly burstSince: EpochMicros | null
  readonly usualRatePerMinute: number
}

/** Body of a record of kind `pattern` whose id begins with `t-`: what a template id stands for. */
export interface TemplateBody {
  readonly about: 'template'
  readonly templateText: string
  /** Reason it was first seen with. */
  readonly reason: string
  readonly clusters: readonly string[]
  readonly occurrences: number
  readonly isLowerBound: boolean
  readonly objects: number
  readonly objectsAreMore: boolean
}

/** What is new stays new for a day. */
const NOVEL_FOR = DAY

/** Before the detector has watched for so long, everything would be new. */
const NOVEL_AFTER = HOUR

/** When a cluster began to be watched, and its newest event time. */
export interface Watched {
  readonly since: EpochMicros
  readonly newest: EpochMicros
}

export function patternRecord(pattern: Pattern, watched: Watched): StoreRecord {
  return {
    kind: 'pattern',
    id: pattern.id,
    revision: pattern.revision,
    from: pattern.first,
    to: pattern.last,
    body: { ...patternBody(pattern, watched) },
  }
}

export function patternBody(pattern: Pattern, { since, newest }: Watched): PatternBody {
  const { definition, cluster, key, window, objects, rhythm, burst } = pattern
  const { minOccurrences, minRatePerMinute, windowMicros } = definition
  window.advance(newest)
  return {
    about: 'pattern',
    name: definition.name,
    cluster,
    key: Object.fromEntries(definition.key.map((field, index) => [field, key[index] ?? ''])),
    title: key.filter((value) => value !== '').join(' · '),
    thresholds: { minOccurrences, minRatePerMinute, windowSeconds: windowMicros / SECOND },
    severity: SEVERITIES[pattern.severityRank] ?? 'info',
    occurrences: pattern.occurrences,
    unplaced: pattern.unplaced,
    isLowerBound: pattern.isLowerBound,
    observations: pattern.observations,
    objects: objects.count,
    objectsAreMore: objects.areMore,
    firstObserved: pattern.first,
    lastObserved: pattern.last,
    windowOccurrences: window.total,
    ratePerMinute: ratePerMinute(pattern),
    trend: window.trend(),
    samples: pattern.samples,
    templates: [...pattern.templates].map(([{ id, text }, occurrences]) => ({
      templateId: id,
      templateText: text,
      occurrences,
    })),
    isRecurring: pattern.recurringSince !== null,
    recurringSince: pattern.recurringSince,
    isNovel: pattern.first - since >= NOVEL_AFTER && newest - pattern.first <= NOVEL_FOR,
    periodSeconds: rhythm.period === null ? null : rhythm.period / SECOND,
    isSilent: pattern.isSilent,
    burstSince: burst.since,
    usualRatePerMinute: burst.usualRate,
  }
}

export function templateRecord(template: Template): StoreRecord {
  const { text, reason, clusters, occurrences, isLowerBound, objects } = template
  const body: TemplateBody = {
    about: 'template',
    templateText: text,
    reason,
    clusters: [...clusters],
    occurrences,
    isLowerBound,
    objects: objects.count,
    objectsAreMore: objects.areMore,
  }
  const { id, revision, first, last } = template
  return { kind: 'pattern', id, revision, from: first, to: last, body: { ...body } }
}
