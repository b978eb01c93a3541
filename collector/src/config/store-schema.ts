import { z } from 'zod'
import { SEVERITIES } from '../event/words.ts'
import { elasticsearchSchema } from './elasticsearch-schema.ts'
import { bytes, duration, flag, wholeNumber } from './values.ts'

const duckdb = z
  .strictObject({
    memoryLimit: bytes(100_000_000).prefault('300MB').describe('Memory that DuckDB may use.'),
    threads: wholeNumber(1, 256).default(2).describe('Threads that DuckDB may use.'),
  })
  .prefault({})
  .describe('The embedded store, a file in the data directory.')

/** One section for each kind, named after it: another store is another word and another section. */
export const storeSchema = z
  .strictObject({
    kind: z.enum(['duckdb', 'elasticsearch', 'memory']).default('duckdb').describe('Where observations are kept.'),
    duckdb,
    elasticsearch: elasticsearchSchema,
  })
  .prefault({})
  .describe('Where observations are kept.')

const maxAge = z
  .strictObject({
    info: duration().prefault('7d').describe('Age at which observations of severity info are removed.'),
    low: duration().prefault('30d').describe('The same for low.'),
    medium: duration().prefault('90d').describe('The same for medium.'),
    high: duration().prefault('1y').describe('The same for high.'),
    critical: duration().prefault('1y').describe('The same for critical.'),
  })
  .prefault({})
  .describe('Age by last time, not by birth: an event that still repeats stays.')

const recordMaxAge = z
  .strictObject({
    correlation: duration()
      .prefault('400d')
      .describe(
        'Age at which groups of observations are removed, counted from their last change. Gaps stay as long as the longest kept observation.',
      ),
    problem: duration().prefault('400d').describe('The same for problems.'),
    incident: duration().prefault('400d').describe('The same for incidents.'),
    change: duration().prefault('400d').describe('The same for changes of objects.'),
    alert: duration().prefault('400d').describe('The same for alerts.'),
    pattern: duration().prefault('90d').describe('The same for patterns.'),
    template: duration().prefault('90d').describe('The same for templates of messages.'),
  })
  .prefault({})
  .describe('Age by when they changed last: what still changes stays.')

/** `classes` and `recordMaxAge` are what the store asks for: one for each severity, one for each kind of record. */
export const retentionSchema = z
  .strictObject({
    maxAge,
    maxBytes: bytes(50_000_000)
      .prefault('10GB')
      .describe('Disk that the store may take. The oldest rows and records go first.'),
    recordMaxAge,
    rollUpMaxAge: duration().prefault('2y').describe('How long hourly sums outlive the rows they were made of.'),
    includeRecordings: flag()
      .default(false)
      .describe('Remove what came from recordings by age, too. By default only their bytes count.'),
  })
  .transform(({ maxAge: ages, recordMaxAge: recordAges, rollUpMaxAge, ...rest }) => {
    const longest = Math.max(...Object.values(ages))
    return {
      ...rest,
      classes: SEVERITIES.map((severity) => ({ name: severity, severities: [severity], maxAge: ages[severity] })),
      recordMaxAge: { ...recordAges, gap: longest, watched: longest, 'roll-up': rollUpMaxAge },
    }
  })
  .prefault({})
  .describe('What is removed, and when.')
