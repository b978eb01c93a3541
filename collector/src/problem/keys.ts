import { identityOf, keyOf, objectKey } from '../event/object-reference.ts'
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
  const own = objectKey(cluster, regarding)
  const isOwn = owner.kind === kind && owner.name === name
  return {
    identity: identityOf(cluster, regarding),
    name: own,
    workload: owner.kind === '' ? null : isOwn ? own : objectKey(cluster, { ...owner, namespace }),
    node: kind === 'Node' ? nodeKey(cluster, name) : node === '' ? '' : nodeKey(cluster, node),
  }
}

export function keysOfProblem({ cluster, object, workload, node }: ProblemBody): Keys {
  return {
    identity: identityOf(cluster, object),
    name: objectKey(cluster, object),
    workload: workload.kind === '' ? null : objectKey(cluster, { ...workload, namespace: object.namespace }),
    node: node === '' ? '' : nodeKey(cluster, node),
  }
}

function nodeKey(cluster: string, node: string): string {
  return keyOf([cluster, node])
}
