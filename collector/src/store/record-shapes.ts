import { z } from 'zod'
import { CHANGE_KINDS, FIELDS_KNOWN } from '../event/change.ts'
import type { RecordBodies, RecordKind, StoreRecord } from '../event/record.ts'
import { CATEGORIES, SEVERITIES } from '../event/words.ts'

const texts = z.array(z.string())
const map = z.record(z.string(), z.string())
const severity = z.enum(SEVERITIES)
const state = z.enum(['open', 'quiet', 'over'])
const workload = z.object({ kind: z.string(), name: z.string() })
const edgeEnd = z.object({ observation: z.string(), reason: z.string(), object: z.string() })
const line = z.object({
  id: z.string(),
  class: z.string(),
  object: z.string(),
  workload: z.string(),
  severity,
  state,
})

const correlation = z.object({
  cluster: z.string(),
  title: z.string(),
  mergedInto: z.string().nullable(),
  absorbed: texts,
  isOpen: z.boolean(),
  severity,
  worstSeverity: severity,
  problems: z.array(line),
  openProblems: z.number(),
  worst: line.nullable(),
  classes: z.array(z.object({ class: z.string(), severity })),
  lastObserved: z.number(),
  members: z.number(),
  occurrences: z.number(),
  isLowerBound: z.boolean(),
  objects: texts,
  objectsAreMore: z.boolean(),
  workloads: texts,
  reasons: z.array(z.object({ reason: z.string(), members: z.number() })),
  evidence: z.array(z.object({ words: z.string(), members: z.number() })),
  causes: z.array(
    z.object({
      id: z.string(),
      causation: z.number(),
      words: z.string(),
      trust: z.string(),
      lagSeconds: z.number(),
      cause: edgeEnd,
      effect: edgeEnd,
    }),
  ),
  changes: z.array(z.object({ ...edgeEnd.shape, observed: z.number() })),
})

const counts = {
  severity,
  lastObserved: z.number(),
  occurrences: z.number(),
  isLowerBound: z.boolean(),
}

const ending = z.object({
  how: z.enum(['cleared', 'gone', 'replaced', 'silent']),
  observation: z.string().nullable(),
  at: z.number(),
})

const object = z.object({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  apiVersion: z.string(),
})

const problem = z.object({
  ...counts,
  cluster: z.string(),
  source: z.string(),
  object,
  workload,
  node: z.string(),
  container: z.string(),
  class: z.string(),
  end: z.enum(['told', 'facts', 'unknown']),
  reason: z.string(),
  type: z.string(),
  category: z.enum(CATEGORIES),
  note: z.string(),
  reportingController: z.string(),
  metadata: map,
  objectLabels: map,
  firstObserved: z.number(),
  evidence: texts,
  transitions: z.array(z.object({ ...counts, at: z.number(), known: z.number(), state, endedBy: ending.nullable() })),
  receivedUntil: z.number(),
})

const pattern = z.object({
  ...counts,
  name: z.string(),
  cluster: z.string(),
  patternId: z.string(),
  key: map,
  thresholds: z.object({ minOccurrences: z.number(), minRatePerMinute: z.number(), windowSeconds: z.number() }),
  unplaced: z.number(),
  observations: z.number(),
  objects: z.number(),
  objectsAreMore: z.boolean(),
  firstObserved: z.number(),
  windowOccurrences: z.number(),
  ratePerMinute: z.number(),
  trend: z.array(z.number()),
  samples: z.array(z.object({ observation: z.string(), object: z.string(), note: z.string(), observed: z.number() })),
  templates: z.array(z.object({ templateId: z.string(), templateText: z.string(), occurrences: z.number() })),
  isRecurring: z.boolean(),
  recurringSince: z.number().nullable(),
  isNovel: z.boolean(),
  watchedSince: z.number(),
  rhythms: z.array(z.object({ workload, periodSeconds: z.number(), lastBeat: z.number(), isSilent: z.boolean() })),
  burst: z.object({ from: z.number(), to: z.number().nullable(), usualRatePerMinute: z.number() }).nullable(),
  usualRatePerMinute: z.number(),
  memory: z.object({
    countedUntil: z.number(),
    window: z.array(z.tuple([z.number(), z.number(), z.number()])),
    rhythms: z.array(z.object({ workload, last: z.number(), intervals: z.array(z.number()) })),
    burst: z.object({ minute: z.number(), first: z.number(), count: z.number(), rate: z.number() }).nullable(),
  }),
})

const template = z.object({
  templateText: z.string(),
  reason: z.string(),
  clusters: texts,
  occurrences: z.number(),
  isLowerBound: z.boolean(),
  objects: z.number(),
  objectsAreMore: z.boolean(),
  countedUntil: z.number(),
})

const rollUp = z.object({
  key: texts,
  occurrences: z.number(),
  unplaced: z.number(),
  observations: z.number(),
  objects: z.number(),
  firstObserved: z.number(),
  lastObserved: z.number(),
  isLowerBound: z.boolean(),
})

const change = z.object({
  cluster: z.string(),
  source: z.string(),
  object,
  owner: workload,
  what: z.enum(CHANGE_KINDS),
  manager: z.string(),
  fields: texts,
  moreFields: z.number(),
  fieldsKnown: z.enum(FIELDS_KNOWN),
  timeFrom: z.enum(['server', 'arrival']),
  received: z.number(),
})

const alert = z.object({
  rule: z.string(),
  cluster: z.string(),
  labels: map,
  severity,
  summary: z.string(),
  state: z.enum(['firing', 'flapping', 'resolved']),
  since: z.number(),
  startsAt: z.number(),
  endsAt: z.number().nullable(),
  value: z.number(),
  isLowerBound: z.boolean(),
  isLate: z.boolean(),
  example: z.object({ object: z.string(), reason: z.string(), note: z.string(), id: z.string() }).nullable(),
})

/** What readers rely on in the bodies of records. What a later version has written beside it does not matter. */
const SHAPES: { readonly [Kind in RecordKind]: z.ZodType<RecordBodies[Kind]> } = {
  correlation,
  problem,
  incident: z.record(z.string(), z.unknown()),
  alert,
  pattern,
  template,
  change,
  gap: z.object({ cluster: z.string(), stream: z.string(), cause: z.string() }),
  watched: z.object({ cluster: z.string(), source: z.string(), isOpen: z.boolean(), until: z.number() }),
  'roll-up': rollUp,
}

/** Whether the body is what records of its kind have now: an older version may have written something else. */
export function hasItsShape({ kind, body }: Pick<StoreRecord, 'kind' | 'body'>): boolean {
  return SHAPES[kind].safeParse(body).success
}
