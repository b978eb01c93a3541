import { z } from 'zod'
import type { EpochMicros } from '../clock.ts'
import { closestWord } from '../event/closest-word.ts'
import type { EventQuery, TimeRange } from '../query/model.ts'
import { InvalidQueryError } from '../query/invalid-query.ts'
import { parseProblemRequest, problemRequest, type ProblemQuery } from '../query/problem-request.ts'
import { eventRequest, parseEventRequest, read } from '../query/request.ts'
import { flag, wholeNumber, zoneName } from '../query/request-parts.ts'
import type { SimilarQuery } from './incidents/similar-answers.ts'

/** Each similar incident that is told takes a question of its own to the store. */
const MOST_SIMILAR_TOLD = 20

/** Parameters of questions about records, which have a range but no fields to filter by. */
export const rangeRequest = eventRequest.pick({ from: true, to: true, limit: true })
/** Parameters of a page of a group's observations: the group says what is in it. */
export const membersRequest = eventRequest.pick({ order: true, limit: true, cursor: true })
/** Parameters of questions about incidents: an incident matches when one of its problems does. */
export const incidentRequest = problemRequest.omit({ each: true }).extend({
  planned: flag
    .default(false)
    .meta({ description: 'Only what is planned: drains, scale-downs and rollouts that go well' }),
})
export const oneIncidentRequest = problemRequest.pick({ at: true })
/** Parameters of the question whether it was like this before. */
export const similarRequest = oneIncidentRequest.extend({
  query: problemRequest.shape.query.meta({
    description: 'Ordinary events that are counted before each; what is scaled where it happened when absent',
    example: 'reason:SuccessfulRescale',
  }),
  timezone: zoneName.default('UTC'),
  limit: wholeNumber(1, MOST_SIMILAR_TOLD).default(10),
})
export const limitRequest = eventRequest.pick({ limit: true })
export const noRequest = z.strictObject({})

/** As `parseEventRequest` of `query/`. */
export function parseRangeRequest(parameters: unknown, now: EpochMicros): TimeRange & { readonly limit: number } {
  const { from, to, limit } = parseEventRequest(onlyOf(rangeRequest, parameters), now)
  return { from, to, limit }
}

/** As `parseEventRequest` of `query/`. */
export function parseMembersRequest(
  parameters: unknown,
  now: EpochMicros,
): Pick<EventQuery, 'limit' | 'cursor' | 'order'> {
  const { limit, order, cursor } = parseEventRequest(onlyOf(membersRequest, parameters), now)
  return { limit, order, ...(cursor === undefined ? {} : { cursor }) }
}

/** Which incidents are asked for. */
export interface IncidentQuery extends Omit<ProblemQuery, 'each'> {
  /** Only what is planned. */
  readonly planned: boolean
}

/** As `parseProblemRequest` of `query/`. */
export function parseIncidentRequest(parameters: unknown, now: EpochMicros): IncidentQuery {
  const { planned: asked, ...rest } = (onlyOf(incidentRequest, parameters) ?? {}) as { readonly planned?: unknown }
  const { planned } = read(incidentRequest.pick({ planned: true }), { planned: asked })
  return { ...parseProblemRequest(rest, now), planned }
}

/** As `parseProblemRequest` of `query/`. */
export function parseOneIncidentRequest(parameters: unknown, now: EpochMicros): Pick<ProblemQuery, 'at'> {
  const { at } = parseProblemRequest(onlyOf(oneIncidentRequest, parameters), now)
  return { at }
}

/** As `parseProblemRequest` of `query/`. */
export function parseSimilarRequest(parameters: unknown, now: EpochMicros): SimilarQuery {
  const { at, query, timezone, limit } = read(similarRequest, onlyOf(similarRequest, parameters))
  const asked = parseProblemRequest({ at, query }, now)
  const isAsked = query !== undefined && query !== ''
  return { at: asked.at, zone: timezone, limit, ordinary: isAsked ? { text: query, filter: asked.filter } : null }
}

/** As `parseEventRequest` of `query/`. */
export function parseLimitRequest(parameters: unknown, now: EpochMicros): number {
  return parseEventRequest(onlyOf(limitRequest, parameters), now).limit
}

export function parseNoRequest(parameters: unknown): void {
  onlyOf(noRequest, parameters)
}

/** @throws InvalidQueryError for each parameter that the question does not take. */
function onlyOf({ shape }: z.ZodObject, parameters: unknown): unknown {
  const known = Object.keys(shape)
  const problems = Object.keys(parameters ?? {})
    .filter((name) => !known.includes(name))
    .map((parameter) => ({ parameter, message: `there is no parameter of this name here. ${hint(parameter, known)}` }))
  if (problems.length > 0) throw new InvalidQueryError(problems)
  return parameters
}

function hint(name: string, known: readonly string[]): string {
  const near = closestWord(name, known)
  if (near !== null) return `Did you mean ${near}?`
  return known.length === 0 ? 'It takes none' : `The parameters are ${known.join(', ')}.`
}
