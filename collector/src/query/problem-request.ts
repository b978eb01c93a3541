import { z } from 'zod'
import type { EpochMicros } from '../clock.ts'
import type { Filter } from './model.ts'
import { InvalidQueryError } from './invalid-query.ts'
import { exportRequest, MAX_LIMIT, parseExportRequest, read } from './request.ts'
import { flag, timeText, wholeNumber } from './request-parts.ts'
import { EARLIEST, LATEST, parseTime } from './time.ts'

/** Parameters of questions about problems. */
export const problemRequest = exportRequest.omit({ to: true, correlationId: true }).extend({
  from: timeText
    .optional()
    .meta({ description: 'With all: problems that ended before it are left out', example: '-24h' }),
  at: timeText.optional().meta({ description: 'As it was known at this time; now when absent', example: '-1h' }),
  all: flag.default(false).meta({ description: 'Whether problems that are over are there too' }),
  each: flag.default(false).meta({
    description: 'Every object by itself, instead of one row for a workload and its trouble',
  }),
  limit: wholeNumber(1, MAX_LIMIT).default(100),
  cursor: z.string('must be the cursor of the page before').optional(),
})

/** Which problems are asked for. */
export interface ProblemQuery {
  /** Null for now: of a recording, its end. */
  readonly at: EpochMicros | null
  /** Problems that ended before are left out. */
  readonly from: EpochMicros
  readonly filter: Filter
  readonly all: boolean
  readonly each: boolean
  readonly limit: number
  /** Rows to pass over. */
  readonly offset: number
}

/** As `parseEventRequest`. A cursor keeps the time of the first page, so that pages are of one list. */
export function parseProblemRequest(input: unknown, now: EpochMicros): ProblemQuery {
  const { at, all, each, limit, cursor, ...selected } = read(problemRequest, input)
  const time = at === undefined ? null : parseTime(at, now)
  if (at !== undefined && time === null) {
    throw new InvalidQueryError([{ parameter: 'at', message: `${at} is outside the years 1970 to 2255` }])
  }
  const { filter, from } = parseExportRequest(selected, now)
  const page = cursor === undefined ? { at: time, offset: 0 } : readOffset(cursor)
  return { ...page, from, filter, all, each, limit }
}

/** Where a list that is made anew for each page goes on. */
export function offsetCursor(at: EpochMicros | null, offset: number): string {
  return Buffer.from(JSON.stringify([at, offset])).toString('base64url')
}

const OFFSET = z.tuple([z.int().min(EARLIEST).max(LATEST).nullable(), z.int().min(0)])

function readOffset(cursor: string): { readonly at: EpochMicros | null; readonly offset: number } {
  try {
    const [at, offset] = OFFSET.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { at, offset }
  } catch {
    const message = 'is no cursor of a page before. Take it from the answer as it is'
    throw new InvalidQueryError([{ parameter: 'cursor', message }])
  }
}
