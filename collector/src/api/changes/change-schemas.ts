import { z } from 'zod'
import { CHANGE_KINDS, FIELDS_KNOWN } from '../../event/change.ts'
import { count, named, notices, range, time } from '../answer-schemas.ts'

export const changeParts = {
  id: z.string(),
  cluster: z.string(),
  at: time,
  timeFrom: z
    .enum(['server', 'arrival'])
    .meta({ description: 'server: by its word. arrival: when it was seen, which may be later.' }),
  object: named,
  owner: z
    .strictObject({ kind: z.string(), name: z.string() })
    .meta({ description: 'The controller; empty for none.' }),
  what: z.enum(CHANGE_KINDS),
  manager: z.string().meta({ description: 'Who: the field manager. Empty where the API server does not tell.' }),
  fields: z.array(z.string()).meta({ description: 'Names, never values.' }),
  moreFields: count,
  fieldsKnown: z.enum(FIELDS_KNOWN).meta({ description: 'exact: these. among: some of these. unknown: nobody tells.' }),
  words: z.string(),
}

export const changesSchema = z.strictObject({
  ...range,
  total: count.nullable().meta({ description: 'All that match; null where there are too many to look through.' }),
  returned: count,
  cursor: z.string().nullable().meta({ description: 'For the next page; null on the last.' }),
  changes: z.array(z.strictObject(changeParts)),
  notices,
})

/** The answer of `GET /changes`, as readers see it. */
export type ChangesJson = z.infer<typeof changesSchema>
export type ChangeJson = ChangesJson['changes'][number]
