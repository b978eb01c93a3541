import type { ProblemsJson } from '../api/answer-schemas.ts'
import type { ObservationJson } from '../api/observation-json.ts'
import { CHANGE_REASONS } from '../api/incidents/triggers.ts'
import type { Notice } from '../api/notices.ts'
import type { AskEndpoint } from './ask-endpoint.ts'

/** Problems and changes that are looked through. */
const MOST_PROBLEMS = 500
const MOST_CHANGES = 500

interface Entry {
  readonly at: string
  readonly what: 'begins' | 'over' | 'changed'
  readonly words: string
}

/** What happened in a range in its order: lives of problems, and changes. */
export async function timelineOf(
  ask: AskEndpoint,
  { query, from, to }: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<object> {
  const lives = { query, from, at: to, all: true, each: false, limit: MOST_PROBLEMS }
  const problems = (await ask('problems', { path: {}, parameters: defined(lives) }, signal)) as ProblemsJson
  const rows = { query, from, to, reason: CHANGE_REASONS, order: 'newest', limit: MOST_CHANGES }
  const changes = (await ask('events', { path: {}, parameters: defined(rows) }, signal)) as {
    readonly observations: readonly ObservationJson[]
    readonly notices: readonly Notice[]
  }
  const entries: readonly Entry[] = [
    ...problems.problems.flatMap(({ class: trouble, object, workload, objects, note, ...times }): readonly Entry[] => {
      const owner = workload.kind === '' ? object : workload
      const what = `${trouble} ${owner.kind} ${owner.namespace === '' ? '' : `${owner.namespace}/`}${owner.name}`
      const begins = {
        at: times.firstObserved,
        what: 'begins',
        words: `${what} (${String(objects.all)} objects): ${note}`,
      } as const
      const { endedBy } = times
      return endedBy === null ? [begins] : [begins, { at: endedBy.at, what: 'over', words: `${what} (${endedBy.how})` }]
    }),
    ...changes.observations.map(({ lastObserved, reason, regarding: { kind, namespace, name }, note }) => ({
      at: lastObserved,
      what: 'changed' as const,
      words: `${reason} ${kind} ${namespace === '' ? '' : `${namespace}/`}${name}: ${note}`,
    })),
  ]
  return {
    entries: entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    notices: [...problems.notices, ...changes.notices],
  }
}

function defined(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
}
