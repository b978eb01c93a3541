import { TRAITS } from '../event/pattern.ts'
import { z } from 'zod'

/** What a JSON schema says of one parameter. */
interface ParameterSchema {
  readonly description?: string
  readonly default?: unknown
  readonly example?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
}

/** Where the schema has no words of its own: what a parameter means. */
const MEANINGS: Readonly<Record<string, string>> = {
  cluster: 'Names of clusters',
  node: 'Names of nodes',
  reason: 'Reasons',
  type: 'Normal, Warning …',
  severity: 'info, low, medium, high, critical',
  category: 'Categories, see /fields',
  correlationId: 'Ids of groups of observations that belong together',
  view: 'The newest version of each event, or every version stored',
  order: 'Which end of the range comes first',
  limit: 'Most rows of the answer',
  cursor: 'The cursor of the page before',
  groupBy: 'Fields to group by',
  timezone: 'Zone of the calendar, an IANA name such as Europe/Berlin',
  metrics: 'occurrences, observations, objects, events, first, last, rate, gapP50, gapP95, maxSeverity',
  zeroFill: 'Whether windows without rows appear with zeros',
  key: 'Fields that make occurrences alike',
  minOccurrences: 'Fewer occurrences are no pattern',
  minRatePerMinute: 'A pattern has more occurrences a minute than this',
  trait: `Patterns that have one of these traits, whatever the thresholds: ${TRAITS.join(', ')}`,
  samples: 'Most examples of a pattern',
  prefix: 'What values begin with',
}

/** The parameters of a request in words, for the page /docs and docs/api.md. */
export function parametersOf(request: z.ZodObject): readonly { readonly name: string; readonly text: string }[] {
  const { properties = {} } = z.toJSONSchema(request, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, schema]) => ({ name, text: inWords(name, schema as ParameterSchema) }))
}

function inWords(name: string, schema: ParameterSchema): string {
  const { description = MEANINGS[name], enum: words, minimum, maximum, example } = schema
  const isBounded = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  const preset =
    schema.default === undefined || schema.default === '' ? null : `default ${JSON.stringify(schema.default)}`
  const parts = [
    description,
    words && [...new Set(words.map(String))].join(' or '),
    isBounded ? `${minimum} to ${maximum}` : null,
    preset,
    example === undefined ? null : `for example ${JSON.stringify(example)}`,
  ]
  return parts.filter((part) => part !== null && part !== undefined).join('; ')
}
