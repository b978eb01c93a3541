import { WEIGHT_OF_HISTORY, weightOfRecords } from '../../query/weight.ts'
import { endpoint, type Endpoint } from '../endpoint.ts'
import { parseRangeRequest, rangeRequest } from '../record-request.ts'
import { alertsAnswer, alertsSchema } from './alert-answers.ts'
import { parseRuleTestRequest, ruleTestAnswer, ruleTestRequest, ruleTestSchema } from './rule-test-answer.ts'

/** Questions about alerts and their rules. */
export const ALERT_ENDPOINTS: readonly Endpoint[] = [
  endpoint({
    name: 'alerts',
    methods: ['get'],
    path: '/alerts',
    summary: 'What alert rules tell, and told: what still fires comes first.',
    request: rangeRequest,
    answerSchema: alertsSchema,
    parse: ({ parameters }, now) => parseRangeRequest(parameters, now),
    weigh: ({ limit }) => weightOfRecords(limit),
    respond: ({ reader }, query, signal) => alertsAnswer(reader, query, signal),
  }),
  endpoint({
    name: 'ruleTest',
    methods: ['post'],
    path: '/rules/test',
    summary: 'When alert rules would have fired on what is stored: how often, how long, and on what.',
    request: ruleTestRequest,
    answerSchema: ruleTestSchema,
    parse: ({ parameters }, now) => parseRuleTestRequest(parameters, now),
    weigh: () => WEIGHT_OF_HISTORY,
    respond: ({ reader, now }, query, signal) => ruleTestAnswer(reader, query, now, signal),
  }),
]
