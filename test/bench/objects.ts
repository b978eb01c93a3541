import { randomUUID } from 'node:crypto'
import { WATCHED_KINDS } from '../../collector/src/event/watched-kind.ts'
import { ChangeBudget } from '../../collector/src/source/objects/change-budget.ts'
import { Facts } from '../../collector/src/source/objects/facts.ts'
import { KnownNames } from '../../collector/src/source/objects/known-names.ts'
import { readObject, trimmed } from '../../collector/src/source/objects/read-object.ts'
import { ObjectTracker } from '../../collector/src/source/objects/track-objects.ts'
import { createTopology } from '../../collector/src/topology/topology.ts'
import type { Bench } from './bench.ts'

const PODS = 100_000
const NOW = Date.UTC(2026, 10, 17) * 1_000

/** What the pods of a large cluster cost who watches their metadata. */
export const bench: Bench = {
  description: 'Memory of the metadata of 100,000 pods, bytes of each. Needs NODE_OPTIONS=--expose-gc',
  async run() {
    const [kind] = WATCHED_KINDS
    if (kind === undefined) throw new Error('pods are watched first')
    const shared = { known: new KnownNames(), budget: new ChangeBudget(), onPassed: () => undefined }
    const tracker = new ObjectTracker({ cluster: 'lab', kind, apiVersion: 'v1', ...shared })
    const [topology, facts] = [createTopology(), new Facts()]
    let [jsonBytes, spooledBytes] = [0, 0]
    const read = (number: number) => {
      const text = podText(number)
      const item = JSON.stringify(trimmed(JSON.parse(text) as object as Record<string, unknown>))
      jsonBytes += text.length
      spooledBytes += item.length
      const object = readObject(JSON.parse(item) as Record<string, unknown>, { kind: 'Pod', apiVersion: 'v1' })
      if (object === null) throw new Error('it has a name')
      return object
    }
    const empty = heapBytes()
    tracker.beginList()
    const begun = process.cpuUsage()
    for (let number = 0; number < PODS; number += 1) tracker.see(read(number), NOW)
    const { user } = process.cpuUsage(begun)
    tracker.endList(NOW)
    const tracked = heapBytes()
    const figures = { jsonBytes: jsonBytes / PODS, spooledBytes: spooledBytes / PODS, cpuMicros: user / PODS }
    for (let number = 0; number < PODS; number += 1) topology.learn('lab', facts.of(read(number)))
    const placed = heapBytes()
    const rounded = Object.entries(figures).map(([name, figure]) => [name, Math.round(figure)])
    return {
      pods: tracker.size,
      trackedBytes: Math.round((tracked - empty) / PODS),
      placedBytes: Math.round((placed - tracked) / PODS),
      ...(Object.fromEntries(rounded) as Record<string, number>),
      isKnown: topology.nodeOf('lab', 'team-0', '') === '',
    }
  },
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** Metadata as a controller and the kubelet leave it; twenty pods of each workload. */
function podText(number: number): string {
  const workload = `api-${String(Math.floor(number / 20))}`
  const team = `team-${String(Math.floor(number / 20) % 200)}`
  const write = (manager: string, fieldsV1: object, more: object = {}) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-11-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...more,
  })
  const labels = { app: workload, 'pod-template-hash': '7c9d8f6b5d', team }
  const container = { 'k:{"name":"app"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:resources': {}, 'f:env': {} } }
  const made = { 'f:metadata': { 'f:generateName': {}, 'f:labels': { 'f:app': {}, 'f:team': {} } }, 'f:spec': { 'f:containers': container } } // prettier-ignore
  const status = { 'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': { 'f:status': {} } }, 'f:podIP': {}, 'f:phase': {} } } // prettier-ignore
  return JSON.stringify({
    metadata: {
      name: `${workload}-7c9d8f6b5d-${(number + 100_000).toString(36)}`,
      namespace: team,
      uid: randomUUID(),
      resourceVersion: String(1_000_000 + number),
      creationTimestamp: '2026-11-01T00:00:00Z',
      labels,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${workload}-7c9d8f6b5d`, uid: randomUUID(), controller: true }], // prettier-ignore
      managedFields: [write('kube-controller-manager', made), write('kubelet', status, { subresource: 'status' })],
    },
  })
}
