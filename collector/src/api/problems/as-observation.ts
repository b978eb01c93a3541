import type { Observation } from '../../event/observation.ts'
import type { ProblemBody } from '../../event/problem.ts'

const NOTHING = { kind: '', namespace: '', name: '', uid: '', apiVersion: '', fieldPath: '' } as const

/** A problem in the words of its newest observation, so that filters and groups of events work on problems as well. */
export function asObservation(id: string, body: ProblemBody): Observation {
  const { cluster, source, object, workload, node, container, reason, type, category, severity, note, metadata } = body
  return {
    id: body.evidence.at(-1) ?? id,
    cluster,
    clusterUid: null,
    source,
    uid: '',
    name: '',
    eventNamespace: object.namespace,
    resourceVersion: null,
    namespace: object.namespace,
    firstObserved: body.firstObserved,
    lastObserved: body.lastObserved,
    received: body.receivedUntil,
    count: body.occurrences,
    countIsLowerBound: body.isLowerBound,
    type,
    reason,
    action: '',
    note,
    reportingController: body.reportingController,
    reportingInstance: '',
    regarding: { ...object, fieldPath: '' },
    related: NOTHING,
    container,
    node,
    labels: {},
    annotations: {},
    rest: null,
    flags: [],
    countDelta: body.occurrences,
    deltaSince: body.firstObserved,
    countUnplaced: 0,
    countEstimated: false,
    category: category as Observation['category'],
    severity,
    rule: '',
    metadata: { ...metadata, class: body.class },
    owner: workload,
    topologyEvidence: '',
    objectLabels: body.objectLabels,
    correlationId: '',
    correlationRule: '',
    templateId: '',
    patternIds: [],
  }
}
