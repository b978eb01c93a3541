import { z } from 'zod'
import { changeParts } from '../changes/change-schemas.ts'
import { SEVERITIES } from '../../event/words.ts'
import { count, named, notices, problem, time } from '../answer-schemas.ts'

const confidence = z.enum(['certain', 'likely', 'possible'])
const thing = z.strictObject({ kind: z.string(), name: z.string(), detail: z.string() })

const evidence = z.strictObject({
  from: z.string(),
  to: z.string(),
  rule: z
    .string()
    .meta({ description: 'says: the note names it. Else the rule by which one problem leads to another.' }),
  words: z.string(),
  trust: confidence,
  lagSeconds: z.number().meta({ description: 'Between the two beginnings.' }),
  observations: z.array(z.string()).meta({ description: 'Ids of events.' }),
})

const cause = z.strictObject({
  rank: count.meta({ description: '1 for the likeliest. Two that are as likely have the same.' }),
  confidence: confidence.meta({ description: 'certain: the events say so in words. possible: others would fit too.' }),
  object: named,
  thing: thing.nullable().meta({ description: 'What of it, or what the note names.' }),
  class: z.string().meta({ description: 'What the cause is called, in one word.' }),
  reason: z.string().meta({ description: 'Of the event that tells of it.' }),
  words: z.string(),
  explains: count.meta({ description: 'How many problems of the incident.' }),
  evidence: z.array(evidence),
})

/** A change as events tell it. */
export const change = z.strictObject({
  reason: z.string(),
  object: named,
  at: time,
  words: z.string(),
  observation: z.string(),
})

const incident = {
  id: z.string(),
  cluster: z.string(),
  title: z.string(),
  state: z.enum(['open', 'quiet', 'over']),
  planned: z.boolean().meta({ description: 'Somebody does it on purpose, and nothing of it is severe.' }),
  severity: z.enum(SEVERITIES).meta({ description: 'Of what is not over; when all is, the worst.' }),
  worstSeverity: z.enum(SEVERITIES),
  chronic: z.boolean().meta({ description: 'More than a day old, and nothing of it is new.' }),
  opened: time,
  lastObserved: time,
  ended: time.nullable(),
  reopened: time.nullable().meta({ description: 'When it last began again after all of it had been over.' }),
  problems: z.array(problem.extend({ observations: z.array(z.string()) })),
  moreProblems: count,
  causes: z.array(cause).meta({ description: 'At most three, the likeliest first. None: unknown.' }),
  unknownBecause: z.string().nullable(),
  triggers: z.array(change).meta({ description: 'What changed before at what suffers, newest first.' }),
  changes: z
    .array(
      z.strictObject({
        ...changeParts,
        link: z.string().meta({
          description: 'What it has to do with the incident; namespace and cluster: nothing but the time says so.',
        }),
        secondsBefore: z.number().meta({ description: 'Between the change and the first signal.' }),
      }),
    )
    .meta({ description: 'Changes of objects before it that can have to do with it, the nearest in time first.' }),
  checks: z
    .array(z.strictObject({ reason: z.string(), words: z.string() }))
    .meta({ description: 'What to look at, by the catalogue of reasons.' }),
  similar: z
    .array(z.strictObject({ id: z.string(), at: time, score: z.number(), words: z.string() }))
    .meta({ description: 'Incidents of before that were like it, newest first.' }),
}

export const incidentsSchema = z.strictObject({
  at: time,
  total: count,
  returned: count,
  cursor: z.string().nullable(),
  incidents: z.array(z.strictObject(incident)),
  notices,
})

export const incidentSchema = z.strictObject({
  at: time,
  ...incident,
  mergedInto: z.string().nullable().meta({
    description:
      'Where the id that was asked for is not its own any more: the id of the incident that the other one is part of.',
  }),
  notices,
})

/** The answer of `GET /incidents`, as readers see it. */
export type IncidentsJson = z.infer<typeof incidentsSchema>
export type IncidentJson = IncidentsJson['incidents'][number]
