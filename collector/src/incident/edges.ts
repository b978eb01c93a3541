import { MINUTE, SECOND } from '../clock.ts'
import { keyOf } from '../event/object-reference.ts'
import { mapInSlices } from '../event/slices.ts'
import { lessConfident, type Confidence } from './blame/blame.ts'
import type { LeadEnd, LeadRule } from './lead-rule.ts'
import { keysOfCause, keysOfEffect } from './links.ts'
import { findInNote } from './note-pattern.ts'
import { countFirst } from './sorted.ts'
import { endOf, type Suspect } from './suspect.ts'

/** One problem leading to another. */
export interface Edge {
  readonly from: Suspect
  readonly to: Suspect
  readonly rule: string
  readonly words: string
  readonly trust: Confidence
  /** Whether it makes one incident of both. */
  readonly unites: boolean
  /** Seconds between the two beginnings. */
  readonly lagSeconds: number
}

export interface EdgesByEnd {
  readonly from: ReadonlyMap<Suspect, readonly Edge[]>
  readonly to: ReadonlyMap<Suspect, readonly Edge[]>
}

export function byEnd(edges: readonly Edge[]): EdgesByEnd {
  return { from: Map.groupBy(edges, ({ from }) => from), to: Map.groupBy(edges, ({ to }) => to) }
}

/** Causes kept of one effect and rule, the nearest to its beginning. */
const MOST_CAUSES = 3

/** Problems of one kind that are looked at on either side of the beginning of an effect: thousands of pods fail alike. */
const MOST_NEAR = 20

/** Pairs of workloads that a user's rule may link: of more it is set aside, since it links everything with everything. */
export const MOST_PAIRS_OF_RULE = 200

/**
 * Which problems led to which, by the rules. Each problem as effect asks those that it shares something with.
 *
 * @param onSetAside is told of each user's rule that would link too much.
 */
export async function findEdges(
  problems: readonly Suspect[],
  rules: readonly LeadRule[],
  onSetAside: (rule: string, pairs: number) => void = () => undefined,
): Promise<readonly Edge[]> {
  const causes = new Causes(rules)
  await mapInSlices(problems, (problem) => causes.add(problem))
  const byEffect = byName(rules, ({ to }) => to)
  const found = await mapInSlices(problems, (effect) =>
    rulesOf(effect, byEffect)
      .filter(({ to }) => fits(to, effect))
      .flatMap((rule) => edgesOf(rule, effect, causes)),
  )
  const edges = found.flat()
  const aside = setAside(edges, rules, onSetAside)
  return found.flatMap((each) => unitingOnce(aside.size === 0 ? each : each.filter(({ rule }) => !aside.has(rule))))
}

function setAside(
  edges: readonly Edge[],
  rules: readonly LeadRule[],
  onSetAside: (rule: string, pairs: number) => void,
): ReadonlySet<string> {
  const own = new Map(rules.flatMap(({ name, isOwn }) => (isOwn === true ? [[name, new Set<string>()] as const] : [])))
  if (own.size === 0) return new Set()
  for (const { rule, from, to } of edges) own.get(rule)?.add(keyOf([whoseOf(from), whoseOf(to)]))
  const wide = [...own].filter(([, pairs]) => pairs.size > MOST_PAIRS_OF_RULE)
  for (const [rule, pairs] of wide) onSetAside(rule, pairs.size)
  return new Set(wide.map(([rule]) => rule))
}

/**
 * What may come from several causes makes one incident with the surest only; of those that are no more than possible, with the one
 * that began last before it. Else it would hold two outages together that have nothing to do with each other.
 */
function unitingOnce(edges: readonly Edge[]): readonly Edge[] {
  const uniting = edges.filter(({ unites }) => unites)
  if (uniting.length <= 1) return edges
  const isSure = uniting.some(({ trust }) => trust !== 'possible')
  const nearest = uniting.reduce((a, b) => (awayFrom(b) < awayFrom(a) ? b : a))
  const stays = ({ trust, from }: Edge) => (isSure ? trust !== 'possible' : from.blame.key === nearest.from.blame.key)
  return edges.map((edge) => (edge.unites && !stays(edge) ? { ...edge, unites: false } : edge))
}

function awayFrom({ lagSeconds }: Edge): number {
  return lagSeconds < 0 ? Number.POSITIVE_INFINITY : lagSeconds
}

function edgesOf(rule: LeadRule, effect: Suspect, shared: Causes): readonly Edge[] {
  const near = shared.near(effect, rule).filter((cause) => leads(rule, cause, effect))
  return chosen(rule, near, effect)
    .toSorted((a, b) => Math.abs(lag(a, effect)) - Math.abs(lag(b, effect)))
    .slice(0, MOST_CAUSES)
    .map((from) => ({
      from,
      to: effect,
      rule: rule.name,
      words: rule.words,
      trust: rule.link === 'claim' ? lessConfident(rule.trust, trustOfClaim(from, effect)) : rule.trust,
      unites: rule.unites,
      lagSeconds: lag(from, effect),
    }))
}

