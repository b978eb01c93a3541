import { z } from 'zod'
import { USUAL_PATTERN } from '../event/pattern.ts'
import { isGroupable, resolveField, unknownField } from '../query/fields.ts'
import { apiSchema } from './api-schema.ts'
import { clusterSchema } from './cluster-schema.ts'
import { notifySchema } from './notify-schema.ts'
import { retentionSchema, storeSchema } from './store-schema.ts'
import { bytes, duration, flag, line, wholeNumber } from './values.ts'

const MOST_CLUSTERS = 100

const clusters = z
  .array(clusterSchema)
  .max(MOST_CLUSTERS)
  .default([])
  .refine((list) => repeatedNames(list).length === 0, {
    error: ({ input }) => `These names stand for more than one cluster: ${repeatedNames(input).join(', ')}.`,
    params: { fix: 'Give each cluster a name of its own.' },
    when: ({ value }) => Array.isArray(value),
  })
  .meta({ title: 'a list of clusters', description: 'Clusters to watch. Empty: the current context of kubectl.' })

function repeatedNames(clusterList: unknown): string[] {
  const names = (clusterList as ({ readonly name?: unknown } | null)[])
    .map((cluster) => cluster?.name)
    .filter((name) => typeof name === 'string')
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}

const recordings = z
  .strictObject({
    rebase: flag().default(false).describe('Shift the times of a recording so that its last event is now.'),
    speed: z
      .number()
      .min(0)
      .max(1e6)
      .default(0)
      .meta({ title: 'a number from 0 to 1000000', examples: [1, 60] })
      .describe('1 plays a recording as it happened, 60 an hour in a minute. 0: as fast as it goes.'),
    loop: flag().default(false).describe('Begin again at the end, each pass a new happening.'),
    maxLineBytes: bytes(1_000)
      .prefault('4MB')
      .describe('Longer lines are not read: each ends as dropped, cause "too large".'),
  })
  .prefault({})
  .describe('How recordings are played.')

const normalize = z
  .strictObject({
    maxNoteBytes: bytes(256)
      .prefault('16KiB')
      .describe('Longer notes are cut here. Their length and hash are kept, and the observation says so.'),
    redaction: z
      .strictObject({
        credentials: flag()
          .default(true)
          .describe('Remove passwords and tokens from URLs, and the values of parameters that sound like one.'),
        keys: z
          .array(line('the name of a parameter or key', 'x-internal-secret'))
          .max(100)
          .default([])
          .describe('More names whose values are removed, beside the built-in ones. Literal, in any case.'),
      })
      .prefault({})
      .describe('What is removed from notes, annotations and everything else before anything is stored.'),
  })
  .prefault({})
  .describe('How events are read.')

const rules = z
  .strictObject({
    shipped: flag().default(true).describe('Use the rules that come with Eventloom. Your own override them.'),
    files: z
      .array(line('a path', './rules.yaml'))
      .max(1_000)
      .default([])
      .describe('Files with your rules, in order. They are read again when they change; a wrong file changes nothing.'),
  })
  .prefault({})
  .describe('Rules that classify and filter.')

const alerts = z
  .strictObject({
    shipped: flag().default(true).describe('Use the alert rules that come with Eventloom: `eventloom rules list`.'),
    files: z
      .array(line('a path', './alerts.yaml'))
      .max(1_000)
      .default([])
      .describe('Files with your alert rules. `eventloom rules check` tells every mistake.'),
  })
  .prefault({})
  .describe('Rules that say when somebody is told.')

const incidents = z
  .strictObject({
    rules: z
      .array(line('a path', './incident-rules.yaml'))
      .max(1_000)
      .default([])
      .describe('Files with your rules of causes. They are read again when they change; a wrong file changes nothing.'),
  })
  .prefault({})
  .describe('What broke, and why.')

const correlate = z
  .strictObject({
    window: duration()
      .prefault('10m')
      .describe('How long a group stays open without another event that belongs to it.'),
    silence: duration()
      .prefault('35m')
      .describe(
        'How long a problem of an object may be silent and still be the same one. A series is refreshed every 30 minutes.',
      ),
    lateness: duration()
      .prefault('1h')
      .describe(
        'An event this far behind the newest one of its cluster still joins groups. Later ones are stored, but lead nothing together.',
      ),
    maxOpenGroups: wholeNumber(100, 10_000_000)
      .default(50_000)
      .describe('Most groups kept open at once. Beyond it the quietest are closed.'),
  })
  .prefault({})
  .describe('What belongs together.')

