/** What a name alone says about an owner (causality.md L3). */
export interface NamedOwner {
  /** Kinds that make such names. The first of which there is evidence is meant. */
  readonly kinds: readonly string[]
  /** The kind that is meant without evidence; null where too many others make the same names. */
  readonly usual: string | null
  readonly name: string
}

interface NameRule {
  readonly kind: string
  readonly pattern: RegExp
  readonly owners: readonly string[]
  /** Whether the first of `owners` makes nearly all names of this form. */
  readonly isTelling: boolean
}

/** The letters of k8s.io/apimachinery `util/rand`: no vowels and nothing that looks like another letter. */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]'

/**
 * A pod template hash is a uint32 in decimal digits, each mapped into ten letters of the alphabet above
 * (`SafeEncodeString`). Fewer than six digits are one in 40,000. The wider form covers other controllers' hashes.
 */
const TEMPLATE_HASH = `(?:[456789bcdf]{6,10}|(?=[^-]*[0-9])${RANDOM}{8,10})`

/** Minutes since 1970 (CronJob), or seconds (CronJob before 1.21). */
const SCHEDULE = '[0-9]{8,10}'

/**
 * In order: the first that fits decides. Any controller may let the server add five random characters (`generateName`),
 * and operators, batch systems and people number their pods, as StatefulSets do: such names need evidence of the owner.
 */
const NAME_RULES: readonly NameRule[] = [
  telling('Pod', `^(.+-${TEMPLATE_HASH})-${RANDOM}{5}$`, 'ReplicaSet'),
  telling('Pod', `^(.+-${SCHEDULE})-${RANDOM}{5}$`, 'Job'),
  ambiguous('Pod', `^(.+)-${RANDOM}{5}$`, 'DaemonSet', 'Job', 'ReplicaSet', 'ReplicationController'),
  ambiguous('Pod', '^(.+)-[0-9]{1,5}$', 'StatefulSet'),
  telling('ReplicaSet', `^(.+)-${TEMPLATE_HASH}$`, 'Deployment', 'Rollout'),
  telling('Job', `^(.+)-${SCHEDULE}$`, 'CronJob'),
  telling('EndpointSlice', `^(.+)-${RANDOM}{5}$`, 'Service'),
  telling('Endpoints', '^(.+)$', 'Service'),
]

const RULES_BY_KIND = Map.groupBy(NAME_RULES, ({ kind }) => kind)

/** Longest name that a controller leaves whole before it adds five random characters: longer ones are cut. */
const LONGEST_WHOLE_PREFIX = 58

/**
 * The owner that an object's name tells of, or null. `api` never owns `api-gateway-…`: what comes off the end has to be
 * a hash, an ordinal or a time as a whole.
 *
 * @param node node of a pod where known. A static pod is called `<name>-<node>` and belongs to nobody, although
 *   `etcd-worker-1` looks like the second pod of a StatefulSet.
 */
export function ownerByName(kind: string, name: string, node: string): NamedOwner | null {
  if (kind === 'Pod' && node !== '' && name.endsWith(`-${node}`)) return null
  for (const { pattern, owners, isTelling } of RULES_BY_KIND.get(kind) ?? []) {
    const owner = pattern.exec(name)?.[1]
    if (owner === undefined || owner.length >= LONGEST_WHOLE_PREFIX) continue
    return { kinds: owners, usual: isTelling ? (owners[0] ?? null) : null, name: owner }
  }
  return null
}

/**
 * Pods that may mount a claim called `<template>-<set>-<n>`, longest pod name first: where the template ends cannot be
 * seen, because both parts may hold hyphens.
 */
export function podsOfClaimName(claim: string): readonly string[] {
  if (!/-[0-9]{1,5}$/.test(claim)) return []
  const pods: string[] = []
  for (let at = claim.indexOf('-'); at !== -1; at = claim.indexOf('-', at + 1)) {
    const pod = claim.slice(at + 1)
    if (pod.includes('-')) pods.push(pod)
  }
  return pods
}

function telling(kind: string, pattern: string, ...owners: readonly string[]): NameRule {
  return { kind, pattern: new RegExp(pattern), owners, isTelling: true }
}

function ambiguous(kind: string, pattern: string, ...owners: readonly string[]): NameRule {
  return { kind, pattern: new RegExp(pattern), owners, isTelling: false }
}
