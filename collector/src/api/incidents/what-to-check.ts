import { adviceOn } from '../../classify/classify.ts'
import { severityRank } from '../../event/words.ts'
import type { Incident } from '../../incident/incident.ts'

/** What to look at, and the event that it is about. */
export interface Check {
  readonly reason: string
  readonly words: string
}

const MOST_CHECKS = 4

/** The catalogue's advice on what tells of the causes, the likeliest first; where none is known, on the worst troubles. */
export function checksOf({ problems, causes }: Incident): readonly Check[] {
  const ofCauses = causes.flatMap(({ reason }) => problems.filter(({ body }) => body.reason === reason))
  const worst = problems.toSorted((a, b) => severityRank(b.body.severity) - severityRank(a.body.severity))
  const checks = new Map<string, Check>()
  for (const { body } of ofCauses.length > 0 ? ofCauses : worst) {
    const { reason, type, note, reportingController, object } = body
    const words = adviceOn({ reason, type, note, reportingController, regarding: { ...object, fieldPath: '' } })
    if (words !== null && !checks.has(words) && checks.size < MOST_CHECKS) checks.set(words, { reason, words })
  }
  return [...checks.values()]
}