/** Fields as a question names them, aliases included; what comes out are their own names. */
const patternKey = z
  .array(line('a field', 'reason', 'regarding.kind'))
  .min(1)
  .max(8)
  .superRefine((names, context) => {
    for (const [place, name] of names.entries()) {
      const field = resolveField(name)
      if (field !== null && isGroupable(field)) continue
      const message = field === null ? unknownField(name) : `${name} cannot be a key: it has no single short value.`
      context.addIssue({
        code: 'custom',
        path: [place],
        message,
        params: {
          fix: 'Use a field that questions can group by, for example reason, namespace, owner.name or metadata.image.',
        },
      })
    }
  })
  .overwrite((names) => names.map((name) => resolveField(name)?.name ?? name))
  .refine((names) => new Set(names).size === names.length, {
    message: 'A field stands here twice.',
    params: { fix: 'Name each once; kind is another word for regarding.kind.' },
  })

/** What a definition of a pattern has beside its key. */
const patternThresholds = {
  minOccurrences: wholeNumber(1, 1_000_000_000)
    .default(USUAL_PATTERN.minOccurrences)
    .describe('Fewer occurrences are no pattern.'),
  minRatePerMinute: z
    .number()
    .min(0)
    .max(1e9)
    .default(USUAL_PATTERN.minRatePerMinute)
    .meta({ title: 'a number from 0', examples: [0.5] })
    .describe('A pattern has more than this many occurrences a minute.'),
  window: duration().prefault('1h').describe('Over how long occurrences are counted while events come in.'),
}

const patterns = z
  .strictObject({
    key: patternKey.default([...USUAL_PATTERN.key]).describe('Fields that make occurrences alike.'),
    ...patternThresholds,
    more: z
      .array(
        z.strictObject({
          name: line('a word', 'by node').describe('What the pattern is called.'),
          key: patternKey.describe('Fields that make occurrences alike.'),
          ...patternThresholds,
        }),
      )
      .max(16)
      .refine((more) => new Set(['recurring', ...more.map(({ name }) => name)]).size === more.length + 1, {
        message: 'Two patterns have the same name.',
        params: { fix: 'Give each a name of its own, other than "recurring".' },
      })
      .default([])
      .describe('Further patterns to follow beside the one above. Each event counts for one of each.'),
    samples: wholeNumber(0, 100).default(3).describe('Observations kept as examples.'),
    maxTracked: wholeNumber(100, 10_000_000)
      .default(50_000)
      .describe('Most keys followed at once. Beyond it the quietest are forgotten (stored rows still answer).'),
  })
  .prefault({})
  .describe('When occurrences that are alike are called a recurring pattern.')

const buffer = z
  .strictObject({
    maxBytes: bytes(10_000_000).prefault('2GB').describe('Disk for what is accepted and not yet in the store.'),
    whenFull: z
      .enum(['stop reading', 'drop lowest severity'])
      .default('stop reading')
      .describe(
        '"stop reading": the API server keeps what is not read for as long as its events live (an hour, usually), then it is lost under a gap record. "drop lowest severity": new events of severity info, then low, then medium are dropped and counted.',
      ),
  })
  .prefault({})
  .describe('The durable queue before the store.')

const log = z
  .strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('What is said at all.'),
    format: z
      .enum(['auto', 'json', 'text'])
      .default('auto')
      .describe('"auto": text on a terminal, JSON Lines elsewhere.'),
  })
  .prefault({})
  .describe('What the collector says about itself, on standard error. Never notes, never secrets.')

/** The whole configuration. Descriptions are the reference page (docs/configuration.md) and the editor's help. */
export const configSchema = z
  .strictObject({
    data: line('a path', './data')
      .default('./data')
      .describe('Directory of everything that is kept. One collector. Made for its owner alone (0700, files 0600).'),
    clusters,
    recordings,
    normalize,
    rules,
    alerts,

    incidents,
    correlate,
    patterns,
    buffer,
    store: storeSchema,
    retention: retentionSchema,
    notify: notifySchema,
    api: apiSchema,
    log,
  })
  .meta({ title: 'Eventloom configuration' })
