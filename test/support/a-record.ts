import type { CorrelationBody } from '../../collector/src/event/correlation.ts'
import type { RecordKind, RecordOf } from '../../collector/src/event/record.ts'
import { NOON } from './an-observation.ts'

/** A record of which only what is given matters; a store keeps any body. */
export function aRecord<Kind extends RecordKind>(
  kind: Kind,
  given: Partial<Omit<RecordOf<RecordKind>, 'kind' | 'body'>> & { readonly body?: object } = {},
): RecordOf<Kind> {
  return { kind, id: kind, revision: 1, from: NOON, to: NOON, body: {}, ...given } as unknown as RecordOf<Kind>
}

/** The body of a group in which nothing went wrong, but for what is given. */
export function aCorrelation(given: Partial<CorrelationBody> = {}): CorrelationBody {
  return {
    cluster: 'lab',
    title: '',
    mergedInto: null,
    absorbed: [],
    isOpen: false,
    severity: 'info',
    worstSeverity: 'info',
    problems: [],
    openProblems: 0,
    worst: null,
    classes: [],
    lastObserved: NOON,
    members: 0,
    occurrences: 0,
    isLowerBound: false,
    objects: [],
    objectsAreMore: false,
    workloads: [],
    reasons: [],
    evidence: [],
    causes: [],
    changes: [],
    ...given,
  }
}
