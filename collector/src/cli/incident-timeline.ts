import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import { whereText } from './problem-table.ts'
import { oneLine } from './text.ts'

interface Happening {
  readonly at: string
  readonly words: string
}

/** Lines of a timeline: the first and the last ones where there are more. */
const MOST_FIRST = 14
const MOST_LAST = 4

/** What happened from the change before to the end, one line each, in its order. */
export function timelineLines(incident: IncidentJson): readonly string[] {
  const { problems, triggers, ended, endedHow } = withEnd(incident)
  const happenings: readonly Happening[] = [
    ...triggers.map(({ at, reason, object, words }) => ({
      at,
      words: `changed: ${reason} ${object.kind} ${placeOf(object)}: ${words}`,
    })),
    ...problems.flatMap((problem) => {
      const what = `${problem.class} ${whereText(problem)}`
      const { firstObserved, lastObserved, state } = problem
      const begins = { at: firstObserved, words: `begins: ${what}` }
      const isOnce = toSecond(firstObserved) === toSecond(lastObserved)
      return state !== 'over' || isOnce ? [begins] : [begins, { at: lastObserved, words: `last seen: ${what}` }]
    }),
    ...(ended === null ? [] : [{ at: ended, words: `over${endedHow}` }]),
  ]
  const sorted = happenings.toSorted((a, b) => compareTimes(a.at, b.at))
  const left = sorted.length - MOST_FIRST - MOST_LAST
  const shown = left > 1 ? [...sorted.slice(0, MOST_FIRST), null, ...sorted.slice(-MOST_LAST)] : sorted
  const [first] = sorted
  return shown.map((each) =>
    each === null
      ? `and ${String(left)} more: --json`
      : `${clock(each.at, first?.at ?? each.at)}  ${oneLine(each.words)}`,
  )
}

/** How the last of its problems ended. */
function withEnd(incident: IncidentJson) {
  const last = incident.problems.find(({ endedBy }) => endedBy !== null && endedBy.at === incident.ended)
  const how = last?.endedBy?.how
  return { ...incident, endedHow: how === undefined ? '' : ` (${last?.class ?? ''} ${how})` }
}

/** Times of the first one's day without the day. */
function clock(at: string, first: string): string {
  const text = toSecond(at)
  return text.slice(0, 10) === first.slice(0, 10) ? text.slice(11, 19) : text
}

function toSecond(time: string): string {
  return time.replace(/\.[0-9]+Z$/, 'Z')
}

/** As times: a whole second has no fraction, and `Z` stands behind `.` as text. */
function compareTimes(a: string, b: string): number {
  const [x, y] = [a, b].map((time) =>
    time.replace(/(\.[0-9]+)?Z$/, (_, fraction?: string) => (fraction ?? '.').padEnd(7, '0')),
  )
  return (x ?? '') < (y ?? '') ? -1 : (x ?? '') > (y ?? '') ? 1 : 0
}

function placeOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return namespace === '' ? name : `${namespace}/${name}`
}
