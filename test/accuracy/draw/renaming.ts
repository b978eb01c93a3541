import type { Chance } from './chance.ts'
import { fieldsOf, listOf, textOf, type Fact, type Fields, type Json, type Piece } from './piece.ts'
import { MORE_WORDS, NAMESPACES, WORKLOADS } from './words.ts'

/** What Kubernetes makes the ends of names of: of pods, and of the templates of ReplicaSets. */
const SUFFIX = 'bcdfghjklmnpqrstvwxz2456789'
const TEMPLATE = '456789bcdf'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Fields that name no object. */
const KEPT = new Set(['type', 'kind', 'apiVersion', 'reason', 'action', 'component', 'reportingController'])

/** The same object each time that a piece is laid. */
const LASTING = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'HorizontalPodAutoscaler', 'Node'])
const NAMED_BY_PEOPLE = new Set([...LASTING, 'Job'])
const SYSTEM = new Set(['', 'default', 'kube-system'])

/** Names that no two pieces of one recording share. */
export class FreshNames {
  readonly #chance: Chance
  readonly #left: Record<'workload' | 'namespace' | 'other', string[]>
  #nodes = 0

  constructor(chance: Chance) {
    this.#chance = chance
    this.#left = {
      workload: [...chance.shuffled('workloads', WORKLOADS)],
      namespace: [...chance.shuffled('namespaces', NAMESPACES)],
      other: [...chance.shuffled('others', MORE_WORDS)],
    }
  }

  /** A new name for each that people gave in the piece; ends of names are not among them. */
  of(piece: Piece): ReadonlyMap<string, string> {
    const names = new Map<string, string>()
    const give = (name: string, make: () => string) => {
      if (!SYSTEM.has(name) && !names.has(name)) names.set(name, make())
    }
    for (const fact of piece.facts) {
      const isJobOfCron = fact.kind === 'Job' && ownerOf(fact) !== ''
      if (fact.kind === 'Node') give(fact.name, () => this.#node())
      else if (NAMED_BY_PEOPLE.has(fact.kind) && !isJobOfCron) give(fact.name, () => this.#take('workload'))
      give(textOf(fact['storageClass']), () => this.#take('other'))
    }
    for (const { object } of piece.lines)
      give(textOf(fieldsOf(object['regarding'])['namespace']), () => this.#take('namespace'))
    const blamed = piece.truth.rootCause?.object
    if (blamed !== undefined && !blamed.name.includes('.')) give(blamed.name, () => this.#take('other'))
    if (blamed?.kind === 'Registry') give(blamed.name, () => `${this.#take('other')}.example.net`)
    return names
  }

  #node(): string {
    this.#nodes += 1
    return `worker-${String(this.#nodes)}-${this.#chance.text(`node ${String(this.#nodes)}`, SUFFIX, 4)}`
  }

  #take(kind: 'workload' | 'namespace' | 'other'): string {
    const name = this.#left[kind].pop()
    if (name === undefined) throw new Error(`No ${kind} name is left: add words`)
    return name
  }
}

/** Names and uids of a piece as they are in one laying of it. */
export class Renaming {
  readonly #tokens: ReadonlyMap<string, string>
  readonly #pattern: RegExp
  readonly #uuid: (uuid: string) => string

  /** @param laying which laying of the piece it is: what controllers made is born anew in each. */
  constructor(piece: Piece, names: ReadonlyMap<string, string>, chance: Chance, laying: string, minutes = 0) {
    const lasting = new Set(piece.facts.filter(({ kind }) => LASTING.has(kind)).map(({ uid }) => uid))
    this.#uuid = (uuid) => chance.uuid(`${piece.name} ${lasting.has(uuid) ? '' : laying} ${uuid}`)
    this.#tokens = new Map([...names, ...endsOf(piece.facts, chance, laying, minutes)])
    const longest = [...this.#tokens.keys()].toSorted((a, b) => b.length - a.length).map((name) => RegExp.escape(name))
    this.#pattern = new RegExp(`(?<![A-Za-z0-9])(?:${longest.join('|')})(?![A-Za-z0-9])`, 'g')
  }

  text(text: string): string {
    if (this.#tokens.size === 0) return text.replace(UUID, this.#uuid)
    const named = text.replace(this.#pattern, (name) => this.#tokens.get(name) ?? name)
    return named.replace(UUID, this.#uuid)
  }

  value(value: Json): Json {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((each: Json) => this.value(each))
    return typeof value === 'object' && value !== null ? this.fields(value as Fields) : value
  }

  fields<T extends Fields>(fields: T): T {
    const entries = Object.entries(fields)
    return Object.fromEntries(entries.map(([key, each]) => [key, KEPT.has(key) ? each : this.value(each)])) as T
  }
}

/** The ends that controllers gave to names: each alone is replaced, so that a pod still is called after its ReplicaSet. */
function endsOf(
  facts: readonly Fact[],
  chance: Chance,
  laying: string,
  minutes: number,
): readonly (readonly [string, string])[] {
  return facts.flatMap((fact) => {
    const owner = ownerOf(fact)
    if (owner === '' || !fact.name.startsWith(`${owner}-`)) return []
    const end = fact.name.slice(owner.length + 1)
    if (fact.kind === 'Job') return [[end, String(Number(end) + minutes)] as const]
    if (fact.kind === 'ReplicaSet') return [[end, chance.text(`${laying} ${end}`, TEMPLATE, end.length)] as const]
    return fact.kind === 'Pod' && /^[a-z0-9]{5}$/.test(end)
      ? [[end, chance.text(`${laying} ${end}`, SUFFIX, 5)] as const]
      : []
  })
}

function ownerOf(fact: Fact): string {
  return textOf(fieldsOf(listOf(fact['owners'])[0])['name'])
}
