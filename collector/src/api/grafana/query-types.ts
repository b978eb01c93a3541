import { answerAggregate } from './aggregate.ts'
import { answerAnnotations } from './annotations.ts'
import type { AnswerQuery } from './asked-query.ts'
import { answerCauses } from './causes.ts'
import { answerContext } from './context.ts'
import { answerCorrelations } from './correlations.ts'
import { answerEvents } from './events.ts'
import { answerIncidents } from './incidents.ts'
import { answerPatterns } from './patterns.ts'
import { answerProblems } from './problems.ts'
import type { QueryType } from './query-schema.ts'
import { answerSimilar } from './similar.ts'
import { answerTimeline } from './timeline.ts'

/** What answers each query type. A new one is a file and a line here (and its word in `query-schema.ts`). */
export const ANSWERS: Readonly<Record<QueryType, AnswerQuery>> = {
  events: answerEvents,
  context: answerContext,
  aggregate: answerAggregate,
  patterns: answerPatterns,
  correlations: answerCorrelations,
  timeline: answerTimeline,
  annotations: answerAnnotations,
  problems: answerProblems,
  incidents: answerIncidents,
  causes: answerCauses,
  similar: answerSimilar,
}
