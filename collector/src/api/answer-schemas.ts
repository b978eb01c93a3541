import { z } from 'zod'
import { TRAITS } from '../event/pattern.ts'
import { FIELDS, type FieldType } from '../query/fields.ts'

/** What answers look like: the source of OpenAPI. A test holds every answer against its schema. */

export const time = z.string().meta({
  format: 'date-time',
  description: 'RFC 3339 in UTC, microseconds where there are any.',
  example: '2026-05-11T12:30:00.408032Z',
})
export const count = z.int().min(0)
const texts = z.record(z.string(), z.string())

const objectReference = z
  .strictObject({
    kind: z.string(),
    namespace: z.string().meta({ description: 'Empty for objects of the cluster.' }),
    name: z.string(),
    uid: z.string(),
    apiVersion: z.string(),
    fieldPath: z.string(),
  })
  .meta({ id: 'ObjectReference', description: 'An object. Missing parts are empty.' })

const BY_TYPE: Readonly<Record<FieldType, z.ZodType>> = {
  text: z.string(),
  integer: count,
  time,
  boolean: z.boolean(),
  list: z.array(z.string()),
  map: texts,
}

const fields = FIELDS.filter(({ name }) => !name.includes('.')).map(({ name, type, values, meaning }) => {
  const schema = values === undefined ? BY_TYPE[type] : z.enum(values)
  const isNullable = name === 'clusterUid' || name === 'resourceVersion'
  return [name, (isNullable ? schema.nullable() : schema).meta({ description: meaning })] as const
})

const observation = z
  .strictObject({
    ...Object.fromEntries(fields),
    regarding: objectReference,
    related: objectReference,
    owner: z.strictObject({ kind: z.string(), name: z.string() }).meta({ description: 'The top controller.' }),
    rest: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What no field above holds.' }),
  })
  .meta({ id: 'Observation', description: 'One version of a Kubernetes event.' })

export const notices = z
  .array(z.strictObject({ severity: z.enum(['info', 'warning']), text: z.string() }))
  .meta({ id: 'Notices', description: 'What must be known about the answer. `warning`: data is missing.' })

export const range = {
  from: time.nullable().meta({ description: 'Included; null for the oldest.' }),
  to: time.nullable().meta({ description: 'Excluded; null for no end.' }),
}
/** Beside every list. */
export const list = {
  total: count.nullable().meta({ description: 'All there are; null where nobody counted those beyond the limit.' }),
  returned: count,
  cursor: z.null().meta({ description: 'There are no further pages: a higher limit shows more.' }),
}
export const page = {
  total: count.meta({ description: 'All that match, over all pages.' }),
  returned: count,
  cursor: z.string().nullable().meta({ description: 'For the next page; null on the last.' }),
  observations: z.array(observation),
}

export const eventsSchema = z.strictObject({
  ...range,
  view: z.enum(['events', 'observations']),
  order: z.enum(['newest', 'oldest']),
  ...page,
  notices,
})

export const aggregateSchema = z.strictObject({
  ...range,
  groupBy: z.array(z.string()),
  metrics: z.array(z.string()),
  window: z
    .union([
      z.strictObject({
        kind: z.literal('fixed'),
        every: z.string().meta({ description: 'A length with its unit.', example: '15m' }),
      }),
      z.strictObject({ kind: z.literal('calendar'), unit: z.enum(['hour', 'day', 'week', 'month']), zone: z.string() }),
    ])
    .nullable(),
  ...list,
  groups: z.array(
    z.strictObject({
      key: z.array(z.string()).nullable().meta({ description: 'Values of groupBy; null for all others together.' }),
      points: z.array(
        z.strictObject({
          start: time,
          values: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
        }),
      ),
    }),
  ),
  unplaced: count,
  isLowerBound: z.boolean(),
  notices,
})

/** The answer of `/aggregate`, as readers see it. */
export type AggregateAnswerJson = z.infer<typeof aggregateSchema>

export const latestSchema = z.strictObject({ ...range, ...list, observations: z.array(observation), notices })

