import { SECOND, type EpochMicros } from '../../collector/src/clock.ts'
import { createRuleSet, troubleOf } from '../../collector/src/classify/classify.ts'
import type { ProblemBody, ProblemState } from '../../collector/src/event/problem.ts'
import { createTopology } from '../../collector/src/topology/topology.ts'
import { anObservation, NOON } from './an-observation.ts'

const rules = createRuleSet({ files: [], clock: () => NOON })

/** How a problem differs from one of a pod of `shop/web` that began at noon and goes on. */
export interface Troubled {
  readonly reason: string
  readonly note: string
  /** `Kind name` or `Kind namespace/name`; a pod of web when absent. */
  readonly object?: string
  readonly workload?: string
  readonly node?: string
  /** Seconds after noon; the last is the first when absent. */
  readonly first?: number
  readonly last?: number
  /** Seconds after noon; goes on when absent. */
  readonly over?: number
  readonly state?: ProblemState
  readonly occurrences?: number
  readonly uid?: string
  readonly metadata?: Readonly<Record<string, string>>
}

let made = 0

/** A problem as the classifier and the fold would make it of one event with this reason and note. */
export function aProblem({
  reason,
  note,
  object = 'Pod shop/web-7c9d8f6b5d-x2k9p',
  workload,
  node = '',
  first = 0,
  last = first,
  over,
  state = over === undefined ? 'open' : 'over',
  occurrences = 1,
  uid,
  metadata = {},
}: Troubled): { readonly id: string; readonly body: ProblemBody; readonly unseen: boolean } {
  made += 1
  const [kind = '', path = ''] = object.split(' ')
  const [namespace = '', name = ''] = path.includes('/') ? path.split('/') : ['', path]
  const regarding = { kind, namespace, name, uid: uid ?? `uid of ${object}`, apiVersion: 'v1', fieldPath: '' }
  const at = (seconds: number): EpochMicros => NOON + seconds * SECOND
  const event = anObservation({ reason, note, regarding, type: 'Warning', node, namespace })
  const classified = { ...event, ...rules.classify(event) }
  const { owner } = createTopology().place(classified)
  const severity = classified.severity
  const known = { severity, endedBy: null, lastObserved: at(last), occurrences, isLowerBound: false }
  const ending = { how: 'cleared', observation: null, at: at(over ?? last) } as const
  return {
    id: `p-${String(made).padStart(6, '0')}`,
    unseen: false,
    body: {
      cluster: 'lab',
      source: 'live',
      object: regarding,
      workload: workload === undefined ? owner : { kind: 'Deployment', name: workload },
      node: kind === 'Node' ? name : node,
      container: '',
      class: troubleOf(classified).class,
      end: 'told',
      reason,
      type: 'Warning',
      category: classified.category,
      note,
      reportingController: '',
      metadata: { ...classified.metadata, ...metadata },
      objectLabels: {},
      severity,
      firstObserved: at(first),
      lastObserved: at(last),
      occurrences,
      isLowerBound: false,
      evidence: [`e-${String(made)}`],
      transitions: [
        { at: at(first), known: at(first), state: 'open', ...known },
        ...(state === 'open' ? [] : [{ at: at(over ?? last), known: at(over ?? last), state, ...known, endedBy: state === 'over' ? ending : null }]), // prettier-ignore
      ],
      receivedUntil: at(last),
    },
  }
}
