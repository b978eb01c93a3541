import {
  HAPPENED,
  NODE_BACK_OR_GONE,
  ofNode,
  ofObject,
  RETRIED_UNTIL_SEEN_WELL,
  saidOnceUntil,
  until,
  type ExpectedLife,
} from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** The node of the pod is back, or is no more, or the pod may stay. */
const NODE_DECIDES: ExpectedLife = {
  end: 'told',
  clearedBy: [
    ofNode(...NODE_BACK_OR_GONE),
    { by: 'object', reasons: ['TaintManagerEviction'], note: ['Cancelling deletion'] },
  ],
}

/** Said once of each pod of a lost node. */
const POD_OF_LOST_NODE: ExpectedLife = { ...NODE_DECIDES, repeatsMinutes: 24 * 60, holdsMinutes: 24 * 60 }

/** A node without addresses for its pods does not become ready. */
const UNTIL_NODE_HAS_NETWORK: ExpectedLife = { ...RETRIED_UNTIL_SEEN_WELL, clearedBy: [ofObject('NodeReady')] }

const EVICTED_BY_TAINT: ExpectedLife = { ...NODE_DECIDES, repeatsMinutes: 10, holdsMinutes: 10 }

/** What the control plane says of nodes. */
export const NODE_CONTROLLER: readonly ReasonEntry[] = [
  ...emittedBy(
    'node-controller',
    ['Node'],
    [
      {
        reason: 'RegisteredNode',
        type: 'Normal',
        category: 'node',
        severity: 'info',
        meaning: 'The control plane has taken note of a node; after a change of its leader it does so for all nodes.',
      },
      {
        reason: 'RemovingNode',
        type: 'Normal',
        category: 'node',
        severity: 'low',
        meaning: 'The node was removed from the cluster.',
        check: 'Look whether it was planned.',
        gone: 'regarding',
      },
      {
        reason: 'NodeNotReady',
        type: 'Normal',
        category: 'node',
        severity: 'high',
        meaning: 'The control plane has not heard from the node, though the event is of type Normal.',
        check: 'Look whether the machine, its kubelet and its network are up.',
        controllers: ['node-controller'],
        ...saidOnceUntil(...NODE_BACK_OR_GONE),
      },
      {
        reason: 'DeletingAllPods',
        type: 'Normal',
        category: 'node',
        severity: 'medium',
        meaning: 'All pods of a removed node are deleted.',
        check: 'Look why the node was removed.',
        gone: 'regarding',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'node-controller',
    ['Pod'],
    [
      {
        reason: 'NodeNotReady',
        type: 'Warning',
        category: 'node',
        severity: 'high',
        meaning: 'The node of the pod is not ready, so the pod counts as not ready too.',
        check: 'Look at the events of the node.',
        ...POD_OF_LOST_NODE,
      },
      {
        reason: 'NodeControllerEviction',
        type: 'Normal',
        category: 'node',
        severity: 'medium',
        meaning: 'A pod is to be deleted because its node is lost.',
        check: 'Look at the events of the node.',
        gone: 'regarding',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'taint-eviction-controller',
    ['Pod'],
    [
      {
        reason: 'TaintManagerEviction',
        type: 'Normal',
        category: 'node',
        severity: 'high',
        meaning: 'A pod has to leave its node, which is lost or tainted.',
        check: 'Look at the taints and events of the node.',
        gone: 'regarding',
        ...EVICTED_BY_TAINT,
      },
      {
        reason: 'TaintManagerEviction',
        type: 'Normal',
        category: 'node',
        severity: 'info',
        meaning: 'The pod may stay on its node after all, which has come back.',
        note: ['Cancelling deletion'],
      },
    ],
  ),
  ...emittedBy(
    'device-taint-eviction-controller',
    ['Pod'],
    [
      {
        reason: 'DeviceTaintManagerEviction',
        type: 'Normal',
        category: 'node',
        severity: 'medium',
        meaning: 'A pod has to leave, because its device is marked as faulty.',
        check: 'Look at the device and its driver.',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'cidrAllocator',
    ['Node'],
    [
      {
        reason: 'CIDRNotAvailable',
        type: 'Normal',
        category: 'network',
        severity: 'high',
        meaning: 'No address range is left for the pods of the node, though the event is of type Normal.',
        check: "Enlarge the cluster's pod range, or use smaller ranges for each node.",
        ...UNTIL_NODE_HAS_NETWORK,
      },
      {
        reason: 'CIDRAssignmentFailed',
        type: 'Normal',
        category: 'network',
        severity: 'high',
        meaning: 'The node could not be given an address range for its pods, though the event is of type Normal.',
        check: 'Look at the pod range of the cluster.',
        ...UNTIL_NODE_HAS_NETWORK,
      },
    ],
  ),
  ...emittedBy(
    'garbage-collector-controller',
    [],
    [
      {
        reason: 'OwnerRefInvalidNamespace',
        type: 'Warning',
        category: 'config',
        severity: 'low',
        meaning: 'An object names an owner that is not in its namespace, and may be deleted for it.',
        check: 'Correct its ownerReferences.',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'resource_claim',
    ['Pod', 'PodGroup'],
    [
      {
        reason: 'FailedResourceClaimCreation',
        type: 'Warning',
        category: 'scheduling',
        severity: 'high',
        meaning: "The claim for the pod's device could not be made, so the pod waits.",
        check: 'Read the error: a missing template or a quota.',
        ...until('Scheduled'),
      },
    ],
  ),
  ...emittedBy(
    'service-cidr-controller',
    ['ServiceCIDR'],
    [
      {
        reason: 'KubernetesServiceCIDRError',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'An address range for Services cannot be used.',
        check: 'Read the status of the ServiceCIDR.',
        ...RETRIED_UNTIL_SEEN_WELL,
      },
    ],
  ),
  ...emittedBy(
    'kubernetes-service-cidr-controller',
    ['ServiceCIDR'],
    [
      {
        reason: 'KubernetesDefaultServiceCIDRError',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The default address range for Services cannot be made or read.',
        check: "Look at the API server's settings.",
        ...RETRIED_UNTIL_SEEN_WELL,
      },
      {
        reason: 'KubernetesDefaultServiceCIDRInconsistent',
        type: 'Warning',
        category: 'config',
        severity: 'medium',
        meaning: 'The API servers disagree on the default address range for Services.',
        check: 'Give all of them the same setting.',
        ...RETRIED_UNTIL_SEEN_WELL,
      },
    ],
  ),
]
