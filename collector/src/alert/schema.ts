import { z } from 'zod'
import { SEVERITIES } from '../event/words.ts'
import { LABEL_NAMES } from './labels.ts'
import type { RuleSource } from './rule.ts'

/** Names are labels of alerts and of metrics. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/
const LABEL = /^[A-Za-z_]\w{0,63}$/

/** Most rules of one file. */
export const MOST_RULES = 1_000

const duration = () => z.string().meta({ title: 'a duration', examples: ['30s', '5m', '1h30m', '7d'] })
const texts = (most: number) => z.array(z.string().max(200)).min(1).max(most)
const query = () =>
  z
    .string()
    .max(10_000)
    .meta({ title: 'Lucene text', examples: ['reason:FailedMount'] })
const classes = () =>
  z
    .union([z.string(), texts(100)])
    .meta({ title: 'a kind of trouble, or a list of them', examples: ['CrashLoopBackOff'] })
    .describe('Kinds of trouble, as `eventloom problems` shows them under PROBLEM.')
const same = () =>
  texts(4)
    .meta({ title: 'a list of labels', examples: [['node']] })
    .describe('Labels that have to be equal.')

const texted = (title: string) =>
  z
    .record(z.string().regex(LABEL).meta({ title: 'a name of letters, digits and _' }), z.string().max(2_000))
    .meta({ title })

const ruleSchema = z.strictObject({
  name: z
    .string()
    .regex(NAME)
    .meta({ title: 'a name of at most 64 letters, digits, blanks and . _ / -', examples: ['volume cannot be mounted'] })
    .describe('What the alert is called; unique over all files.'),
  explain: z.string().max(300).optional().describe('One line: what it means, in the words that people search for.'),
  on: z
    .enum(['problems', 'events', 'clusters'])
    .optional()
    .describe('What is judged. `problems` (default) stay open while emitters are silent; `events` are counted or awaited; `clusters`: one that is not watched.'), // prettier-ignore
  when: query().optional().describe('Which problems, or events: the query language.'),
  class: classes().optional(),
  atLeast: z.int().min(1).max(1_000_000_000).optional().meta({ title: 'a whole number from 1' }).describe('So many open problems (default 1), or occurrences.'), // prettier-ignore
  over: duration().optional().describe('With `on: events`: in which time they are counted.'),
  missing: z
    .strictObject({
      when: query().describe('The event that has to follow.'),
      within: duration().describe('In which time.'),
      same: z
        .enum(['object', ...LABEL_NAMES])
        .optional()
        .describe('What both have in common (default: the object).'),
    })
    .optional()
    .describe('With `on: events`: an event that is not followed by this one.'),
  newFor: duration().optional().describe('Only a kind of trouble that the cluster has not had for so long.'),
  otherwise: z.boolean().optional().meta({ title: 'true or false' }).describe('Only what no other rule selects.'),
  unless: z
    .array(z.strictObject({ when: query().optional(), class: classes().optional(), same: same() }))
    .max(10)
    .optional()
    .describe('Problems that explain it: while one is open, what has the same labels does not begin to fire.'),
  for: duration().optional().describe('How long it has to be so before it fires.'),
  keepFiring: duration().optional().describe('How long it has to be over before it resolves.'),
  groupBy: texts(8).optional().meta({ title: 'a list of labels', examples: [['namespace', 'workload']] }).describe(`One alert for each (default: namespace, workload; the cluster always). Of ${LABEL_NAMES.join(', ')}.`), // prettier-ignore
  severity: z.enum(SEVERITIES).optional().describe('How bad it is (default: high).'),
  labels: texted('labels').optional().describe('More labels of the alert.'),
  annotations: texted('texts').optional().describe('Texts of the message: `{{ $labels.namespace }}`, `{{ $value }}`.'),
  runbook: z.url().optional().meta({ title: 'an address', examples: ['https://wiki.example.org/mounts'] }).describe('Where to read what to do.'), // prettier-ignore
  flapping: z
    .union([
      z.literal(false),
      z.strictObject({
        fires: z.int().min(2).max(100).meta({ title: 'a whole number from 2 to 100' }),
        within: duration(),
        calm: duration(),
      }),
    ])
    .optional()
    .describe('Who fires so often within this time is flapping, and resolves only after so much calm (default: 4 in 2h, 30m).'), // prettier-ignore
})

const fileSchema = z
  .strictObject({
    alerts: z
      .array(ruleSchema)
      .max(MOST_RULES)
      .meta({ title: `a list of at most ${String(MOST_RULES)} rules` }),
  })
  .meta({ title: 'Eventloom alert rules' })

export interface RuleFileNode {
  readonly title?: string
  readonly enum?: readonly unknown[]
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, RuleFileNode>>
  readonly items?: RuleFileNode
  readonly anyOf?: readonly RuleFileNode[]
}

/** JSON schema of a file with alert rules, for editors; messages are made from it. */
export const alertFileSchema = z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-7' }) as RuleFileNode

/** What a file says, or what is wrong with its shape. */
export function checkShape(values: unknown): {
  readonly rules: readonly RuleSource[] | null
  readonly issues: readonly z.core.$ZodIssue[]
} {
  const result = fileSchema.safeParse(values)
  return result.success ? { rules: result.data.alerts, issues: [] } : { rules: null, issues: result.error.issues }
}
