import type { IncidentJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import { replayed } from './ask.ts'
import type { Named } from './outage.ts'
import { isAbout } from './score.ts'
import type { Case } from './truth.ts'

/** How a day was told on which nothing new broke. */
export interface CalmScore {
  readonly name: string
  readonly half: 'a' | 'b'
  readonly falseIncidents: number
  readonly titles: readonly string[]
}

/** Incidents of the day that are no planned work. What is broken for long may be one for each such thing; a second one is false. */
export async function calmScoreOf(asked: Case): Promise<CalmScore> {
  const { at, calm, name, half } = asked
  if (calm === null) throw new Error(`${name} is no calm day`)
  const incidents = await replayed(asked, (ask) => ask(at, calm.from))
  const titles = incidents
    .filter(({ planned }) => !planned)
    .filter(isFalse(calm.chronic))
    .map(({ title }) => title)
  return { name, half, falseIncidents: titles.length, titles: titles.slice(0, 20) }
}

function isFalse(chronic: readonly Named[]): (incident: IncidentJson) => boolean {
  const known = new Set<Named>()
  return ({ problems }) => {
    const one = chronic.find((each) => problems.every((problem) => isAbout([each], problem)))
    if (one === undefined || known.has(one)) return true
    known.add(one)
    return false
  }
}
