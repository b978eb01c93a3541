import { createHash } from 'node:crypto'
import { MINUTE } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'

/** 2026-05-11T12:00:00Z in µs: a fixed "now" for tests. */
export const NOON = Date.UTC(2026, 4, 11, 12) * 1_000

/** A valid observation: a pod's BackOff. `overrides` replace whole fields; the id follows uid, resourceVersion and count. */
export function anObservation(overrides: Partial<Observation> = {}): Observation {
  const base: Observation = {
    id: '',
    cluster: 'lab',
    clusterUid: null,
    source: 'live',
    uid: '11111111-1111-4111-8111-111111111111',
    name: 'payments-0.18ae773b82737275',
    eventNamespace: 'shop',
    resourceVersion: 4101,
    namespace: 'shop',
    firstObserved: NOON - MINUTE,
    lastObserved: NOON,
    received: NOON,
    count: 1,
    countIsLowerBound: false,
    type: 'Warning',
    reason: 'BackOff',
    action: '',
    note: 'Back-off restarting failed container payments in pod payments-0_shop',
    reportingController: 'kubelet',
    reportingInstance: 'worker-1',
    regarding: {
      kind: 'Pod',
      namespace: 'shop',
      name: 'payments-0',
      uid: '22222222-2222-4222-8222-222222222222',
      apiVersion: 'v1',
      fieldPath: 'spec.containers{payments}',
    },
    related: { kind: '', namespace: '', name: '', uid: '', apiVersion: '', fieldPath: '' },
    container: 'payments',
    node: 'worker-1',
    labels: {},
    annotations: {},
    rest: null,
    flags: [],
    countDelta: 1,
    deltaSince: NOON - MINUTE,
    countUnplaced: 0,
    countEstimated: false,
    category: 'container',
    severity: 'high',
    rule: 'catalogue',
    metadata: {},
    owner: { kind: 'StatefulSet', name: 'payments' },
    topologyEvidence: 'name',
    objectLabels: {},
    correlationId: 'c-0123456789abcdef',
    correlationRule: 'first of its group',
    templateId: 't-0123456789abcdef',
    patternIds: [],
    ...overrides,
  }
  return overrides.id === undefined ? { ...base, id: idOf(base) } : base
}

function idOf({ uid, resourceVersion, count, lastObserved }: Observation): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([uid, resourceVersion, count, lastObserved]))
    .digest()
  return hash.subarray(0, 16).toString('base64url')
}
