import { SECOND } from '../../collector/src/clock.ts'
import { incidentsOf, PastIncidents } from '../../collector/src/incident/incident.ts'
import { aProblem, type Troubled } from '../support/a-problem.ts'
import { NOON } from '../support/an-observation.ts'
import type { Bench } from './bench.ts'

const SIZES = [300, 3_000, 20_000]

/** What generated names of pods are made of. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

const PROBE = { reason: 'Unhealthy', note: 'Readiness probe failed: connection refused', occurrences: 9 }
const MOUNT = { reason: 'FailedMount', note: 'rpc error' }
const CRASH = { reason: 'BackOff', note: 'Back-off restarting failed container app in pod x_shop(1)', occurrences: 9 }

/** Stories that make one incident of all problems, and one of each. */
const STORIES: Readonly<Record<string, (number: number) => Troubled>> = {
  oneWorkload: (number) => ({
    ...(number % 2 === 0 ? MOUNT : PROBE),
    object: pod('web', number),
    first: number % 3_000,
  }),
  manyWorkloads: (number) => ({ ...CRASH, object: pod(`w${String(number)}`, number), first: number % 3_000 }),
}

/** Incidents of problems, and what each of them was like: as a question does that reads all of them. */
export const bench: Bench = {
  description: 'CPU of making incidents of problems, ms',
  async run() {
    const curve = []
    for (const [story, trouble] of Object.entries(STORIES)) {
      for (const problems of SIZES) curve.push({ story, problems, ...(await measure(problems, trouble)) })
    }
    return { curve }
  },
}

async function measure(size: number, trouble: (number: number) => Troubled) {
  const problems = Array.from({ length: size }, (_, number) => aProblem(trouble(number)))
  const begun = process.cpuUsage()
  const incidents = await incidentsOf(problems, () => NOON + 4_000 * SECOND)
  const made = process.cpuUsage(begun)
  const past = new PastIncidents(incidents)
  for (const incident of incidents) past.similarTo(incident)
  const compared = process.cpuUsage(begun)
  return { incidents: incidents.length, makeMs: milliseconds(made), makeAndCompareMs: milliseconds(compared) }
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return Math.round((user + system) / 1_000)
}

function pod(workload: string, number: number): string {
  const end = [0, 1, 2, 3, 4].map((place) => LETTERS[Math.floor(number / LETTERS.length ** place) % LETTERS.length])
  return `Pod shop/${workload}-7c9d8f6b5d-${end.join('')}`
}
