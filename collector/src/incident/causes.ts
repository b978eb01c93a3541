import { DAY, type EpochMicros } from '../clock.ts'
import { severityRank } from '../event/words.ts'
import { lessConfident, confidenceRank, type BlamedObject, type NamedThing, type Confidence } from './blame/blame.ts'
import type { Edge, EdgesByEnd } from './edges.ts'
import { greatest, least } from './extremes.ts'
import { isOver, seemsThere, type Suspect } from './suspect.ts'

/** Why a cause is named: what says so, or what it leads to. */
export interface Evidence {
  /** `Node worker-1`, `Secret db-login`. */
  readonly from: string
  /** `Pod shop/api-1: CrashLoopBackOff`. */
  readonly to: string
  readonly rule: string
  readonly words: string
  readonly trust: Confidence
  readonly lagSeconds: number
  /** Ids of observations. */
  readonly observations: readonly string[]
}

/** A thing that explains problems. */
export interface Cause {
  /** 1 for the likeliest; two that are as likely have the same. */
  readonly rank: number
  readonly confidence: Confidence
  readonly object: BlamedObject
  readonly thing: NamedThing | null
  /** What the cause is called, in one word. */
  readonly class: string
  /** Of the event that tells of it. */
  readonly reason: string
  readonly words: string
  /** How many of the incident's problems it explains. */
  readonly explains: number
  readonly evidence: readonly Evidence[]
}

export const MOST_CAUSES = 3
const MOST_SAID = 3
const MOST_LED = 9
const MOST_OBSERVATIONS = 5

/** Problems of one incident that blame the same thing. */
interface Candidate {
  readonly members: readonly Suspect[]
  /** Its members, and all that they lead to. */
  readonly explained: ReadonlySet<Suspect>
  readonly edges: readonly Edge[]
  /** Something else in the incident leads to it. */
  readonly isEffect: boolean
  readonly confidence: Confidence
  /** It was there for a day before the newest problem of the incident began. */
  readonly isOld: boolean
}

/** A cause that is older than the newest problem by this is not what is new, µs. */
const OLD = DAY

/** What explains an incident, or why nobody can say. */
export interface Explanation {
  readonly causes: readonly Cause[]
  /** In words; null where there are causes. */
  readonly unknownBecause: string | null
}

/**
 * What explains the problems of an incident, likeliest first: what nothing else explains, what is new, surest, explaining the worst
 * and the most, and seen first. Where there are only effects that name nothing and may be over by now, no cause is named.
 */
export function explain(problems: readonly Suspect[], edges: EdgesByEnd, now: EpochMicros): Explanation {
  const inside = new Set(problems)
  const byThing = Map.groupBy(problems, ({ blame }) => blame.key)
  const newest = greatest(problems, ({ body }) => body.firstObserved)
  const all = [...byThing.values()].map((members) => candidateOf(members, edges, inside, { now, newest }))
  // While something goes on, what is over counts only where it led to that.
  const going = all.filter(({ explained }) => [...explained].some(({ body }) => !isOver(body)))
  const candidates = going.length > 0 ? going : all
  const roots = candidates.filter(({ isEffect }) => !isEffect)
  const ranked = (roots.length > 0 ? roots : candidates).toSorted(compareCandidates)
  const causes = ranked.slice(0, MOST_CAUSES).map((candidate) => {
    const rank = 1 + ranked.findIndex((each) => compareStrength(each, candidate) === 0)
    return toCause(candidate, rank)
  })
  const isKnown = ranked.some((each) => !isSymptom(each) || each.confidence !== 'possible' || namesThing(each))
  return isKnown ? { causes, unknownBecause: null } : { causes: [], unknownBecause: unknownBecause(causes) }
}

/** A probe or a process is something to look at, also when it may be well again by now. */
function namesThing({ members }: Candidate): boolean {
  return members.some(({ blame }) => blame.thing !== null)
}

/** What is seen, and what could have led to it without an event. */
function unknownBecause(effects: readonly Cause[]): string {
  const seen = effects.map(({ words }) => words).join('; ')
  const hidden = 'its process, its network (a NetworkPolicy writes no event), or what it calls'
  return `Only effects are told, and not of late: ${seen}. No event says what they come from: ${hidden}.`
}

function candidateOf(
  members: readonly Suspect[],
  edges: EdgesByEnd,
  inside: ReadonlySet<Suspect>,
  { now, newest }: { readonly now: EpochMicros; readonly newest: EpochMicros },
): Candidate {
  const own = new Set(members)
  const explained = new Set(members)
  const used: Edge[] = []
  const waiting = [...members]
  for (let problem = waiting.pop(); problem !== undefined; problem = waiting.pop()) {
    for (const edge of edges.from.get(problem) ?? []) {
      if (own.has(edge.to) || !inside.has(edge.to)) continue
      used.push(edge)
      if (explained.has(edge.to)) continue
      explained.add(edge.to)
      waiting.push(edge.to)
    }
  }
  const causedBy = members
    .flatMap((member) => edges.to.get(member) ?? [])
    .filter(({ from }) => inside.has(from) && !own.has(from))
  // Two that lead to each other are both roots: neither is before the other.
  const isEffect = causedBy.some(({ from }) => !explained.has(from))
  const isOld = least(members, ({ body }) => body.firstObserved) < newest - OLD
  return { members, explained, edges: used, isEffect, isOld, confidence: confidenceOf(members, now) }
}

