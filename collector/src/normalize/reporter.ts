import type { ObjectReference } from '../event/object-reference.ts'

export interface Reporter {
  readonly controller: string
  readonly instance: string
}

/**
 * Reporters that run on each node and speak about their own: their host is the node. Others (schedulers, controllers,
 * k3s' deploy) also report a host, but that is only where they run.
 */
const NODE_AGENTS = new Set(['kubelet', 'kube-proxy', 'containerd', 'crio', 'node-problem-detector'])

/** The monitors of node-problem-detector: kernel-monitor, docker-monitor, systemd-monitor … */
const NODE_MONITOR = /^[a-z-]+-monitor$/

/** What the scheduler says; before 1.11 without the namespace. */
const ASSIGNED = /^Successfully assigned \S+ to (\S+)$/

export interface NodeClues {
  readonly regarding: ObjectReference
  readonly reporter: Reporter
  /** Host of the older `source` field. */
  readonly sourceHost: string
  readonly reason: string
  readonly note: string
}

/**
 * The node an event is about or happened on: the Node it regards, else the host of a node agent, else where the
 * scheduler put the pod. Never the scheduler's own host. Empty when nothing tells.
 */
export function nodeOf({ regarding, reporter, sourceHost, reason, note }: NodeClues): string {
  if (regarding.kind === 'Node') return regarding.name
  if (NODE_AGENTS.has(reporter.controller) || NODE_MONITOR.test(reporter.controller)) {
    return sourceHost !== '' ? sourceHost : hostOf(reporter)
  }
  return reason === 'Scheduled' ? (ASSIGNED.exec(note)?.[1] ?? '') : ''
}

/** The newer recorder's instance is `<controller>-<host>`, the older one's is the host. */
function hostOf({ controller, instance }: Reporter): string {
  return instance.startsWith(`${controller}-`) ? instance.slice(controller.length + 1) : instance
}

/** Container in a field path such as `spec.containers{web}` or `spec.initContainers{setup}`. Empty without one. */
export function containerOf(fieldPath: string): string {
  const start = fieldPath.indexOf('{')
  return start !== -1 && fieldPath.endsWith('}') ? fieldPath.slice(start + 1, -1) : ''
}
