import { identityOf, keyOf } from '../event/object-reference.ts'
import type { PlacedEvent } from '../event/observation.ts'
import type { ProblemBody } from '../event/problem.ts'

/** Keys by which the life of a problem is found. */
export interface Keys {
  readonly identity: string
  /** Of any object that ever has this name: a name is free again only when its object is gone. */
  readonly name: string
  /** Of the top controller, or of the object that is one; null for an event about nothing. */
  readonly workload: string | null
  /** Of the node it is on, or is; empty for none. */
  readonly node: string
}

export function keysOf(event: PlacedEvent): Keys {
  const { cluster, regarding, owner, node } = event
  const { kind, namespace, name } = regarding
  return {
    identity: identityOf(cluster, regarding),
    name: nameKey(cluster, kind, namespace, name),
    workload: owner.kind === '' ? null : keyOf([cluster, namespace, owner.kind, owner.name]),
    node: kind === 'Node' ? nodeKey(cluster, name) : node === '' ? '' : nodeKey(cluster, node),
  }
}

export function keysOfProblem({ cluster, object, workload, node }: ProblemBody): Keys {
  const { kind, namespace, name } = object
  return {
    identity: identityOf(cluster, object),
    name: nameKey(cluster, kind, namespace, name),
    workload: workload.kind === '' ? null : keyOf([cluster, namespace, workload.kind, workload.name]),
    node: node === '' ? '' : nodeKey(cluster, node),
  }
}

export function nameKey(cluster: string, kind: string, namespace: string, name: string): string {
  return keyOf([cluster, kind, namespace, name])
}

function nodeKey(cluster: string, node: string): string {
  return keyOf([cluster, node])
}
