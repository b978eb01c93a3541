import { MINUTE, SECOND } from '../clock.ts'
import { keyOf } from '../event/object-reference.ts'
import { mapInSlices } from '../event/slices.ts'
import { lessConfident, type Confidence } from './blame/blame.ts'
import { LEAD_RULES, type LeadEnd, type LeadLink, type LeadRule } from './lead-rules.ts'
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

/** Which problems led to which, by the rules. Each problem as effect asks those that it shares something with. */
export async function findEdges(problems: readonly Suspect[]): Promise<readonly Edge[]> {
  const shared = new Shared()
  await mapInSlices(problems, (problem) => shared.add(problem))
  const found = await mapInSlices(problems, (effect) =>
    LEAD_RULES.filter(({ to }) => fits(to, effect)).flatMap((rule) => edgesOf(rule, effect, shared)),
  )
  return found.flat()
}

function edgesOf(rule: LeadRule, effect: Suspect, shared: Shared): readonly Edge[] {
  const near = shared.near(effect, rule).filter((cause) => leads(rule, cause, effect))
  const causes = rule.link === 'claim' ? claimsOf(near, effect) : near
  if (rule.link === 'cluster' && new Set(causes.map(({ body }) => body.object.name)).size !== 1) return []
  return causes
    .toSorted((a, b) => Math.abs(lag(a, effect)) - Math.abs(lag(b, effect)))
    .slice(0, MOST_CAUSES)
    .map((from) => ({
      from,
      to: effect,
      rule: rule.name,
      words: rule.words,
      trust: rule.link === 'claim' ? lessConfident(rule.trust, trustOfClaim(from, effect)) : rule.trust,
      unites: rule.trust !== 'possible' || rule.link === 'workload',
      lagSeconds: lag(from, effect),
    }))
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

function leads({ from, after, within }: LeadRule, cause: Suspect, effect: Suspect): boolean {
  if (cause.id === effect.id || !fits(from, cause)) return false
  const begins = effect.body.firstObserved
  // Of a symptom nobody knows when it ended: it leads to what begins soon after it was told of.
  const end = cause.blame.isSymptom
    ? cause.body.lastObserved + Math.min(within * SECOND, MINUTE)
    : endOf(cause.body) + within * SECOND
  return begins >= cause.body.firstObserved + after * SECOND && begins <= end
}

function lag(cause: Suspect, effect: Suspect): number {
  return Math.round((effect.body.firstObserved - cause.body.firstObserved) / SECOND)
}

function fits({ names, kind, note }: LeadEnd, { body, blame }: Suspect): boolean {
  if (!names.includes(body.class) && !names.includes(blame.cause)) return false
  return (kind === undefined || kind === body.object.kind) && (note === undefined || note.test(body.note))
}

/** Finds problems by what they share with another one, and by what they are. */
class Shared {
  /** In the order of their beginning. */
  readonly #byKey = new Map<string, Suspect[]>()

  /** Takes in a problem, which began after those before. */
  add(problem: Suspect): void {
    const names = new Set([problem.body.class, problem.blame.cause])
    for (const key of keysOfCause(problem)) for (const name of names) this.#add(keyOf([name, key]), problem)
  }

  /** Those that stand at the cause's end of a rule and share its link with the effect, as far as they begin near to it. */
  near(effect: Suspect, { link, from }: LeadRule): readonly Suspect[] {
    const found = keysOfEffect(effect, link).flatMap((key) =>
      from.names.flatMap((name) => nearest(this.#byKey.get(keyOf([name, key])) ?? [], effect)),
    )
    return [...new Set(found)]
  }

  #add(key: string, problem: Suspect): void {
    const known = this.#byKey.get(key)
    if (known === undefined) this.#byKey.set(key, [problem])
    else known.push(problem)
  }
}

function nearest(problems: readonly Suspect[], { body: { firstObserved } }: Suspect): readonly Suspect[] {
  if (problems.length <= 2 * MOST_NEAR) return problems
  const before = countFirst(problems, ({ body }) => body.firstObserved <= firstObserved)
  return problems.slice(Math.max(0, before - MOST_NEAR), before + MOST_NEAR)
}

function keysOfCause({ body }: Suspect): readonly string[] {
  const { cluster, object, workload } = body
  const node = nodeOf(body)
  const { kind, namespace, name } = object
  return [
    keyOf(['object', cluster, kind, namespace, name]),
    keyOf(['named', cluster, namespace, name]),
    ...(object.uid === '' ? [] : [keyOf(['uid', cluster, object.uid])]),
    ...(kind === 'Node' ? [keyOf(['cluster', cluster])] : []),
    ...(workload.name === '' ? [] : [keyOf(['workload', cluster, namespace, workload.name])]),
    ...(node === '' ? [] : [keyOf(['node', cluster, node])]),
    ...(kind === 'PersistentVolumeClaim' ? [keyOf(['claims', cluster, namespace])] : []),
  ]
}

function keysOfEffect({ body }: Suspect, link: LeadLink): readonly string[] {
  const { cluster, object, workload, metadata, note } = body
  const { kind, namespace, name } = object
  const node = nodeOf(body)
  switch (link) {
    case 'object':
      return [keyOf(['object', cluster, kind, namespace, name])]
    case 'workload':
      return workload.name === '' ? [] : [keyOf(['workload', cluster, namespace, workload.name])]
    case 'node':
      return node === '' ? [] : [keyOf(['node', cluster, node])]
    case 'claim':
      return [keyOf(['claims', cluster, namespace])]
    case 'named': {
      const wanted = [metadata['secret'], metadata['configMap']].filter((each) => each !== undefined && each !== '')
      return wanted.map((each) => keyOf(['named', cluster, namespace, each ?? '']))
    }
    case 'service': {
      const called = /https?:\/\/([a-z0-9][a-z0-9-]{0,62})\.([a-z0-9][a-z0-9-]{0,62})\.svc/.exec(note)
      const [, service = '', where = ''] = called ?? []
      return called === null ? [] : [keyOf(['workload', cluster, where, service])]
    }
    case 'preemptor':
      return metadata['preemptor'] === undefined ? [] : [keyOf(['uid', cluster, metadata['preemptor']])]
    case 'cluster':
      return [keyOf(['cluster', cluster])]
  }
}

function nodeOf({ object, node }: Suspect['body']): string {
  return object.kind === 'Node' ? object.name : node
}
