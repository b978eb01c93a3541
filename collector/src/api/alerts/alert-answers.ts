import { z } from 'zod'
import type { AlertBody } from '../../event/alert.ts'
import type { RecordOf } from '../../event/record.ts'
import { SEVERITIES } from '../../event/words.ts'
import type { TimeRange } from '../../query/model.ts'
import { formatTime } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { count, notices, time } from '../answer-schemas.ts'
import { limitNotices } from '../notices.ts'

/** Records looked through at most, the newest. */
const MOST_RECORDS = 20_000

export const alertsSchema = z.strictObject({
  total: count,
  returned: count,
  alerts: z.array(
    z.strictObject({
      id: z.string(),
      rule: z.string(),
      cluster: z.string(),
      labels: z.record(z.string(), z.string()),
      severity: z.enum(SEVERITIES),
      summary: z.string(),
      state: z.enum(['firing', 'flapping', 'resolved']),
      since: time.meta({ description: 'Since when the condition held.' }),
      startsAt: time.meta({ description: 'When it fired.' }),
      endsAt: time.nullable().meta({ description: 'Null while it fires.' }),
      value: count.meta({ description: 'Open problems, or occurrences.' }),
      isLowerBound: z.boolean(),
      isLate: z.boolean().meta({ description: 'It was due while nobody watched, or came to be known late.' }),
      example: z.strictObject({ object: z.string(), reason: z.string(), note: z.string(), id: z.string() }).nullable(),
    }),
  ),
  notices,
})

/** GET /alerts: what fired in a range; what still does comes first, then the newest. */
export async function alertsAnswer(
  reader: EventReader,
  { from, to, limit }: TimeRange & { readonly limit: number },
  signal: AbortSignal,
) {
  const records = await reader.records('alert', { from, to, order: 'newest', limit: MOST_RECORDS }, signal)
  const sorted = records.toSorted(
    (a, b) => Number(a.body.endsAt !== null) - Number(b.body.endsAt !== null) || b.from - a.from,
  )
  const shown = sorted.slice(0, limit)
  return {
    total: sorted.length,
    returned: shown.length,
    alerts: shown.map(alertJson),
    notices: limitNotices(shown.length, sorted.length, 'alerts'),
  }
}

function alertJson({ id, body }: RecordOf<'alert'>) {
  const { since, startsAt, endsAt, ...rest }: AlertBody = body
  const times = { since: formatTime(since), startsAt: formatTime(startsAt) }
  return { id, ...rest, ...times, endsAt: endsAt === null ? null : formatTime(endsAt) }
}
