import { randomBytes } from 'node:crypto'
import type { Express } from 'express'
import { z } from 'zod'
import { DAY, HOUR, type Clock, type EpochMicros } from '../clock.ts'
import type { Silence } from '../event/outbox.ts'
import { MatcherError, parseMatcher } from '../notify/matcher.ts'
import { parseDuration } from '../query/duration.ts'
import { read } from '../query/request.ts'
import { formatTime } from '../query/time.ts'
import { sentBody } from './bounded-bodies.ts'
import type { Described } from './endpoint.ts'
import { AccessError, NotFoundError } from './problem-details.ts'
import * as records from './record-request.ts'

const MOST_MATCHERS = 20
const MOST_SILENCES = 1_000
const LONGEST = 365 * DAY
/** A silence that is over is shown for so long. */
const SHOWN_AFTER = DAY

/** Where silences are kept. */
export interface Silences {
  silences(): readonly Silence[]
  addSilence(silence: Silence, endedBefore: EpochMicros): void
  removeSilence(id: string): boolean
}

const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), 'must be one line') // no pattern: clients made of the document know no \p

const matcher = line(1_000).superRefine((text, context) => {
  try {
    parseMatcher(text)
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error
    context.addIssue({ code: 'custom', message: `${error.message} ${error.fix}` })
  }
})

const length = z.string().refine((text) => {
  const micros = parseDuration(text)
  return micros !== null && micros > 0 && micros <= LONGEST
}, 'must be a length of time of at most a year: 30m, 2h, 7d')

const newSilence = z.strictObject({
  matchers: z.array(matcher).min(1).max(MOST_MATCHERS).meta({
    description:
      'Conditions on labels that must all hold, as Alertmanager writes them: `namespace="shop"`, `alertname=~"crash.*"`',
  }),
  for: length.meta({ description: 'How long, from now on: `2h`' }),
  author: line(200).meta({ description: 'Who silences' }),
  comment: line(1_000).meta({ description: 'Why' }),
})

const silenceSchema = z.strictObject({
  id: z.string(),
  matchers: z.array(z.string()),
  from: z.string(),
  until: z.string(),
  author: z.string(),
  comment: z.string(),
  isActive: z.boolean(),
})

export const SILENCES: readonly (Described & { readonly answerSchema: z.ZodType })[] = [
  { methods: ['get'], path: '/silences', summary: 'Whose alerts are not told for a while, by whom and why.', request: records.noRequest, answerSchema: z.strictObject({ silences: z.array(silenceSchema) }) },
  { methods: ['post'], path: '/silences', summary: 'Silences alerts: they fire all the same, and nobody is told. What fires still at the end is told then.', request: newSilence, answerSchema: silenceSchema },
  { methods: ['delete'], path: '/silences/:id', summary: 'Ends a silence now.', request: records.noRequest, answerSchema: silenceSchema },
] // prettier-ignore

/** Adds the addresses of silences; without a place for them they refuse. */
export function addSilences(app: Express, silences: Silences | undefined, clock: Clock): void {
  const kept = () => {
    if (silences === undefined)
      throw new AccessError('no-alerts', 'This collector only shows what it has, and tells nobody.')
    return silences
  }
  app.get('/api/v1/silences', (request, response) => {
    records.parseNoRequest(request.query)
    const now = clock()
    const shown = kept()
      .silences()
      .filter(({ until }) => until > now - SHOWN_AFTER)
    response.json({ silences: shown.map((silence) => silenceJson(silence, now)) })
  })
  app.post('/api/v1/silences', (request, response) => {
    const { for: text, ...given } = read(newSilence, sentBody(request))
    const place = kept()
    const from = clock()
    if (place.silences().filter(({ until }) => until > from).length >= MOST_SILENCES) {
      throw new AccessError(
        'no-alerts',
        `There are ${MOST_SILENCES} silences already. Remove some: eventloom silences list`,
      )
    }
    const silence: Silence = {
      id: randomBytes(6).toString('hex'),
      from,
      until: from + (parseDuration(text) ?? HOUR),
      ...given,
    }
    place.addSilence(silence, from - SHOWN_AFTER)
    response.json(silenceJson(silence, from))
  })
  app.delete('/api/v1/silences/:id', (request, response) => {
    const { id } = request.params
    const silence = kept()
      .silences()
      .find((each) => each.id === id)
    if (silence === undefined || !kept().removeSilence(id)) throw new NotFoundError(`There is no silence "${id}".`)
    response.json({ ...silenceJson(silence, clock()), isActive: false })
  })
}

function silenceJson({ from, until, ...silence }: Silence, now: EpochMicros): z.output<typeof silenceSchema> {
  return {
    ...silence,
    matchers: [...silence.matchers],
    from: formatTime(from),
    until: formatTime(until),
    isActive: from <= now && now < until,
  }
}
