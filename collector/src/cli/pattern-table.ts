import type { ObservationJson } from '../api/observation-json.ts'
import { MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import { formatDuration } from '../query/duration.ts'
import { parseTime } from '../query/time.ts'
import type { Paint } from './paint.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine, relative, span, sparkline } from './text.ts'

/** A pattern as the API gives it. */
export interface PatternJson {
  readonly id: string
  readonly key: Readonly<Record<string, string>>
  readonly occurrences: number
  readonly isLowerBound: boolean
  readonly objects: number
  readonly observations: number
  readonly firstObserved: string
  readonly lastObserved: string
  readonly ratePerMinute: number
  readonly maxSeverity: string
  readonly trend: readonly number[]
  readonly traits: readonly string[]
  readonly counted: { readonly occurrences: number; readonly since: string } | null
  readonly rhythms: readonly {
    readonly cluster: string
    readonly workload: { readonly kind: string; readonly name: string }
    readonly periodSeconds: number
    readonly lastBeat: string
    readonly nextExpected: string
    readonly isSilent: boolean
  }[]
  readonly bursts: readonly {
    readonly cluster: string
    readonly from: string
    readonly to: string | null
    readonly usualRatePerMinute: number
  }[]
  readonly templates: readonly {
    readonly templateId: string
    readonly text: string
    readonly occurrences: number | null
  }[]
  readonly samples: readonly ObservationJson[]
  readonly query: string
}

interface Look {
  readonly columns: number
  readonly hasTitle: boolean
  readonly now: EpochMicros
  readonly paint: Paint
  readonly isWide?: boolean
  /** Whether traits have a column also where it is narrow: they were asked for. */
  readonly hasTraits?: boolean
}

/** The table of `eventloom patterns` and of the start screen. */
export function patternLines(patterns: readonly PatternJson[], look: Look): readonly string[] {
  const { now, paint, isWide = false, hasTitle, hasTraits = false } = look
  const isExact = isWide || !hasTitle
  const traits = isExact || hasTraits
  // Who asked for traits reads those.
  const unasked: readonly Column<PatternJson>[] = [
    { title: 'TREND', of: ({ trend }) => sparkline(trend), goes: 1 },
    { title: 'NOTE', of: ({ samples }) => oneLine(samples[0]?.note ?? ''), cut: 'end', goes: 3 },
  ]
  const columns: readonly Column<PatternJson>[] = [
    { title: 'SEVERITY', of: ({ maxSeverity }) => maxSeverity, paint: (text, row) => paint(row.maxSeverity, text) },
    { title: 'REASON', of: ({ key, id }) => oneLine(key['reason'] ?? id) },
    { title: 'WHERE', of: whereOf, cut: 'middle' },
    { title: 'SEEN', of: (pattern) => seenOf(pattern, now) },
    ...(traits
      ? [{ title: 'TRAITS', of: (pattern: PatternJson) => traitsText(pattern, now), cut: 'end' as const }]
      : []),
    {
      title: 'LAST',
      of: ({ lastObserved }) => (isExact ? lastObserved : relative(timeOf(lastObserved, now), now)),
      goes: 2,
    },
    ...(hasTraits && !isExact ? [] : unasked),
    ...(isExact ? [{ title: 'ID', of: ({ id }: PatternJson) => id }] : []),
  ]
  return tableLines(patterns, columns, look)
}

/** `shop/payments (3)`: the namespace, and the workload where all samples share it, else the number of objects. */
function whereOf({ key, samples, objects }: PatternJson): string {
  const namespace = key['namespace'] ?? samples[0]?.namespace ?? ''
  const owners = new Set(samples.map(({ owner }) => owner.name))
  const [owner] = owners
  const kind = (key['regarding.kind'] ?? samples[0]?.regarding.kind ?? 'object').toLowerCase()
  const name = owners.size === 1 && owner !== undefined && owner !== '' ? owner : null
  const number = objects === 1 ? '' : ` (${grouped(objects)} ${kind}s)`
  return oneLine([namespace, name].filter((part) => part !== null && part !== '').join('/') + number).trim()
}

function seenOf({ occurrences, isLowerBound, firstObserved, lastObserved }: PatternJson, now: EpochMicros): string {
  const length = timeOf(lastObserved, now) - timeOf(firstObserved, now)
  const count = `${isLowerBound ? '≥' : ''}${grouped(occurrences)}`
  if (length >= SECOND) return `${count} in ${span(length)}`
  return count === '1' ? 'once' : `${count} at once`
}

/** `silent, every 5m CronJob/backup, expected 12m ago`; only the first of several rhythms. */
function traitsText({ traits, rhythms }: PatternJson, now: EpochMicros): string {
  const [rhythm] = rhythms.toSorted((a, b) => Number(b.isSilent) - Number(a.isSilent))
  if (rhythm === undefined || traits.every((trait) => trait !== 'periodic' && trait !== 'silent'))
    return traits.join(', ')
  // That it is periodic says the rhythm itself.
  const others = traits.filter((trait) => trait !== 'periodic')
  return oneLine([...others, rhythmText(rhythm, now)].join(', '))
}

/** `every 5m CronJob/backup, expected 12m ago`. */
export function rhythmText(
  { workload, periodSeconds, nextExpected }: PatternJson['rhythms'][number],
  now: EpochMicros,
): string {
  // What comes at hours of its own is not known to the second.
  const exact = periodSeconds < 3_600 ? SECOND : MINUTE
  const every = formatDuration(Math.round((periodSeconds * SECOND) / exact) * exact)
  return `every ${every} ${workload.kind}/${workload.name}, expected ${relative(timeOf(nextExpected, now), now)}`
}

function timeOf(text: string, now: EpochMicros): EpochMicros {
  return parseTime(text, now) ?? now
}
