import { z } from 'zod'
import { MatcherError, parseMatcher } from '../notify/matcher.ts'
import { WEEKDAYS } from '../notify/quiet-hours.ts'
import { SEVERITIES } from '../event/words.ts'
import { allowSharedSecretFiles, RECEIVER_SECTIONS } from './receiver-schema.ts'
import { duration, line, wholeNumber } from './values.ts'

const MOST_RECEIVERS = 50
const KINDS = Object.keys(RECEIVER_SECTIONS) as readonly (keyof typeof RECEIVER_SECTIONS)[]

const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .meta({ title: 'a time of day from 00:00 to 23:59', examples: ['22:00'] })

const zone = z
  .string()
  .refine(isZone)
  .meta({ title: 'the IANA name of a time zone', examples: ['Europe/Berlin', 'UTC'] })

const quietHours = z
  .array(
    z.strictObject({
      from: clock.describe('When they begin.'),
      to: clock.describe('When they end; on the next day where this is not later.'),
      zone: zone.default('UTC').describe('Where it is that late.'),
      days: z
        .array(z.enum(WEEKDAYS))
        .min(1)
        .max(7)
        .default([...WEEKDAYS])
        .describe('Days on which they begin.'),
      except: z.enum(SEVERITIES).optional().describe('What is at least so bad is told all the same.'),
    }),
  )
  .max(20)
  .default([])
  .describe('Hours without messages. What began and ended within is never told; what still fires is told at their end.')

const matchers = z
  .array(line('a condition on a label', 'namespace="shop"', 'severity=~"high|critical"'))
  .max(20)
  .superRefine((texts, context) => {
    for (const [place, text] of texts.entries()) {
      try {
        parseMatcher(text)
      } catch (error) {
        if (!(error instanceof MatcherError)) throw error
        context.addIssue({ code: 'custom', path: [place], message: error.message, params: { fix: error.fix } })
      }
    }
  })
  .default([])

const receiver = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,62}$/)
      .meta({ title: 'a word of at most 63 letters, digits, dots, dashes', examples: ['on-call'] })
      .describe('What it is called. Under another name it is another receiver, which is told again of what fires.'),
    severity: z.enum(SEVERITIES).default('info').describe('Only alerts at least so bad.'),
    matchers: matchers.describe('Only alerts for which all of these hold.'),
    groupBy: z
      .array(line('a label', 'cluster', 'alertname'))
      .max(10)
      .default(['cluster', 'namespace', 'cause'])
      .describe(
        'Alerts with the same values of these labels are one message. A label that an alert lacks counts as empty.',
      ),
    wait: duration()
      .prefault('30s')
      .describe('How long the first change of a group waits for others of the same outage.'),
    interval: duration()
      .prefault('5m')
      .describe('Shortest time between two messages of a group of which something still fires.'),
    repeat: duration().optional().describe('What still fires is told again after this. Without it, it is told once.'),
    quietHours,
    mostPerMinute: wholeNumber(1, 10_000)
      .default(30)
      .describe('Most messages in a minute; others wait, and become fewer meanwhile.'),
    timeout: duration().prefault('15s').describe('An answer that takes longer counts as none.'),
    ...RECEIVER_SECTIONS,
  })
  .refine((given) => KINDS.filter((kind) => given[kind] !== undefined).length === 1, {
    error: 'A receiver is of exactly one kind.',
    params: { fix: `Give it one of the sections ${KINDS.join(', ')}.` },
  })

export const notifySchema = z
  .strictObject({
    receivers: z
      .array(receiver)
      .max(MOST_RECEIVERS)
      .default([])
      .refine((list) => repeated(list).length === 0, {
        error: ({ input }) => `These names stand for more than one receiver: ${repeated(input).join(', ')}.`,
        params: { fix: 'Give each receiver a name of its own.' },
        when: ({ value }) => Array.isArray(value),
      })
      .meta({ title: 'a list of receivers' })
      .describe('Who is told when an alert fires and when it is over.'),
    allowSharedSecretFiles,
  })
  .prefault({})
  .describe('Who is told of alerts. See receivers.md.')

function repeated(list: unknown): string[] {
  const names = (list as ({ readonly name?: unknown } | null)[])
    .map((each) => each?.name)
    .filter((name) => typeof name === 'string')
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}

function isZone(name: string): boolean {
  try {
    return name !== '' && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}
