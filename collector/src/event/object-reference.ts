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
 * uid in others, and because a StatefulSet pod returns under its name.
 */
export function objectKey(
  cluster: string,
  { kind, namespace, name }: Pick<ObjectReference, 'kind' | 'namespace' | 'name'>,
): string {
  return keyOf([cluster, kind, namespace, name])
}

/**
 * Key of one object as against every other one: by its uid where events carry one, so that a Job made again under its name is
 * another Job; else by API group, kind, namespace and name. Nodes are told apart by name: their events carry the node's name
 * as uid in most cases and its real uid in others.
 */
export function identityOf(cluster: string, object: Omit<ObjectReference, 'fieldPath'>): string {
  if (asked.object !== object || asked.cluster !== cluster) asked = { cluster, object, key: identity(cluster, object) }
  return asked.key
}

/** The stages ask one after another for the object of one event. */
let asked: { readonly cluster: string; readonly object: object | null; readonly key: string } = {
  cluster: '',
  object: null,
  key: '',
}

function identity(
  cluster: string,
  { kind, namespace, name, uid, apiVersion }: Omit<ObjectReference, 'fieldPath'>,
): string {
  if (kind === 'Node') return keyOf([cluster, kind, name])
  if (uid !== '') return keyOf([cluster, uid])
  return keyOf([cluster, groupOf(apiVersion), kind, namespace, name])
}

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}

/** `Pod shop/api-7c9d8f6b5d-k2m4x`, `Node worker-1`. */
export function describeObject({
  kind,
  namespace,
  name,
}: Pick<ObjectReference, 'kind' | 'namespace' | 'name'>): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/** The lengths keep 'a'+'bc' from 'ab'+'c'; unlike JSON it costs little, and there are several for each event. */
export function keyOf(parts: readonly string[]): string {
  let key = ''
  for (const part of parts) key += `${String(part.length)} ${part}/`
  return key
}
