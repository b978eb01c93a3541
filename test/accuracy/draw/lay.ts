import { moveLine, timed, writtenAt } from './instants.ts'
import type { Chance } from './chance.ts'
import { fieldsOf, textOf, type Fact, type Fields, type Json, type Line, type Piece } from './piece.ts'
import type { Renaming } from './renaming.ts'

/** Seconds since the clock of a piece's steps started. */
export interface Window {
  readonly from: number
  readonly to: number
}

export interface Laid {
  /** Each with the milliseconds since 1970 at which it was written, in order. */
  readonly lines: readonly (readonly [number, Line])[]
  readonly facts: readonly Fact[]
}

/** Lays a piece at another time, under names of its own. All distances in time stay. */
export function lay(piece: Piece, seconds: number, renaming: Renaming): Laid {
  return {
    lines: timed(piece.lines.map((line) => moveLine(line, seconds))).map(([at, { type, object }]) => [
      at,
      { type, object: renaming.fields(object) },
    ]),
    facts: piece.facts.map((fact) => renaming.fields(fact)),
  }
}

/** What goes on and on: the window is repeated until so many seconds, and its counts go on. Of the events, those from before stay the same ones. */
export function prolong(piece: Piece, window: Window, until: number, chance: Chance): Piece {
  const [from, to] = [piece.settled + window.from * 1_000, piece.settled + window.to * 1_000]
  const before = piece.lines.filter((line) => writtenAt(line) < to)
  const repeated = before.filter((line) => writtenAt(line) >= from)
  const known = countsOf(before.filter((line) => writtenAt(line) < from))
  const after = countsOf(before)
  const length = window.to - window.from
  const more = Array.from({ length: Math.ceil((until - window.to) / length) }, (_, round) =>
    repeated.map((line) => {
      const moved = moveLine(line, (round + 1) * length, from)
      const uid = uidOf(line)
      const earlier = known.get(uid)
      if (earlier === undefined) return bornAnew(moved, chance, String(round))
      return { type: 'MODIFIED', object: counted(moved.object, (round + 1) * ((after.get(uid) ?? 0) - earlier)) }
    }),
  )
  return { ...piece, lines: [...before, ...more.flat()] }
}

/** A part of a piece, with the facts about what it tells of. */
export function partOf(piece: Piece, { from, to }: Window): Piece {
  const isIn = (line: Line) => {
    const at = writtenAt(line) - piece.settled
    return at >= from * 1_000 && at < to * 1_000
  }
  const lines = piece.lines.filter(isIn)
  const about = new Set(lines.map(({ object }) => textOf(fieldsOf(object['regarding'])['uid'])))
  const facts = piece.facts.filter(({ kind, uid }) => (kind !== 'Pod' && kind !== 'Job') || about.has(uid))
  return { ...piece, lines, facts }
}

function countsOf(lines: readonly Line[]): ReadonlyMap<string, number> {
  return new Map(lines.map((line) => [uidOf(line), countOf(line.object)]))
}

function countOf(event: Fields): number {
  const count = fieldsOf(event['series'])['count'] ?? event['deprecatedCount']
  return typeof count === 'number' ? count : 1
}

function counted(event: Fields, more: number): Fields {
  const count: Json = countOf(event) + more
  const { series } = event
  if (typeof series === 'object' && series !== null) return { ...event, series: { ...fieldsOf(series), count } }
  return { ...event, deprecatedCount: count }
}

function bornAnew({ type, object }: Line, chance: Chance, round: string): Line {
  const metadata = fieldsOf(object['metadata'])
  const uid = chance.uuid(`${textOf(metadata['uid'])} ${round}`)
  const name = `${textOf(metadata['name']).replace(/\.[0-9a-f]+$/, '')}.${uid.replaceAll('-', '').slice(0, 16)}`
  return { type, object: { ...object, metadata: { ...metadata, uid, name } } }
}

function uidOf({ object }: Line): string {
  return textOf(fieldsOf(object['metadata'])['uid'])
}