/** Of a link that shares no more than a place, only what stands alone there can be the cause. */
function chosen({ link }: LeadRule, causes: readonly Suspect[], effect: Suspect): readonly Suspect[] {
  if (link === 'claim') return claimsOf(causes, effect)
  if (link !== 'caller' && link !== 'cluster') return causes
  const others = link === 'caller' ? causes.filter((each) => whoseOf(each) !== whoseOf(effect)) : causes
  return new Set(others.map(whoseOf)).size === 1 ? others : []
}

function whoseOf({ body: { object, workload } }: Suspect): string {
  return workload.name === '' ? object.name : workload.name
}

/** The claims that a pod mounts as far as names tell; where they do not, the only one that is in trouble. */
function claimsOf(claims: readonly Suspect[], pod: Suspect): readonly Suspect[] {
  const mounted = claims.filter((claim) => trustOfClaim(claim, pod) === 'certain')
  const { workload } = pod.body
  const named = claims.filter(({ body }) => workload.name !== '' && body.object.name.startsWith(`${workload.name}-`))
  return mounted.length > 0 ? mounted : named.length > 0 ? named : claims.length === 1 ? claims : []
}

/** How sure it is that a pod mounts a claim: by the name in its note, by the names that controllers make, or because there is no other. */
function trustOfClaim(claim: Suspect, pod: Suspect): Confidence {
  const { name } = claim.body.object
  const { object, metadata } = pod.body
  const isMade = name.endsWith(`-${object.name}`) || name.startsWith(`${object.name}-`)
  return metadata['claim'] === name || isMade ? 'certain' : 'likely'
}

function leads(
  { after, within, onset = Number.POSITIVE_INFINITY }: LeadRule,
  cause: Suspect,
  effect: Suspect,
): boolean {
  if (cause.id === effect.id) return false
  const begins = effect.body.firstObserved
  // Of a symptom nobody knows when it ended: it leads to what begins soon after it was told of.
  const end = cause.blame.isSymptom
    ? cause.body.lastObserved + Math.min(within * SECOND, MINUTE)
    : endOf(cause.body) + within * SECOND
  const first = cause.body.firstObserved
  return begins >= first + after * SECOND && begins <= Math.min(end, first + onset * SECOND)
}

function lag(cause: Suspect, effect: Suspect): number {
  return Math.round((effect.body.firstObserved - cause.body.firstObserved) / SECOND)
}

function fits({ problems, kind, note, name, workload, namespace }: LeadEnd, suspect: Suspect): boolean {
  const { body, blame } = suspect
  if (!problems.includes(body.class) && !problems.includes(blame.cause)) return false
  if (kind !== undefined && kind !== body.object.kind) return false
  if (name?.(body.object.name) === false || workload?.(whoseOf(suspect)) === false) return false
  return namespace?.(body.object.namespace) !== false && (note === undefined || findInNote(note, body.note) !== null)
}

type RulesByName = ReadonlyMap<string, readonly LeadRule[]>

function byName(rules: readonly LeadRule[], end: (rule: LeadRule) => LeadEnd): RulesByName {
  const named = rules.flatMap((rule) => end(rule).problems.map((name) => ({ name, rule })))
  return new Map([...Map.groupBy(named, ({ name }) => name)].map(([name, all]) => [name, all.map(({ rule }) => rule)]))
}

function rulesOf({ body, blame }: Suspect, rules: RulesByName): readonly LeadRule[] {
  const ofClass = rules.get(body.class) ?? []
  return body.class === blame.cause ? ofClass : [...new Set([...ofClass, ...(rules.get(blame.cause) ?? [])])]
}

/** Problems that can be causes, by the rule and by what they share with their effects. */
class Causes {
  /** In the order of their beginning. */
  readonly #byKey = new Map<string, Suspect[]>()
  readonly #rules: RulesByName
  readonly #places: ReadonlyMap<LeadRule, string>

  constructor(rules: readonly LeadRule[]) {
    this.#rules = byName(rules, ({ from }) => from)
    this.#places = new Map(rules.map((rule, place) => [rule, String(place)]))
  }

  /** Takes in a problem, which began after those before. */
  add(problem: Suspect): void {
    for (const rule of rulesOf(problem, this.#rules)) {
      if (!fits(rule.from, problem)) continue
      for (const key of keysOfCause(problem, rule.link)) this.#add(this.#keyOf(rule, key), problem)
    }
  }

  /** Those at the cause's end of a rule that share its link with the effect, as far as they begin near to it. */
  near(effect: Suspect, rule: LeadRule): readonly Suspect[] {
    const keys = keysOfEffect(effect, rule.link)
    return [...new Set(keys.flatMap((key) => nearest(this.#byKey.get(this.#keyOf(rule, key)) ?? [], effect)))]
  }

  #add(key: string, problem: Suspect): void {
    const known = this.#byKey.get(key)
    if (known === undefined) this.#byKey.set(key, [problem])
    else known.push(problem)
  }

  #keyOf(rule: LeadRule, key: string): string {
    return keyOf([this.#places.get(rule) ?? '', key])
  }
}

function nearest(problems: readonly Suspect[], { body: { firstObserved } }: Suspect): readonly Suspect[] {
  if (problems.length <= 2 * MOST_NEAR) return problems
  const before = countFirst(problems, ({ body }) => body.firstObserved <= firstObserved)
  return problems.slice(Math.max(0, before - MOST_NEAR), before + MOST_NEAR)
}
