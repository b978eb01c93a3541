import { MINUTE, type EpochMicros } from '../clock.ts'

/** The key and thresholds that other tools have made usual: what is asked for and followed unless somebody says otherwise. */
export const USUAL_PATTERN = {
  key: ['reason', 'regarding.kind', 'namespace'],
  minOccurrences: 3,
  minRatePerMinute: 0.5,
} as const

/** Slices of a trend: as many as a sparkline in a table has room for. */
export const TREND_SLICES = 12

/**
 * The one name of a pattern, in stored rows, answers, commands and Grafana: the values of its key, `BackOff:Pod:shop`; with
 * another key than the usual one its fields too, `reason=BackOff:node=worker-1`. Parts are escaped as in a URL.
 */
export function patternId(fields: readonly string[], values: readonly string[]): string {
  const isUsual =
    fields.length === USUAL_PATTERN.key.length && USUAL_PATTERN.key.every((field, place) => field === fields[place])
  return fields.map((field, place) => (isUsual ? '' : `${escape(field)}=`) + escape(values[place] ?? '')).join(':')
}

/** The values that an id names, and the fields where it names those; null when it is none. */
export function readPatternId(id: string): {
  readonly fields: readonly string[] | null
  readonly values: readonly string[]
} {
  const parts = id.split(':').map((part) => part.split('='))
  const fields = parts.every(({ length }) => length === 2) ? parts.map(([field = '']) => unescape(field)) : null
  return { fields, values: parts.map((words) => unescape(fields === null ? words.join('=') : (words[1] ?? ''))) }
}

/** Half a surrogate pair has no place in a URL. */
function escape(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A pattern whose counts alone have changed is recorded within this time; what it is called, at once. */
export const PATTERN_RECORDED_WITHIN = 10 * MINUTE

/** What a pattern may be besides frequent, in the order of the worst first. */
export const TRAITS = ['burst', 'recurring', 'novel', 'silent', 'periodic'] as const
export type Trait = (typeof TRAITS)[number]

/** A newest observation of a pattern. */
export interface Sample {
  readonly observation: string
  readonly object: string
  readonly note: string
  readonly observed: EpochMicros
}

/** What comes at equal intervals. */
export interface RhythmBody {
  readonly workload: { readonly kind: string; readonly name: string }
  readonly periodSeconds: number
  readonly lastBeat: EpochMicros
  /** It missed three beats. */
  readonly isSilent: boolean
}

/** Much more in a minute than usual. */
export interface BurstBody {
  readonly from: EpochMicros
  /** Null while it lasts. */
  readonly to: EpochMicros | null
  /** Before it began. */
  readonly usualRatePerMinute: number
}

/** Body of a record of kind `pattern`: a pattern of one definition and cluster as it is now. Counts are those the detector saw. */
export interface PatternBody {
  /** Of its definition. */
  readonly name: string
  readonly cluster: string
  /** See {@link patternId}. */
  readonly patternId: string
  /** Fields and values that make its occurrences alike. */
  readonly key: Readonly<Record<string, string>>
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
  /** When the detector began to watch its cluster. */
  readonly watchedSince: EpochMicros
  /** One for each workload that comes at equal intervals. */
  readonly rhythms: readonly RhythmBody[]
  /** The present or the last one; null when there was none. */
  readonly burst: BurstBody | null
  readonly usualRatePerMinute: number
  readonly memory: PatternMemory
}

/** What a detector goes on from after a restart. */
export interface PatternMemory {
  /** When the newest observation that it counts was received. */
  readonly countedUntil: EpochMicros
  /** Slices of the window with occurrences: number since the epoch, occurrences, when the first may have been. */
  readonly window: readonly (readonly [slice: number, count: number, first: EpochMicros])[]
  readonly rhythms: readonly {
    readonly workload: { readonly kind: string; readonly name: string }
    readonly last: EpochMicros
    readonly intervals: readonly EpochMicros[]
  }[]
  /** Minutes since the epoch; null before the first occurrence that has a time. */
  readonly burst: {
    readonly minute: number
    readonly first: number
    readonly count: number
    readonly rate: number
  } | null
}

/** Body of a record of kind `template`: what a template id stands for. */
export interface TemplateBody {
  readonly templateText: string
  /** Reason it was first seen with. */
  readonly reason: string
  readonly clusters: readonly string[]
  readonly occurrences: number
  readonly isLowerBound: boolean
  readonly objects: number
  readonly objectsAreMore: boolean
  /** When the newest observation that it counts was received. */
  readonly countedUntil: EpochMicros
}
