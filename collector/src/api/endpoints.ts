import {
  aggregateRequest,
  eventRequest,
  exportRequest,
  latestRequest,
  parseAggregateRequest,
  parseEventRequest,
  parseLatestRequest,
  parsePatternRequest,
  parseValueRequest,
  patternRequest,
  valueRequest,
} from '../query/request.ts'
import { WEIGHT_OF_GROUPS, WEIGHT_OF_INCIDENTS, WEIGHT_OF_PROBLEMS, weightOfAggregate, weightOfFilter, weightOfPatterns, weightOfRecords, weightOfRows } from '../query/weight.ts' // prettier-ignore
import { parseProblemRequest, problemRequest } from '../query/problem-request.ts'
import * as schemas from './answer-schemas.ts'
import { changesAnswer } from './changes/change-answers.ts'
import { changeRequest, parseChangeRequest } from './changes/change-request.ts'
import { changesSchema } from './changes/change-schemas.ts'
import { correlationSchema, correlationsSchema } from './correlation-schemas.ts'
import {
  accountsAnswer,
  aggregateAnswer,
  deadLettersAnswer,
  eventsAnswer,
  gapsAnswer,
  latestAnswer,
  statisticsAnswer,
} from './answers.ts'
import { correlationAnswer, correlationsAnswer } from './correlation-answers.ts'
import { endpoint, type Described, type Endpoint, type EndpointName } from './endpoint.ts'
import { incidentAnswer, incidentsAnswer } from './incidents/incident-answers.ts'
import { incidentSchema, incidentsSchema } from './incidents/incident-schemas.ts'
import { similarAnswer } from './incidents/similar-answers.ts'
import { similarSchema } from './incidents/similar-schemas.ts'
import { fieldsAnswer, valuesAnswer } from './field-answers.ts'
import { ALERT_ENDPOINTS } from './alerts/alert-endpoints.ts'
import { patternAnswer, patternsAnswer } from './pattern-answers.ts'
import { problemsAnswer } from './problems/problem-answers.ts'
import * as statusSchemas from './status-schemas.ts'
import { statusAnswer } from './status-answer.ts'
import * as records from './record-request.ts'

export type { Asked, Described, Endpoint, EndpointName } from './endpoint.ts'

/**
 * Every question that the API answers with JSON, once: routes, OpenAPI, the page /docs and the command line's own reader
 * are all made from this table, so that they cannot differ.
 */
