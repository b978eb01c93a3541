import { isNamed, type CauseJson } from './is-cause.ts'
import { matchesName, type Found, type Named, type Outage } from './outage.ts'

type EvidenceJson = CauseJson['evidence'][number]

/** `Pod shop/web-0: FailedMount`, `StorageClass fast`. */
const END = /^(\S+) (?:([^\s/]+)\/)?(\S+?)(?:: (\w+))?$/

/** Whether all that a right cause is said to have led to is so. */
export function areEdgesTrue(outage: Outage, evidence: readonly EvidenceJson[]): boolean {
  return evidence.every((each) => isTrue(outage, each))
}

function isTrue({ object, effects, edges, alternatives }: Outage, { from, to, rule }: EvidenceJson): boolean {
  const [cause, effect] = [foundOf(from), foundOf(to)]
  const suffers = [...(object === null ? [] : [object]), ...alternatives, ...effects]
  const isHit = (found: Found) => suffers.some((each) => isOf(each, found))
  // What a note says of its own object, and one trouble of an object that leads to another of it.
  if (rule === 'says' || isSame(cause, effect)) return isHit(effect)
  return (edges ?? []).some((edge) => isOf(edge.from, cause) && isOf(edge.to, effect))
}

/** Whether an object is the one, or belongs to the workload. */
function isOf(wanted: Named, found: Found): boolean {
  if (matchesName(wanted, found)) return true
  return (
    wanted.namespace !== undefined &&
    wanted.namespace === found.namespace &&
    !wanted.name.includes('*') &&
    isNamed(wanted.name, found.name ?? '')
  )
}

function isSame(a: Found, b: Found): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name
}

function foundOf(end: string): Found {
  const [, kind, namespace, name] = END.exec(end) ?? []
  return { kind, namespace, name }
}