/** What a reporter would have told again by now may have healed unseen: it is never more than possible. */
function confidenceOf(members: readonly Suspect[], now: EpochMicros): Confidence {
  const going = members.filter(({ body }) => !isOver(body))
  return (going.length > 0 ? going : members)
    .map((member) =>
      seemsThere(member, now) ? member.blame.confidence : lessConfident(member.blame.confidence, 'possible'),
    )
    .reduce((a, b) => (confidenceRank(b) > confidenceRank(a) ? b : a))
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return compareStrength(a, b) || beginOf(a) - beginOf(b)
}

/** Negative when the first is the likelier cause. */
function compareStrength(a: Candidate, b: Candidate): number {
  return (
    Number(isSymptom(a)) - Number(isSymptom(b)) ||
    Number(a.isOld) - Number(b.isOld) ||
    confidenceRank(b.confidence) - confidenceRank(a.confidence) ||
    worstOf(b) - worstOf(a) ||
    b.explained.size - a.explained.size
  )
}

function isSymptom({ members }: Candidate): boolean {
  return members.every(({ blame }) => blame.isSymptom)
}

function worstOf({ explained }: Candidate): number {
  return greatest(explained, ({ body }) => severityRank(body.severity))
}

function beginOf({ members }: Candidate): EpochMicros {
  return least(members, ({ body }) => body.firstObserved)
}

function toCause({ members, explained, edges, confidence }: Candidate, rank: number): Cause {
  const telling = members.toSorted((a, b) => tells(b) - tells(a))[0]
  if (telling === undefined) throw new Error('a cause is blamed by at least one problem')
  const { blame, body } = telling
  const named = blame.thing === null ? placeOf(blame.object) : `${blame.thing.kind} ${blame.thing.name}`
  const said = members.map((member) => ({
    from: named,
    to: problemText(member),
    rule: 'says',
    words: member.body.note === '' ? member.body.reason : member.body.note,
    trust: member.blame.confidence,
    lagSeconds: 0,
    observations: member.body.evidence.slice(-MOST_OBSERVATIONS),
  }))
  const led = distinctEdges(edges).map(({ from, to, rule, words, trust, lagSeconds }) => ({
    from: problemText(from),
    to: problemText(to),
    rule,
    words,
    trust,
    lagSeconds,
    observations: [...from.body.evidence.slice(0, 1), ...to.body.evidence.slice(0, 1)],
  }))
  return {
    rank,
    confidence,
    object: objectOf(members),
    thing: blame.thing,
    class: blame.cause,
    reason: body.reason,
    words: blame.words,
    explains: explained.size,
    evidence: [...said.slice(0, MOST_SAID), ...led.slice(0, MOST_LED)],
  }
}

/** One of each kind: the same between other pods of the same workloads says nothing more. */
function distinctEdges(edges: readonly Edge[]): readonly Edge[] {
  const kindOf = ({ rule, from, to }: Edge) =>
    JSON.stringify([
      rule,
      from.body.class,
      from.body.workload,
      to.body.class,
      to.body.object.namespace,
      to.body.workload,
    ])
  return [...new Map(edges.map((edge) => [kindOf(edge), edge])).values()]
}

/** Of several that blame the same thing the one that says most of it. */
function tells({ blame, body }: Suspect): number {
  return confidenceRank(blame.confidence) * 100 + (blame.thing?.detail === '' ? 0 : 10) + severityRank(body.severity)
}

/** The workload while it is one; of a thing that several need, the thing itself. */
function objectOf(members: readonly Suspect[]): BlamedObject {
  const objects = new Map(members.map(({ blame }) => [placeOf(blame.object), blame.object]))
  const [first] = members
  if (first === undefined) throw new Error('a cause is blamed by at least one problem')
  const { object, thing } = first.blame
  if (objects.size <= 1 || thing === null || !NAMED_KINDS.has(thing.kind)) return object
  return { kind: thing.kind, namespace: first.blame.isWide ? '' : object.namespace, name: thing.name }
}

/** Things that are objects, or stand by themselves outside of any. */
const NAMED_KINDS = new Set([
  'Secret',
  'ConfigMap',
  'ServiceAccount',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'PriorityClass',
  'Registry',
  'Image',
  'Webhook',
  'Policy',
  'ResourceQuota',
])

export function placeOf({ kind, namespace, name }: BlamedObject): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

function problemText({ body }: Suspect): string {
  return `${placeOf(body.object)}: ${body.class}`
}