export const ENDPOINTS: readonly Endpoint[] = [
  endpoint({
    name: 'incidents',
    methods: ['get'],
    path: '/incidents',
    summary: 'What broke, why, and whether it was like this before: most important first.',
    request: records.incidentRequest,
    answerSchema: incidentsSchema,
    parse: ({ parameters }, now) => records.parseIncidentRequest(parameters, now),
    weigh: () => WEIGHT_OF_INCIDENTS,
    respond: ({ reader, now }, query, signal) => incidentsAnswer(reader, query, now, signal),
  }),
  endpoint({
    name: 'incident',
    methods: ['get'],
    path: '/incidents/:id',
    summary: 'One incident: its problems, causes with evidence, what changed before, and similar ones.',
    request: records.oneIncidentRequest,
    answerSchema: incidentSchema,
    parse: ({ path, parameters }, now) => ({
      id: path['id'] ?? '',
      query: records.parseOneIncidentRequest(parameters, now),
    }),
    weigh: () => WEIGHT_OF_INCIDENTS,
    respond: ({ reader, now }, { id, query }, signal) => incidentAnswer(reader, id, query, now, signal),
  }),
  endpoint({
    name: 'similar',
    methods: ['get'],
    path: '/incidents/:id/similar',
    summary: 'When it was like this before, how that ended, and whether ordinary events had a peak then.',
    request: records.similarRequest,
    answerSchema: similarSchema,
    parse: ({ path, parameters }, now) => ({
      id: path['id'] ?? '',
      query: records.parseSimilarRequest(parameters, now),
    }),
    weigh: ({ query: { ordinary } }) => WEIGHT_OF_INCIDENTS + weightOfFilter(ordinary?.filter ?? { op: 'all' }),
    respond: ({ reader, now }, { id, query }, signal) => similarAnswer(reader, id, query, now, signal),
  }),
  endpoint({
    name: 'problems',
    methods: ['get'],
    path: '/problems',
    summary: 'What is wrong now, or was at a time: most important first, one row for a workload and its trouble.',
    request: problemRequest,
    answerSchema: schemas.problemsSchema,
    parse: ({ parameters }, now) => parseProblemRequest(parameters, now),
    weigh: () => WEIGHT_OF_PROBLEMS,
    respond: ({ reader, now }, query, signal) => problemsAnswer(reader, query, now, signal),
  }),
  endpoint({
    name: 'events',
    methods: ['get'],
    path: '/events',
    summary: 'Events of a range, newest first, in pages. Follow cursor (or the Link header) for the next one.',
    request: eventRequest,
    answerSchema: schemas.eventsSchema,
    parse: ({ parameters }, now) => parseEventRequest(parameters, now),
    weigh: ({ limit, filter }) => weightOfRows(limit) + weightOfFilter(filter),
    respond: ({ reader }, query, signal) => eventsAnswer(reader, query, signal),
  }),
  endpoint({
    name: 'aggregate',
    methods: ['get', 'post'],
    path: '/aggregate',
    summary: 'Occurrences and other metrics by groups and windows of time.',
    request: aggregateRequest,
    answerSchema: schemas.aggregateSchema,
    parse: ({ parameters }, now) => parseAggregateRequest(parameters, now),
    weigh: (query) => weightOfAggregate(query) + weightOfFilter(query.filter),
    respond: ({ reader }, query, signal) => aggregateAnswer(reader, query, signal),
  }),
  endpoint({
    name: 'latest',
    methods: ['get'],
    path: '/latest',
    summary: 'The newest observation of each object.',
    request: latestRequest,
    answerSchema: schemas.latestSchema,
    parse: ({ parameters }, now) => parseLatestRequest(parameters, now),
    weigh: ({ limit, filter }) => weightOfRows(limit) + weightOfFilter(filter),
    respond: ({ reader }, query, signal) => latestAnswer(reader, query, signal),
  }),
  endpoint({
    name: 'patterns',
    methods: ['get'],
    path: '/patterns',
    summary: 'What recurs: occurrences alike by the fields of key, over the thresholds.',
    request: patternRequest,
    answerSchema: schemas.patternsSchema,
    parse: ({ parameters }, now) => parsePatternRequest(parameters, now),
    weigh: weightOfPatterns,
    respond: ({ reader }, query, signal) => patternsAnswer(reader, query, signal),
  }),
  endpoint({
    name: 'pattern',
    methods: ['get'],
    path: '/patterns/:id',
    summary: 'One pattern with more examples. The id is the values of the key: BackOff:Pod:shop.',
    request: patternRequest,
    answerSchema: schemas.patternSchema,
    parse: ({ path, parameters }, now) => ({ id: path['id'] ?? '', query: parsePatternRequest(parameters, now) }),
    weigh: ({ query }) => weightOfPatterns(query),
    respond: ({ reader }, { id, query }, signal) => patternAnswer(reader, id, query, signal),
  }),
  endpoint({
    name: 'correlations',
    methods: ['get'],
    path: '/correlations',
    summary: 'Groups of observations that belong together, and why: those with a matching observation.',
    request: latestRequest,
    answerSchema: correlationsSchema,
    parse: ({ parameters }, now) => parseLatestRequest(parameters, now),
    weigh: ({ filter }) => WEIGHT_OF_GROUPS + weightOfFilter(filter),
    respond: ({ reader }, query, signal) => correlationsAnswer(reader, query, signal),
  }),
  endpoint({
    name: 'correlation',
    methods: ['get'],
    path: '/correlations/:id',
    summary: 'One group with a page of its observations.',
    request: records.membersRequest,
    answerSchema: correlationSchema,
    parse: ({ path, parameters }, now) => ({
      id: path['id'] ?? '',
      page: records.parseMembersRequest(parameters, now),
    }),
    weigh: ({ page }) => weightOfRows(page.limit),
    respond: ({ reader }, { id, page }, signal) => correlationAnswer(reader, id, page, signal),
  }),
  endpoint({
    name: 'changes',
    methods: ['get'],
    path: '/changes',
    summary: 'Who changed which objects, newest first, in pages: by the metadata that is watched beside events.',
    request: changeRequest,
    answerSchema: changesSchema,
    parse: ({ parameters }, now) => parseChangeRequest(parameters, now),
    weigh: () => WEIGHT_OF_PROBLEMS,
    respond: ({ reader, health }, query, signal) => changesAnswer(reader, query, health?.(), signal),
  }),
  endpoint({
    name: 'fields',
    methods: ['get'],
    path: '/fields',
    summary: 'Every field that queries may name.',
    request: records.noRequest,
    answerSchema: schemas.fieldsSchema,
    parse: ({ parameters }) => records.parseNoRequest(parameters),
    weigh: () => 0,
    respond: async () => fieldsAnswer(),
  }),
  endpoint({
    name: 'values',
    methods: ['get'],
    path: '/fields/:name/values',
    summary: 'Values of a field with their occurrences, most frequent first.',
    request: valueRequest.omit({ field: true }),
    answerSchema: schemas.valuesSchema,
    parse: ({ path, parameters }, now) => parseValueRequest({ ...(parameters as object), field: path['name'] }, now),
    weigh: ({ limit, filter }) => weightOfRecords(limit) + weightOfFilter(filter),
    respond: ({ reader }, query, signal) => valuesAnswer(reader, query, signal),
  }),
  endpoint({
    name: 'status',
    methods: ['get'],
    path: '/status',
    summary: 'How the collector is doing: what it watches, what it counted, what the store holds.',
    request: records.noRequest,
    answerSchema: statusSchemas.statusSchema,
    parse: ({ parameters }) => records.parseNoRequest(parameters),
    weigh: () => WEIGHT_OF_PROBLEMS,
    respond: (source, _query, signal) => statusAnswer(source, signal),
  }),
  endpoint({
    name: 'accounts',
    methods: ['get'],
    path: '/accounts',
    summary: 'How every version received ended; only what is dropped or deadLettered is missing. The sums balance.',
    request: records.noRequest,
    answerSchema: statusSchemas.accountsSchema,
    parse: ({ parameters }) => records.parseNoRequest(parameters),
    weigh: () => 0,
    respond: async ({ accounts }) => accountsAnswer(accounts()),
  }),
  endpoint({
    name: 'statistics',
    methods: ['get'],
    path: '/statistics',
    summary: 'What the store holds.',
    request: records.noRequest,
    answerSchema: statusSchemas.statisticsSchema,
    parse: ({ parameters }) => records.parseNoRequest(parameters),
    weigh: () => 0,
    respond: ({ reader }, _query, signal) => statisticsAnswer(reader, signal),
  }),
  endpoint({
    name: 'gaps',
    methods: ['get'],
    path: '/gaps',
    summary: 'Where data is or may be missing, and why.',
    request: records.rangeRequest,
    answerSchema: statusSchemas.gapsSchema,
    parse: ({ parameters }, now) => records.parseRangeRequest(parameters, now),
    weigh: ({ limit }) => weightOfRecords(limit),
    respond: ({ reader }, query, signal) => gapsAnswer(reader, query, signal),
  }),
  endpoint({
    name: 'deadLetters',
    methods: ['get'],
    path: '/dead-letters',
    summary: 'What the store refused for good, each with the reason. It is kept until it is sent again.',
    request: records.limitRequest,
    answerSchema: schemas.deadLettersSchema,
    parse: ({ parameters }, now) => records.parseLimitRequest(parameters, now),
    weigh: (limit) => weightOfRows(limit),
    respond: async ({ deadLetters }, limit) => deadLettersAnswer(deadLetters(limit)),
  }),
  ...ALERT_ENDPOINTS,
]

/** The one address that answers with a stream. */
export const EXPORT: Described = {
  methods: ['get'],
  path: '/export',
  summary: 'All observations of a range, oldest first, one JSON object on each line (NDJSON).',
  request: exportRequest,
}

const BY_NAME: ReadonlyMap<EndpointName, Endpoint> = new Map(ENDPOINTS.map((each) => [each.name, each]))

export function endpointNamed(name: EndpointName): Endpoint {
  const found = BY_NAME.get(name)
  if (found === undefined) throw new Error(`the API has no endpoint ${name}`)
  return found
}
