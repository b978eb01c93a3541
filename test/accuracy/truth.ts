import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseLines, type Fact, type Line } from './draw/piece.ts'
import { outageOfLab, type LabTruth } from './lab-truth.ts'
import type { Named, Outage } from './outage.ts'

/** A recording of which it is known what was wrong, and when one would have asked. */
export interface Case {
  readonly name: string
  readonly recordings: readonly string[]
  /** Where facts about objects are; null where there are none. */
  readonly facts: string | null
  /** RFC 3339. */
  readonly at: string
  readonly outages: readonly Outage[]
  /** What goes on beside them: broken for long, or no trouble. */
  readonly background: readonly Named[]
  /** Of a day on which nothing new breaks: when it began, and where something is broken all the time. */
  readonly calm: { readonly from: string; readonly chronic: readonly Named[] } | null
  /** Half `a` or `b` of its set: one may look at one of them while working on the rules. */
  readonly half: 'a' | 'b'
}

/** As the public sets have it. */
interface PublicTruth {
  /** When the events were read: the moment of the question. */
  readonly now: string
  readonly namespace: string
  readonly cause: string
  readonly object: { readonly kind: string; readonly name: string }
  readonly visible: boolean
}

/** As recordings that were drawn have it. */
export type DrawnTruth = Pick<Case, 'at' | 'outages' | 'background'> & Partial<Pick<Case, 'calm'>>

/**
 * Every folder below `directory` that has a `truth.json` in one of the three formats and something to ask about.
 *
 * @param withFacts whether what `objects.jsonl.gz` beside a recording tells of objects is used as well.
 * @throws Error with the file that cannot be read.
 */
export function readCases(directory: string, withFacts = true): readonly Case[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name))
    .filter((folder) => existsSync(join(folder, 'truth.json')))
    .flatMap((folder) => readCase(folder, withFacts))
}

function readCase(folder: string, withFacts: boolean): readonly Case[] {
  const file = join(folder, 'truth.json')
  const truth = JSON.parse(readFileSync(file, 'utf8')) as LabTruth | PublicTruth | DrawnTruth
  const name = basename(folder)
  const recordings = readdirSync(folder)
    .filter((each) => each.startsWith('events.'))
    .map((each) => join(folder, each))
  const beside = join(folder, 'objects.jsonl.gz')
  const facts = withFacts && existsSync(beside) ? beside : null
  const base = { name, recordings, facts, calm: null, half: halfOf(name) }
  if ('outages' in truth) return [{ ...base, ...truth }]
  if ('visible' in truth) return [{ ...base, ...ofPublic(truth) }]
  if (!Array.isArray(truth.explains))
    throw new Error(`${file} is in none of the three formats: it has no explains, no visible and no outages`)
  const known = existsSync(beside) ? (linesOf(beside) as readonly Fact[]) : []
  const found = outageOfLab(truth, recordings.flatMap(linesOf) as readonly Line[], known, facts !== null)
  if (found === null) return []
  return [{ ...base, at: found.at, outages: [found.outage], background: truth.noise ?? [] }]
}

/** Known before anybody looked at it: a hash of the name. */
export function halfOf(name: string): 'a' | 'b' {
  return Number.parseInt(hash('sha256', name).slice(0, 2), 16) % 2 === 0 ? 'a' : 'b'
}

function ofPublic({ now, namespace, cause, object, visible }: PublicTruth): DrawnTruth {
  const outage: Outage = {
    object: { ...object, ...(object.kind === 'workload' ? { namespace } : {}) },
    alternatives: [],
    fault: cause,
    isVisible: visible,
    effects: [],
    edges: null,
    began: null,
  }
  return { at: now, outages: [outage], background: [] }
}

function linesOf(file: string): readonly unknown[] {
  return parseLines(gunzipSync(readFileSync(file)))
}
