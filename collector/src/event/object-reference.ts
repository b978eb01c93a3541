/** The object an event is about, or its second object. Missing parts are empty strings. */
export interface ObjectReference {
  readonly kind: string
  /** Empty for cluster-scoped objects. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly apiVersion: string
  readonly fieldPath: string
}

/**
 * Key of an object for maps. By name, because node events carry the node's name as uid in most events and its real
 * uid in others, and because a StatefulSet pod returns under its name. JSON, so that 'a'+'bc' never equals 'ab'+'c'.
 */
export function objectKey(cluster: string, object: Pick<ObjectReference, 'kind' | 'namespace' | 'name'>): string {
  return JSON.stringify([cluster, object.kind, object.namespace, object.name])
}

/**
 * Which object it is, as a key for maps: two references of one cluster with the same identity are one object. A uid decides
 * alone, so that a Job made again under its name is another one; without it the API group does with kind, namespace and name.
 * A node is one by its name: its own events carry the name as uid in most cases, and its real uid in others.
 */
export function identityOf(cluster: string, object: Omit<ObjectReference, 'fieldPath'>): string {
  const { kind, namespace, name, uid, apiVersion } = object
  if (kind === 'Node') return JSON.stringify([cluster, kind, name])
  if (uid !== '') return JSON.stringify([cluster, uid])
  return JSON.stringify([cluster, groupOf(apiVersion), kind, namespace, name])
}

/** The API group of `apps/v1`; the empty text for the core group's `v1`. */
function groupOf(apiVersion: string): string {
  const end = apiVersion.indexOf('/')
  return end < 0 ? '' : apiVersion.slice(0, end)
}
