import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { outageOfLab } from '../lab-truth.ts'
import type { Edge, Named, Outage } from '../outage.ts'
import type { DrawnTruth } from '../truth.ts'
import { joined, layBackground } from './backgrounds.ts'
import { Chance } from './chance.ts'
import { instantOf, millisOf } from './instants.ts'
import { lay, type Laid } from './lay.ts'
import { fieldsOf, readPiece, type Fields, type Json, type Line } from './piece.ts'
import type { Recipe } from './recipes.ts'
import { FreshNames, Renaming } from './renaming.ts'

const DAY = 86_400_000
const MINUTE = 60_000

/** The faults of all recordings lie in this month. */
const MONTH = Date.UTC(2026, 9, 1)

/** What is broken for long is so for more than a day when the fault begins. */
const BEFORE = 27 * 60 * MINUTE

export interface Composed extends Laid {
  readonly truth: DrawnTruth
}

/** The same recipe gives the same recording. */
export function compose(recipe: Recipe): Composed {
  const chance = new Chance(`recording ${String(recipe.seed)}`)
  const names = new FreshNames(chance)
  const some = MONTH + chance.number('time', 28 * DAY - BEFORE) + BEFORE
  const first = layFault(recipe.fault, some, names, chance, recipe.withFacts)
  const { asked } = first
  const faults = [
    first,
    ...(recipe.second === null ? [] : [layFault(recipe.second, asked, names, chance, recipe.withFacts)]),
  ]
  const ended = asked - MINUTE * (6 + chance.number('pause', 35))
  const before = recipe.before === null ? [] : [layFault(recipe.before, ended, names, chance, recipe.withFacts)]
  const span = { from: asked - BEFORE, to: asked + MINUTE }
  const backgrounds = recipe.backgrounds.map((kind) => layBackground(kind, span, names, chance))
  const laid = joined([...backgrounds, ...before, ...faults])
  return {
    lines: laid.lines.toSorted(([a], [b]) => a - b),
    facts: recipe.withFacts ? laid.facts : [],
    truth: {
      at: instantOf(asked),
      outages: faults.map(({ outage }) => outage),
      background: backgrounds.flatMap(({ about }) => about),
    },
  }
}

/** A fault such that the moment at which one would ask is a certain one, or less than a second before it: all is moved by whole seconds. */
function layFault(
  fault: string,
  asked: number,
  names: FreshNames,
  chance: Chance,
  withFacts: boolean,
): Laid & { readonly outage: Outage; readonly asked: number } {
  const piece = readPiece(fault)
  const found = outageOfLab(piece.truth, piece.lines, piece.facts, withFacts)
  if (found === null) throw new Error(`${fault} has no fault`)
  const seconds = Math.floor((asked - millisOf(found.at)) / 1_000)
  const renaming = new Renaming(piece, names.of(piece), chance, fault)
  const { object, effects, edges, alternatives, began } = found.outage
  const outage = {
    ...found.outage,
    object: object === null ? null : named(object, renaming),
    alternatives: alternatives.map((each) => named(each, renaming)),
    effects: effects.map((each) => named(each, renaming)),
    edges: edges?.map((edge): Edge => ({ from: named(edge.from, renaming), to: named(edge.to, renaming) })) ?? null,
    began: began === null ? null : instantOf(millisOf(began) + seconds * 1_000),
  }
  return { ...lay(piece, seconds, renaming), outage, asked: millisOf(found.at) + seconds * 1_000 }
}

function named({ kind, namespace, name }: Named, renaming: Renaming): Named {
  const place = namespace === undefined ? {} : { namespace: renaming.text(namespace) }
  return { kind, ...place, name: renaming.text(name) }
}

/** Writes a recording as `lab run` does, with its truth. resourceVersion rises from line to line. */
export function writeComposed({ lines, facts, truth }: Composed, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const numbered = lines.map(([, line], place) => versioned(line, 1_000 + 3 * place))
  writeFileSync(join(folder, 'events.jsonl.gz'), zipped(numbered))
  if (facts.length > 0) writeFileSync(join(folder, 'objects.jsonl.gz'), zipped(facts))
  writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`)
}

function versioned({ type, object }: Line, version: number): { readonly type: string; readonly object: Fields } {
  const metadata: Json = { ...fieldsOf(object['metadata']), resourceVersion: String(version) }
  return { type, object: { ...object, metadata } }
}

function zipped(lines: readonly unknown[]): Buffer {
  return gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}
