import type { ProblemBody } from '../../event/problem.ts'
import { ADMISSION } from './admission.ts'
import { findInNote } from '../note-pattern.ts'
import { fill, type BlameRule, type Confidence, type ThingTemplate, type Told } from './blame-rule.ts'
import { CERTIFICATES } from './certificates.ts'
import { CONTAINERS } from './containers.ts'
import { IMAGES } from './images.ts'
import { KUBELET } from './kubelet.ts'
import { NODES } from './nodes.ts'
import { SCALING } from './scaling.ts'
import { decidingRefusal } from './scheduling.ts'
import { SERVICES } from './services.ts'
import { STORAGE } from './storage.ts'

export { lessConfident, confidenceRank, type Confidence } from './blame-rule.ts'

export interface NamedThing {
  readonly kind: string
  readonly name: string
  readonly detail: string
}

export interface BlamedObject {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** What one problem says of its cause. */
export interface Blame {
  /** What the cause is called, in one word. */
  readonly cause: string
  readonly object: BlamedObject
  readonly thing: NamedThing | null
  readonly confidence: Confidence
  readonly isSymptom: boolean
  readonly words: string
  /** Whether the thing is one for the whole cluster. */
  readonly isWide: boolean
  /** The same for every problem that blames the same thing, whatever it is about. */
  readonly key: string
}

/** All of them; the first of a problem that fits decides. */
export const BLAME_RULES: readonly BlameRule[] = [
  ...ADMISSION,
  ...IMAGES,
  ...CONTAINERS,
  ...STORAGE,
  ...NODES,
  ...KUBELET,
  ...SCALING,
  ...SERVICES,
  ...CERTIFICATES,
]

type RulesByProblem = ReadonlyMap<string, readonly BlameRule[]>

const SHIPPED: RulesByProblem = byProblem(BLAME_RULES)

/** The rules of a user, which come first, with the shipped ones. */
export function withShipped(own: readonly BlameRule[]): RulesByProblem {
  return own.length === 0 ? SHIPPED : byProblem([...own, ...BLAME_RULES])
}

/** What the problem says of its own cause: by the first rule that fits; of a kind without rule, its own object. */
export function blameOf(body: ProblemBody, rules: RulesByProblem = SHIPPED): Blame {
  for (const rule of rules.get(body.class) ?? []) {
    const blame = fits(rule, body) ? blameBy(rule, body) : null
    if (blame !== null) return blame
  }
  return body.class === 'FailedScheduling' ? blameOfScheduling(body) : itself(body)
}

function fits({ has = [] }: BlameRule, { metadata }: ProblemBody): boolean {
  return has.every((each) => {
    const [key = '', value] = each.split('=', 2)
    const said = metadata[key] ?? ''
    return value === undefined ? said !== '' : said === value
  })
}

function blameBy(rule: BlameRule, body: ProblemBody): Blame | null {
  const found = rule.note === undefined ? {} : findInNote(rule.note, body.note)
  if (found === null) return null
  const told = { body, found }
  const words = fill(rule.words, told)
  const thing = rule.thing === undefined ? null : thingOf(rule.thing, told)
  const object = blamed(rule.blames, body, thing)
  if (words === null || object === null || (rule.thing !== undefined && thing === null)) return null
  const { cause, confidence, isSymptom = false } = rule
  const isWide = rule.thing?.isClusterWide === true
  return { cause, object, thing, confidence, isSymptom, words, isWide, key: keyOf(body, cause, object, thing, isWide) }
}

function thingOf({ kind, name, detail = '' }: ThingTemplate, told: Told): NamedThing | null {
  const filled = fill(name, told)
  return filled === null || filled === '' ? null : { kind, name: filled, detail: fill(detail, told) ?? '' }
}

function blamed(blames: BlameRule['blames'], body: ProblemBody, thing: NamedThing | null): BlamedObject | null {
  const { object, workload, node } = body
  const { kind, namespace, name } = object
  switch (blames) {
    case 'object':
      return { kind, namespace, name }
    case 'workload':
      return workload.name === '' ? { kind, namespace, name } : { ...workload, namespace }
    case 'namespace':
      return { kind: 'Namespace', namespace: '', name: namespace }
    case 'node':
      if (kind === 'Node') return { kind, namespace: '', name }
      return node === '' ? null : { kind: 'Node', namespace: '', name: node }
    case 'thing':
      return thing === null ? null : { kind: thing.kind, namespace: '', name: thing.name }
  }
}

/** Of a thing by its name; of what names no thing by the object that is blamed. What is on a node is the node's. */
function keyOf(
  body: ProblemBody,
  cause: string,
  object: BlamedObject,
  thing: NamedThing | null,
  isWide: boolean,
): string {
  const where = isWide ? '' : body.object.namespace
  if (object.kind === 'Node') return JSON.stringify([body.cluster, 'Node', object.name, thing?.kind ?? cause])
  if (thing === null) return JSON.stringify([body.cluster, cause, object.kind, object.namespace, object.name])
  const ofWorkload = OF_WORKLOAD.has(thing.kind) ? [object.kind, object.name] : []
  return JSON.stringify([body.cluster, where, thing.kind, thing.name, ...ofWorkload])
}

/** Things that every workload has of its own, whatever they are called. */
const OF_WORKLOAD = new Set(['Probe', 'Container', 'Hook', 'Limit', 'Volume', 'LimitRange', 'Metric', 'Device'])

function blameOfScheduling(body: ProblemBody): Blame {
  const claim = claimOf(body)
  if (claim !== null) return claim
  const deciding = decidingRefusal(body)
  if (deciding === null) return { ...itself(body), isSymptom: true }
  const { refusal, others } = deciding
  const { cause, thing, words } = refusal
  const confidence = others === 0 ? 'certain' : 'likely'
  const rule = { problems: [body.class], cause, blames: 'workload', thing, confidence, words } as const
  return blameBy(rule, body) ?? itself(body)
}

const UNBOUND = /unbound (?:immediate )?PersistentVolumeClaim/
const CLAIM_MISSING = /persistentvolumeclaim "([^"]{1,253})" not found/

/** What a pod that waits for a claim says: without its name it can only be a symptom. */
function claimOf(body: ProblemBody): Blame | null {
  const thing = { kind: 'PersistentVolumeClaim', name: '{claim}' }
  const rule = { problems: [body.class], blames: 'workload', confidence: 'certain' } as const
  if (CLAIM_MISSING.test(body.note)) {
    const words = 'The claim {claim} that {workload} uses does not exist'
    return blameBy({ ...rule, cause: 'ClaimMissing', thing, words }, body)
  }
  if (!UNBOUND.test(body.note) && !/binding volumes|PreBind/.test(body.note)) return null
  const words = 'A claim of {workload} has no volume'
  return blameBy({ ...rule, cause: 'ClaimUnbound', confidence: 'likely', isSymptom: true, words }, body)
}

/** Of a kind of trouble that no rule knows: the object itself, which is never more than possible. */
function itself(body: ProblemBody): Blame {
  const words = `${body.class} of {object}`
  const rule = { problems: [body.class], cause: body.class, blames: 'object', confidence: 'possible', words } as const
  const blame = blameBy(rule, body)
  if (blame === null) throw new Error(`every problem has an object, and ${body.class} has none`)
  return blame
}

function byProblem(rules: readonly BlameRule[]): ReadonlyMap<string, readonly BlameRule[]> {
  const byName = new Map<string, BlameRule[]>()
  for (const rule of rules)
    for (const problem of rule.problems) byName.set(problem, [...(byName.get(problem) ?? []), rule])
  return byName
}