const pattern = {
  id: z.string().meta({ example: 'BackOff:Pod:shop' }),
  key: texts,
  occurrences: count,
  isLowerBound: z.boolean(),
  observations: count,
  objects: count,
  objectsError: z
    .number()
    .meta({ description: 'Share by which objects may be off, in 19 of 20 cases; 0 where they were counted.' }),
  ratePerMinute: z.number(),
  maxSeverity: z.string(),
  traits: z
    .array(z.enum(TRAITS))
    .meta({ description: 'What it is besides frequent, as far as the collector follows this key.' }),
  counted: z.strictObject({ occurrences: count, since: time }).nullable().meta({
    description: 'All that was ever counted, also of rows that are gone; null for a key that is not followed.',
  }),
  rhythms: z
    .array(
      z.strictObject({
        cluster: z.string(),
        workload: z.strictObject({ kind: z.string(), name: z.string() }),
        periodSeconds: z.number(),
        lastBeat: time,
        nextExpected: time.meta({ description: 'In the past where it is late.' }),
        isSilent: z.boolean().meta({ description: 'It missed three beats.' }),
      }),
    )
    .meta({ description: 'Workloads for which it comes at equal intervals.' }),
  bursts: z
    .array(z.strictObject({ cluster: z.string(), from: time, to: time.nullable(), usualRatePerMinute: z.number() }))
    .meta({ description: 'The present or the last one of each cluster; `to` is null while it lasts.' }),
  templates: z.array(z.strictObject({ templateId: z.string(), text: z.string(), occurrences: count.nullable() })).meta({
    description: 'What its notes say, with what varies masked; occurrences where they are counted for this key.',
  }),
  trend: z.array(z.number()).meta({ description: 'Occurrences in twelve equal slices of the range.' }),
  firstObserved: time,
  lastObserved: time,
  samples: z.array(observation),
  query: z.string().meta({ description: 'Lucene text that shows the events.' }),
}

export const patternsSchema = z.strictObject({
  ...range,
  ...list,
  key: z.array(z.string()),
  patterns: z.array(z.strictObject(pattern)),
  notices,
})
/** The answer of `GET /patterns`, as readers see it. */
export type PatternsJson = z.infer<typeof patternsSchema>

export const patternSchema = z.strictObject({ ...range, ...pattern, notices })

export const named = z.strictObject({ kind: z.string(), namespace: z.string(), name: z.string() })

export const problem = z.strictObject({
  id: z.string(),
  cluster: z.string(),
  object: named.meta({ description: 'Of several objects, the one that is worst off.' }),
  workload: named.meta({ description: 'Top controller of the object; empty texts when nothing owns it.' }),
  node: z.string(),
  reason: z.string(),
  class: z.string().meta({ description: 'What is wrong, in one word.' }),
  thing: z
    .strictObject({ kind: z.string(), name: z.string(), detail: z.string() })
    .nullable()
    .meta({ description: 'What the note names: a quota, a webhook, a Secret, an image …' }),
  state: z.enum(['open', 'quiet', 'over']).meta({
    description: 'quiet: silent for longer than usual, and still there as far as one knows.',
  }),
  unseen: z.boolean().meta({ description: 'The cluster is not watched: what became of it is not known.' }),
  since: time.meta({ description: 'Since when it is in this state.' }),
  endedBy: z
    .strictObject({
      how: z.enum(['cleared', 'gone', 'replaced', 'silent']),
      observation: z.string().nullable(),
      at: time,
    })
    .nullable(),
  severity: z.string(),
  firstObserved: time,
  lastObserved: time,
  occurrences: count,
  isLowerBound: z.boolean(),
  objects: z.strictObject({ open: count, all: count }),
  note: z.string(),
})

export const problemsSchema = z.strictObject({
  at: time,
  total: count,
  returned: count,
  cursor: z.string().nullable(),
  problems: z.array(problem),
  notices,
})

/** The answer of `GET /problems`, as readers see it. */
export type ProblemsJson = z.infer<typeof problemsSchema>

export const fieldsSchema = z.strictObject({
  ...list,
  fields: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['text', 'integer', 'time', 'boolean', 'list', 'map']),
      meaning: z.string(),
      ecs: z.string().optional(),
      otel: z.string().optional(),
      groupable: z.boolean(),
      ranked: z.boolean().optional(),
      values: z.array(z.string()).optional(),
      aliases: z.array(z.string()),
    }),
  ),
  notices,
})

export const valuesSchema = z.strictObject({
  ...range,
  ...list,
  field: z.string(),
  prefix: z.string(),
  values: z.array(z.strictObject({ value: z.string(), occurrences: count })),
  notices,
})

export const deadLettersSchema = z.strictObject({
  ...list,
  letters: z.array(z.strictObject({ id: z.string(), cause: z.string(), detail: z.string(), observation })),
  notices,
})

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    problems: z
      .array(
        z.strictObject({
          parameter: z.string(),
          message: z.string(),
          position: z.int().optional(),
          length: z.int().optional(),
          text: z.string().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' })
