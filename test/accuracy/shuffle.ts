import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { RawEvent } from '../../collector/src/event/raw-event.ts'
import { Pseudonymizer } from '../../collector/src/source/record/pseudonymize.ts'
import { fieldsOf, parseLines, type Fields, type Json } from './draw/piece.ts'
import type { Edge, Named, Outage } from './outage.ts'
import type { Case } from './truth.ts'

/** Fields of facts that are no names. */
const KEPT = new Set(['kind', 'apiVersion', 'controller'])

/**
 * The same case with all names replaced, in events, notes, facts and truth, as `eventloom record --redact-names` replaces them.
 * A rule that lives on a name is wrong about it.
 *
 * @param directory where its files are written.
 */
export function shuffled(asked: Case, directory: string): Case {
  const names = new Pseudonymizer(`accuracy ${asked.name}`)
  const folder = join(directory, asked.name)
  mkdirSync(folder, { recursive: true })
  const rewritten = (file: string, change: (line: Fields) => Fields): string => {
    const lines = parseLines(file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file))
    const path = join(folder, `${basename(file).replace(/\.gz$/, '')}.gz`)
    writeFileSync(path, gzipSync(lines.map((line) => `${JSON.stringify(change(fieldsOf(line)))}\n`).join('')))
    return path
  }
  return {
    ...asked,
    recordings: asked.recordings.map((file) => rewritten(file, (line) => renamedEvent(line, names))),
    facts: asked.facts === null ? null : rewritten(asked.facts, (fact) => renamedFact(fact, names) as Fields),
    outages: asked.outages.map((outage) => renamedOutage(outage, names)),
    background: asked.background.map((each) => renamed(each, names)),
  }
}

function renamedEvent(line: Fields, names: Pseudonymizer): Fields {
  const { type, object } = line
  const isNotice = typeof type === 'string' && typeof object === 'object'
  const event = names.event((isNotice ? object : line) as RawEvent) as Fields
  return isNotice ? { type, object: event } : event
}

function renamedFact(value: Json, names: Pseudonymizer): Json {
  if (typeof value === 'string') return names.name(value)
  if (Array.isArray(value)) return value.map((each: Json) => renamedFact(each, names))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as Fields)
  return Object.fromEntries(entries.map(([key, each]) => [key, KEPT.has(key) ? each : renamedFact(each, names)]))
}

function renamedOutage(outage: Outage, names: Pseudonymizer): Outage {
  const { object, alternatives, effects, edges } = outage
  return {
    ...outage,
    object: object === null ? null : renamed(object, names),
    alternatives: alternatives.map((each) => renamed(each, names)),
    effects: effects.map((each) => renamed(each, names)),
    edges: edges?.map(({ from, to }): Edge => ({ from: renamed(from, names), to: renamed(to, names) })) ?? null,
  }
}

function renamed<T extends Named>(named: T, names: Pseudonymizer): T {
  const place = named.namespace === undefined ? {} : { namespace: names.name(named.namespace) }
  return { ...named, ...place, name: names.name(named.name) }
}
