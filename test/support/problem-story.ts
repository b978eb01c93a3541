import { MINUTE, SECOND, type EpochMicros } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import type { Problem, ProblemState } from '../../collector/src/event/problem.ts'
import type { Trouble } from '../../collector/src/event/trouble.ts'
import { createProblems, stateOfBody, type Knowledge } from '../../collector/src/problem/problem.ts'
import { anObservation, NOON } from './an-observation.ts'

const LIFE: Omit<Trouble, 'class'> = {
  end: 'told',
  clearedBy: [],
  repeats: 5 * MINUTE,
  holds: 15 * MINUTE,
  persists: null,
}

/** Kinds of trouble of no cluster: each ends in one way. */
const TROUBLES: Readonly<Record<string, Partial<Trouble>>> = {
  Crash: {
    clearedBy: [
      { by: 'object', reasons: ['Started'] },
      { by: 'successor', reasons: ['Started'] },
    ],
  },
  Hang: { clearedBy: [{ by: 'workload', reasons: ['Created'] }] },
  Pressed: { clearedBy: [{ by: 'node', reasons: ['Ready'], note: ['all is well', 'fine again'] }] },
  Chronic: { end: 'unknown' },
  Noise: { persists: { after: 10 * MINUTE, severity: 'high' }, clearedBy: [{ by: 'object', reasons: ['Started'] }] },
  Murmur: { end: 'unknown', persists: { after: 10 * MINUTE, severity: 'high' } },
  Long: { end: 'unknown', holds: 120 * MINUTE, repeats: 60 * MINUTE },
}

export const KNOWLEDGE: Knowledge = {
  troubleOf: ({ reason }) => ({ ...LIFE, class: reason, ...TROUBLES[reason] }),
  goneBy: ({ reason }) => (reason === 'Deleted' ? 'regarding' : reason === 'Removed' ? 'named' : null),
}

/** Minute `number` of a story, which begins at noon. */
export function minute(number: number): EpochMicros {
  return NOON + Math.round(number * MINUTE)
}

let told = 0

/** What is told of a row: the rest is that of a pod of a Deployment. */
export interface Told extends Partial<Omit<Observation, 'regarding'>> {
  readonly reason: string
  /** Name of the pod, or of what `kind` says. */
  readonly name?: string
  readonly kind?: string
  readonly podUid?: string
  readonly apiVersion?: string
}

/** A row told in this minute, received a second later; a reason in TROUBLES is a warning. */
export function aRow(
  at: number,
  { name = 'web-1', kind = 'Pod', podUid, apiVersion = 'v1', ...rest }: Told,
): Observation {
  told += 1
  const isTrouble = rest.reason in TROUBLES
  const uid = podUid ?? (kind === 'Pod' ? `uid of ${name}` : '')
  return anObservation({
    uid: `event-${String(told)}`,
    resourceVersion: told,
    firstObserved: minute(at),
    lastObserved: minute(at),
    deltaSince: rest.firstObserved ?? minute(at),
    received: minute(at) + SECOND,
    type: isTrouble ? 'Warning' : 'Normal',
    severity: isTrouble ? (['Noise', 'Murmur'].includes(rest.reason) ? 'low' : 'medium') : 'info',
    note: '',
    container: '',
    node: kind === 'Node' ? name : 'worker-1',
    owner: kind === 'Pod' ? { kind: 'Deployment', name: 'web' } : { kind, name },
    regarding: { kind, namespace: kind === 'Node' ? '' : 'shop', name, uid, apiVersion, fieldPath: '' },
    ...rest,
  })
}

/** Problems of a cluster that is watched from minute 0 on, unless told otherwise. */
export class Story {
  readonly problems = createProblems(KNOWLEDGE)
  readonly cluster: string

  constructor({ cluster = 'lab', isWatched = true } = {}) {
    this.cluster = cluster
    if (isWatched) this.pass(0)
  }

  /** A row is told in this minute; answers the id of its problem. */
  tell(at: number, told: Told): string | null {
    return this.problems.judge(aRow(at, { cluster: this.cluster, ...told }))
  }

  /** Time passes to this minute while somebody watches. */
  pass(at: number): this {
    this.problems.advance({ cluster: this.cluster, until: minute(at), isWatched: true })
    return this
  }

  /** Nobody watches after this minute. */
  look(away: number): this {
    this.problems.advance({ cluster: this.cluster, until: minute(away), isWatched: false })
    return this
  }

  get all(): readonly Problem[] {
    return this.problems.of(this.cluster)?.problems ?? []
  }

  /** `web-1 Crash over (cleared)`, sorted. */
  get states(): readonly string[] {
    return this.all.map(({ body }) => `${body.object.name} ${body.class} ${howOf(body)}`).sort()
  }

  /** The only problem: its state, and how it ended. */
  get state(): string {
    const [problem, ...others] = this.all
    if (problem === undefined || others.length > 0) throw new Error(`not one problem: ${this.states.join(', ')}`)
    return howOf(problem.body)
  }
}

function howOf(body: Problem['body']): string {
  const state: ProblemState = stateOfBody(body)
  return state === 'over' ? `over (${body.transitions.at(-1)?.endedBy?.how ?? '?'})` : state
}
