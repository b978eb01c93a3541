import { z } from 'zod'
import { SEVERITIES } from '../../event/words.ts'
import { count, notices, time } from '../answer-schemas.ts'
import { change } from './incident-schemas.ts'

const ordinary = z
  .strictObject({
    occurrences: z.number().meta({ description: 'In the span up to the beginning.' }),
    usual: z.number().meta({ description: 'The mean of all such spans of the week before.' }),
    above: z.number().meta({ description: 'Share of those spans that had fewer, 0 to 1.' }),
    isPeak: z.boolean(),
  })
  .nullable()
  .meta({ description: 'null: too little is kept of that time.' })

export const similarSchema = z.strictObject({
  at: time,
  id: z.string(),
  opened: time,
  title: z.string(),
  total: count.meta({ description: 'How often it was like this before.' }),
  returned: count,
  cursor: z.null(),
  timezone: z.string(),
  hours: z.array(count).meta({ description: 'How many began in each hour of the day, from 0; this one included.' }),
  weekdays: z.array(count).meta({ description: 'The same by the day of the week, from Monday.' }),
  ordinary: z.strictObject({
    query: z.string().nullable().meta({
      description: 'Which ordinary events are counted; null: those of scaling in the namespaces that suffer.',
    }),
    words: z.string().meta({ description: 'The same for people: scaling in shop.' }),
    spanSeconds: count,
    now: ordinary,
    known: count.meta({ description: 'Earlier incidents of which it is known how many ordinary events there were.' }),
    peaks: count.meta({ description: 'How many of these began at a peak.' }),
  }),
  similar: z.array(
    z.strictObject({
      id: z.string(),
      at: time,
      score: z.number().meta({ description: '0 to 1.' }),
      title: z.string(),
      severity: z.enum(SEVERITIES),
      ended: time.nullable(),
      lastedSeconds: count.nullable(),
      shared: z
        .array(z.enum(['cause', 'thing', 'workloads', 'troubles', 'notes', 'nodes']))
        .meta({ description: 'What is the same, all or some of it.' }),
      endings: z
        .array(
          z.strictObject({
            how: z.enum(['cleared', 'gone', 'replaced', 'silent']),
            reason: z.string().nullable().meta({ description: 'Of the event that told, where it is kept.' }),
            problems: count,
          }),
        )
        .meta({ description: 'How its problems ended, the most frequent first.' }),
      changes: z.array(change).meta({ description: 'What changed last before it was over, newest first.' }),
      ordinary,
    }),
  ),
  notices,
})

/** The answer of `GET /incidents/:id/similar`, as readers see it. */
export type SimilarJson = z.infer<typeof similarSchema>
