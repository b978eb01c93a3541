import { DAY, HOUR, SECOND, type EpochMicros } from '../clock.ts'
import type { PatternBody, TemplateBody } from '../event/pattern.ts'
import type { RecordOf } from '../event/record.ts'
import { SEVERITIES } from '../event/words.ts'
import { memoryOf } from './pattern-memory.ts'
import { ratePerMinute, type Pattern } from './pattern.ts'
import type { Template } from './templates.ts'

/** What is new stays new for a day. */
const NOVEL_FOR = DAY

/** Before the detector has watched for so long, everything would be new. */
const NOVEL_AFTER = HOUR

/** When a cluster began to be watched, and its newest event time. */
export interface ClusterTimes {
  readonly since: EpochMicros
  readonly newest: EpochMicros
}

export function patternRecord(pattern: Pattern, watched: ClusterTimes): RecordOf<'pattern'> {
  return {
    kind: 'pattern',
    id: pattern.recordId,
    revision: pattern.revision,
    from: pattern.first,
    to: pattern.last,
    body: patternBody(pattern, watched),
  }
}

export function patternBody(pattern: Pattern, { since, newest }: ClusterTimes): PatternBody {
  const { definition, cluster, key, window, objects, rhythms, burst } = pattern
  const { minOccurrences, minRatePerMinute, windowMicros } = definition
  window.advance(newest)
  return {
    name: definition.name,
    cluster,
    patternId: pattern.id,
    key: Object.fromEntries(definition.key.map((field, index) => [field, key[index] ?? ''])),
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
    watchedSince: since,
    rhythms: rhythms.at(newest),
    burst: burst.last,
    usualRatePerMinute: burst.usualRate,
    memory: memoryOf(pattern),
  }
}

export function templateRecord(template: Template): RecordOf<'template'> {
  const { text, reason, clusters, occurrences, isLowerBound, objects, countedUntil } = template
  const body: TemplateBody = {
    templateText: text,
    reason,
    clusters: [...clusters],
    occurrences,
    isLowerBound,
    objects: objects.count,
    objectsAreMore: objects.areMore,
    countedUntil,
  }
  const { id, revision, first, last } = template
  return { kind: 'template', id, revision, from: first, to: last, body }
}
