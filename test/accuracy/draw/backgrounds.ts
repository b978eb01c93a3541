import type { Named } from '../outage.ts'
import type { Chance } from './chance.ts'
import { lay, partOf, prolong, type Laid, type Window } from './lay.ts'
import { inNamespace, readPiece, type Piece } from './piece.ts'
import { Renaming, type FreshNames } from './renaming.ts'
import type { Background } from './recipes.ts'

/** How a background is laid over a time: what it tells of, and the lines. */
export interface LaidBackground extends Laid {
  readonly about: readonly Named[]
}

interface Span {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
}

/** What goes on all the time: where in the recording `background` it is, and the part that repeats itself. */
const CHRONIC: Readonly<Partial<Record<Background, { readonly namespace: string; readonly repeats: Window }>>> = {
  'crash-loop': { namespace: 'legacy', repeats: { from: 640, to: 940 } },
  'missing-image': { namespace: 'tools', repeats: { from: 640, to: 940 } },
  'no-metrics': { namespace: 'web', repeats: { from: 640, to: 940 } },
  'flapping-probe': { namespace: 'edge', repeats: { from: 640, to: 940 } },
}

/** What happens now and then: the part of a recording, and how many minutes apart it is laid. */
const REPEATED: Readonly<
  Partial<
    Record<
      Background,
      { readonly piece: string; readonly namespace?: string; readonly part: Window; readonly everyMinutes: number }
    >
  >
> = {
  rollouts: { piece: 'background', namespace: 'build', part: { from: 35, to: 185 }, everyMinutes: 97 },
  'cron-jobs': { piece: 'shop-jobs', part: { from: 230, to: 410 }, everyMinutes: 60 },
  drain: { piece: 'drain', part: { from: 2, to: 38 }, everyMinutes: 180 },
}

export function layBackground(kind: Background, span: Span, names: FreshNames, chance: Chance): LaidBackground {
  const chronic = CHRONIC[kind]
  if (chronic !== undefined) return layChronic(kind, chronic, span, names, chance)
  const repeated = REPEATED[kind]
  if (repeated === undefined) throw new Error(`Nobody says how ${kind} is laid`)
  const whole = readPiece(repeated.piece)
  const piece = repeated.namespace === undefined ? whole : inNamespace(whole, repeated.namespace)
  const fresh = names.of(piece)
  const every = repeated.everyMinutes * 60_000
  const first = span.from + chance.number(`${kind} begins`, every)
  const times = Array.from(
    { length: Math.max(1, Math.ceil((span.to - first) / every)) },
    (_, round) => first + round * every,
  )
  const part = partOf(piece, repeated.part)
  const laid = times.map((time, round) => {
    const seconds = Math.round((time - piece.settled) / 1_000)
    // Jobs of CronJobs are called after the minute in which they are due.
    return lay(part, seconds, new Renaming(piece, fresh, chance, `${kind} ${String(round)}`, Math.round(seconds / 60)))
  })
  return { ...joined(laid), about: aboutOf(piece, fresh) }
}

function layChronic(
  kind: Background,
  { namespace, repeats }: { readonly namespace: string; readonly repeats: Window },
  span: Span,
  names: FreshNames,
  chance: Chance,
): LaidBackground {
  const piece = inNamespace(readPiece('background'), namespace)
  const seconds = Math.round((span.from - piece.settled) / 1_000)
  const long = prolong(piece, repeats, (span.to - span.from) / 1_000, chance)
  const fresh = names.of(piece)
  return { ...lay(long, seconds, new Renaming(piece, fresh, chance, kind)), about: aboutOf(piece, fresh) }
}

export function joined(laid: readonly Laid[]): Laid {
  const facts = new Map(laid.flatMap((each) => each.facts.map((fact) => [fact.uid, fact] as const)))
  return { lines: laid.flatMap(({ lines }) => lines), facts: [...facts.values()] }
}

/** Everything in its namespaces, and its nodes. */
function aboutOf(piece: Piece, fresh: ReadonlyMap<string, string>): readonly Named[] {
  const namespaces = new Set(piece.facts.map((fact) => fact['namespace']).filter((each) => typeof each === 'string'))
  const nodes = piece.facts.filter(({ kind }) => kind === 'Node').map(({ name }) => name)
  return [
    ...[...namespaces].map((name) => ({ kind: 'Namespace', name: fresh.get(name) ?? name })),
    ...nodes.map((name) => ({ kind: 'Node', name: fresh.get(name) ?? name })),
  ]
}
