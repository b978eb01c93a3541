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
