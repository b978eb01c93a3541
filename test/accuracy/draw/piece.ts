import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { LabTruth } from '../lab-truth.ts'
import { millisOf } from './instants.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type Fields = Readonly<Record<string, Json>>

/** A version of an event, as the watch delivered it. */
export interface Line {
  readonly type: string
  readonly object: Fields
}

/** A line of `objects.jsonl`. */
export interface Fact extends Fields {
  readonly kind: string
  readonly name: string
  readonly uid: string
}

/** What a run of the lab recorded, or a part of it. */
export interface Piece {
  readonly name: string
  readonly lines: readonly Line[]
  readonly facts: readonly Fact[]
  readonly truth: LabTruth
  /** Milliseconds since 1970 at which the clock of its steps started. */
  readonly settled: number
}

const RECORDINGS = join(import.meta.dirname, '..', '..', 'lab', 'recordings')

/** @param name of a folder of `test/lab/recordings/`. */
export function readPiece(name: string): Piece {
  const file = (part: string) => readFileSync(join(RECORDINGS, name, part))
  const truth = JSON.parse(file('truth.json').toString()) as LabTruth
  const lines = parseLines(gunzipSync(file('events.jsonl.gz'))) as readonly Line[]
  const facts = parseLines(gunzipSync(file('objects.jsonl.gz'))) as readonly Fact[]
  return { name, lines, facts, truth, settled: millisOf(truth.settled) }
}

/** What happened in one namespace. */
export function inNamespace(piece: Piece, namespace: string): Piece {
  return {
    ...piece,
    lines: piece.lines.filter(({ object }) => fieldsOf(object['regarding'])['namespace'] === namespace),
    facts: piece.facts.filter((fact) => fact['namespace'] === namespace || fact.kind === 'Node'),
  }
}

export function parseLines(bytes: Buffer): readonly unknown[] {
  return bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
