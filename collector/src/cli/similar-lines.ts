import type { SimilarJson } from '../api/incidents/similar-schemas.ts'
import { SECOND } from '../clock.ts'
import { grouped, oneLine, span, wrapped } from './text.ts'

type PastJson = SimilarJson['similar'][number]

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** More hours or days than these are no rhythm. */
const MOST_TOLD = 3

/** When it was like this before, how that ended, and what was ordinary then: for a page. */
export function similarLines(answer: SimilarJson, columns: number): readonly string[] {
  const { total, similar, ordinary } = answer
  const times = total === 0 ? 'Not that is known.' : total === 1 ? 'Once before.' : `${grouped(total)} times before.`
  return [
    ...wrapped(oneLine(`${times}${rhythm(answer)}${peaks(ordinary)}`), columns, 0),
    ...(total === 0 && ordinary.now === null
      ? []
      : wrapped(oneLine(`Before this one: ${ordinaryText(ordinary.now, ordinary)}.`), columns, 3)),
    ...similar.flatMap((past) => pastLines(past, answer, columns)),
    ...(similar.length < total ? [`and ${grouped(total - similar.length)} more`] : []),
  ]
}

function pastLines(past: PastJson, { title, ordinary }: SimilarJson, columns: number): readonly string[] {
  const { id, at, lastedSeconds, shared } = past
  const lasted = lastedSeconds === null ? 'not over' : span(lastedSeconds * SECOND)
  return [
    ...wrapped(
      oneLine(`${toSecond(at)}  ${id}  ${lasted}${past.title === title ? '' : `  ${past.title}`}`),
      columns,
      3,
    ),
    ...wrapped(`   alike in ${shared.join(', ')}`, columns, 5),
    ...wrapped(oneLine(`   ended: ${endText(past)}`), columns, 5),
    ...wrapped(oneLine(`   before it: ${ordinaryText(past.ordinary, ordinary)}`), columns, 5),
  ]
}

/** `14 gone (SuccessfulDelete, Killing), 2 silent; ScalingReplicaSet payments was the last change`. */
function endText({ ended, endings, changes }: PastJson): string {
  if (ended === null) return 'it goes on'
  const ways = [...Map.groupBy(endings, ({ how }) => how)].map(([how, ended]) => {
    const reasons = ended.flatMap(({ reason }) => reason ?? []).slice(0, MOST_TOLD)
    const count = ended.reduce((sum, { problems }) => sum + problems, 0)
    return `${String(count)} ${how}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`
  })
  const [change] = changes
  return `${ways.join(', ')}${change === undefined ? '' : `; ${change.reason} ${change.object.name} was the last change`}`
}

/** `7 of scaling in shop in 15 min, usually 0.1: a peak`. */
function ordinaryText(counted: PastJson['ordinary'], { words, spanSeconds }: SimilarJson['ordinary']): string {
  if (counted === null)
    return `it is not known whether there was more ${words} than usual: too few events of that time are kept`
  const { occurrences, usual, isPeak } = counted
  const many = `${grouped(occurrences)} ${occurrences === 1 ? 'event' : 'events'}`
  return `${many} of ${words} in ${String(spanSeconds / 60)} min, usually ${grouped(usual)}${isPeak ? ': a peak' : ''}`
}

function peaks({ known, peaks: high, words }: SimilarJson['ordinary']): string {
  return known === 0 ? '' : ` ${String(high)} of ${String(known)} began at a peak of ${words}.`
}

/** `All began at 08h (UTC), on Mon, Thu.` where there are few of them. */
function rhythm({ total, hours, weekdays, timezone }: SimilarJson): string {
  if (total === 0) return ''
  const at = hours.flatMap((count, hour) => (count > 0 ? [`${String(hour).padStart(2, '0')}h`] : []))
  const on = weekdays.flatMap((count, day) => (count > 0 ? [WEEKDAYS[day] ?? ''] : []))
  const parts = [
    ...(at.length <= MOST_TOLD ? [`at ${at.join(', ')} (${timezone})`] : []),
    ...(on.length <= MOST_TOLD ? [`on ${on.join(', ')}`] : []),
  ]
  return parts.length === 0 ? '' : ` With this one, all began ${parts.join(', ')}.`
}

function toSecond(time: string): string {
  return time.replace(/\.[0-9]+Z$/, 'Z')
}
