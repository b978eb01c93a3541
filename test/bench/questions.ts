import { DAY } from '../../collector/src/clock.ts'
import { formatTime } from '../../collector/src/query/time.ts'
import type { CollectorProcess } from '../support/collector-process.ts'
import { distribution } from './figures.ts'
import { HISTORY_FROM, HISTORY_TO } from './stored-history.ts'

const TOP = 20

/** The middle day of the thirty. */
export const DAY_FROM = HISTORY_FROM + 15 * DAY

const RANGE_30_DAYS = { from: formatTime(HISTORY_FROM), to: formatTime(HISTORY_TO) }

/** What dashboards and people ask, by name. */
export const QUESTIONS: Readonly<Record<string, string>> = {
  minuteByReasonOverDay: address('aggregate', {
    from: formatTime(DAY_FROM),
    to: formatTime(DAY_FROM + DAY),
    groupBy: 'reason',
    window: '1m',
    top: String(TOP),
  }),
  hourByReasonOver30Days: address('aggregate', {
    ...RANGE_30_DAYS,
    groupBy: 'reason',
    window: 'hour',
    top: String(TOP),
  }),
  firstPageOfText: address('events', {
    ...RANGE_30_DAYS,
    query: 'note:"deadline exceeded" AND namespace:team-3 AND type:Warning',
    limit: '100',
  }),
  latestOf1000Objects: address('latest', { ...RANGE_30_DAYS, limit: '1000' }),
}

/** The histogram as a person would write it in SQL: the top reasons, the rest as null. */
export function bareSql(from: number, to: number, window: number): string {
  const range = `last_observed >= ${from} AND last_observed < ${to}`
  return `WITH top AS (SELECT reason FROM observations WHERE ${range}
      GROUP BY reason ORDER BY sum(count_delta) DESC LIMIT ${TOP})
    SELECT last_observed // ${window} * ${window} AS start, top.reason AS reason, sum(count_delta) AS occurrences
    FROM observations LEFT JOIN top ON observations.reason = top.reason WHERE ${range} GROUP BY 1, 2`
}

/** Milliseconds of each question, `runs` times, one question after the other as a person asks. */
export async function ask(collector: Pick<CollectorProcess, 'text'>, runs: number) {
  const times: Record<string, number[]> = {}
  for (let run = 0; run <= runs; run += 1) {
    for (const [name, path] of Object.entries(QUESTIONS)) {
      const started = performance.now()
      await collector.text(path)
      // The first round reads the file from disk; a server that runs has done so.
      if (run > 0) (times[name] ??= []).push(performance.now() - started)
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, distribution(values)]))
}

function address(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  return `/api/v1/${endpoint}?${new URLSearchParams(parameters).toString()}`
}
