import { z } from 'zod'
import { count, list, notices, range, time } from './answer-schemas.ts'

export const accountsSchema = z.strictObject({
  received: count,
  stored: count,
  alreadyStored: count,
  filtered: z.record(z.string(), count),
  signalled: z.record(z.string(), count),
  dropped: z.record(z.string(), count),
  deadLettered: z.record(z.string(), count),
  buffered: count,
  balanced: z.boolean(),
})

const statistics = {
  observations: count,
  bytes: count,
  backend: z.string(),
  begins: time.nullable().meta({ description: 'When the first of the stored occurrences may have been.' }),
  oldest: time.nullable(),
  newest: time.nullable(),
}
export const statisticsSchema = z.strictObject(statistics)

export const statusSchema = z.strictObject({
  now: time.meta({ description: 'By the clock of the collector.' }),
  running: z.boolean().meta({ description: 'Whether a collector runs; else its files tell.' }),
  ready: z.boolean().nullable().meta({ description: 'Whether it reads all that it should; null where none runs.' }),
  problems: z.array(z.strictObject({ component: z.string(), text: z.string() })),
  objects: z
    .array(
      z.strictObject({
        cluster: z.string(),
        watched: z.array(z.string()),
        off: z.array(z.string()).meta({ description: 'Kinds whose rights are missing.' }),
        because: z.string().nullable(),
        grant: z.string().nullable().meta({ description: 'Commands that grant what is missing.' }),
      }),
    )
    .meta({ description: 'What is watched beside events, by cluster.' }),
  accounts: accountsSchema,
  store: z.strictObject(statistics),
  unwatched: z.array(z.strictObject({ cluster: z.string(), since: time })),
  notices,
})

export const gapsSchema = z.strictObject({
  ...range,
  ...list,
  gaps: z.array(z.looseObject({ id: z.string(), from: time, to: time.nullable(), cluster: z.string(), stream: z.string(), cause: z.string() })), // prettier-ignore
  unwatched: z
    .array(z.strictObject({ cluster: z.string(), since: time }))
    .meta({ description: 'Clusters that nobody watches now.' }),
  notices,
})

/** The answer of `GET /gaps`, as readers see it. */
export type GapsJson = z.infer<typeof gapsSchema>
