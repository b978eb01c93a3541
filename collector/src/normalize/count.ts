import { isRecord } from './json-record.ts'

export interface ReportedCount {
  /** Occurrences so far, 1 to 2^31 − 1. */
  readonly count: number
  readonly isLowerBound: boolean
  /** Neither a count nor a series was reported. */
  readonly isAbsent: boolean
  readonly isRepaired: boolean
}

/** The API's counts are int32. */
const LARGEST = 2 ** 31 - 1

/**
 * count = series ? max(series.count, count, 1) : max(count, 1). A series is a lower bound: its reporter refreshes it
 * every half an hour. Absent, null and 0 are no count; a number in text, a fraction, a negative or huge one is repaired.
 */
export function reportedCount(single: unknown, series: unknown): ReportedCount {
  const own = readCount(single)
  const ofSeries = isRecord(series) ? readCount(series['count']) : { count: 0, isRepaired: isOdd(series) }
  const hasSeries = isRecord(series) && (ofSeries.count > 0 || isTimeText(series['lastObservedTime']))
  return {
    count: Math.max(own.count, ofSeries.count, 1),
    isLowerBound: hasSeries,
    isAbsent: own.count === 0 && !hasSeries,
    isRepaired: own.isRepaired || ofSeries.isRepaired,
  }
}

function readCount(value: unknown): { count: number; isRepaired: boolean } {
  if (value === undefined || value === null || value === 0 || value === 'null' || value === '') {
    return { count: 0, isRepaired: false }
  }
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= LARGEST) {
    return { count: value, isRepaired: false }
  }
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0
  return { count: number > 0 ? Math.min(Math.floor(number), LARGEST) : 0, isRepaired: true }
}

function isOdd(series: unknown): boolean {
  return series !== undefined && series !== null && series !== 'null'
}

function isTimeText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value !== 'null'
}
