import { hash } from 'node:crypto'
import type { EpochMicros } from '../clock.ts'
import { maskNote } from './mask.ts'
import { DistinctObjects } from './distinct-objects.ts'
import type { DetectedEvent } from './detected-event.ts'

/** Templates remembered; beyond it those that were not used for longest are forgotten. Their ids do not change. */
export const MAX_TEMPLATES = 2_000

/** Templates of one length and first word: more than that are noise, and comparing them all would be slow. */
const MAX_PER_LEAF = 100

/**
 * Texts that differ in one word only, until that word is taken for a variable. Fewer may be a closed set of words that
 * mean different things ("Liveness", "Readiness", "Startup").
 */
const MIN_VARIANTS = 8

/** Stands for a word that was found to vary. */
const WILDCARD = '<*>'

/** The kind of a message: its words, with those that vary masked. Changed in place. */
export interface Template {
  readonly id: string
  readonly text: string
  readonly words: readonly string[]
  readonly objects: DistinctObjects
  readonly clusters: Set<string>
  reason: string
  occurrences: number
  isLowerBound: boolean
  first: EpochMicros
  last: EpochMicros
  revision: number
  /** When its newest record was written; 0 before the first. */
  recorded: EpochMicros
  used: number
  /** As of a pattern. */
  countedUntil: EpochMicros
  restoredUntil: EpochMicros
}

interface Leaf {
  exact: Template[]
  wild: Template[]
}

/**
 * Finds the template of each note: masks, then a fixed-depth tree (number of words, first word) whose leaves take a word
 * for a variable once {@link MIN_VARIANTS} texts differ in it alone. Drain (He et al. 2017, "Drain: An Online Log Parsing
 * Approach with Fixed Depth Tree") does so from the second text on when half of the words agree; notes are short, and
 * that would make "Error: ErrImagePull" and "Error: ImagePullBackOff" one.
 */
export class Templates {
  readonly #templates = new Map<string, Template>()
  readonly #leaves = new Map<string, Leaf>()
  #uses = 0

  get size(): number {
    return this.#templates.size
  }

  /** The template of the event's note, null for an empty one. */
  find(event: DetectedEvent): Template | null {
    const words = maskNote(event)
    if (words.length === 0) return null
    const text = words.join(' ')
    const template = this.#templates.get(text) ?? this.#findWild(words) ?? this.#add(words, text)
    this.#uses += 1
    template.used = this.#uses
    return template
  }

  /**
   * Takes in a template that was found before a restart, so that what was found to vary is not learned again; null when it has
   * become part of a wider one.
   */
  restore(text: string): Template | null {
    const words = text.split(' ')
    const known = this.#templates.get(text)
    if (known !== undefined) return known
    if (this.#findWild(words) !== undefined) return null
    const narrower = words.includes(WILDCARD) ? (this.#leaves.get(leafKey(words))?.exact ?? []) : []
    for (const template of narrower.filter((other) => matches(words, other.words))) this.#drop(template)
    return this.#put(words, text)
  }

  #findWild(words: readonly string[]): Template | undefined {
    const leaf = this.#leaves.get(leafKey(words))
    return leaf?.wild.find((template) => matches(template.words, words))
  }

  #add(words: readonly string[], text: string): Template {
    const leaf = this.#leaves.get(leafKey(words))
    const at = leaf === undefined ? -1 : varyingWord(leaf.exact, words)
    if (leaf === undefined || at === -1) return this.#put(words, text)
    for (const variant of leaf.exact.filter((other) => difference(other.words, words) === at)) this.#drop(variant)
    const wild = words.map((word, index) => (index === at ? WILDCARD : word))
    return this.#put(wild, wild.join(' '))
  }

  #put(words: readonly string[], text: string): Template {
    if (this.#templates.size >= MAX_TEMPLATES) this.#forget()
    const key = leafKey(words)
    const kind = words.includes(WILDCARD) ? 'wild' : 'exact'
    const siblings = this.#leaves.get(key)?.[kind] ?? []
    const [oldest] = siblings
    if (oldest !== undefined && siblings.length >= MAX_PER_LEAF) this.#drop(oldest)
    const leaf = this.#leaves.get(key) ?? { exact: [], wild: [] }
    this.#leaves.set(key, leaf)
    const template = aTemplate(words, text, this.#uses)
    leaf[kind].push(template)
    this.#templates.set(text, template)
    return template
  }

  #drop(template: Template): void {
    this.#templates.delete(template.text)
    const key = leafKey(template.words)
    const leaf = this.#leaves.get(key)
    if (leaf === undefined) return
    const isOther = (other: Template): boolean => other !== template
    leaf.exact = leaf.exact.filter(isOther)
    leaf.wild = leaf.wild.filter(isOther)
    if (leaf.exact.length === 0 && leaf.wild.length === 0) this.#leaves.delete(key)
  }

  #forget(): void {
    const byUse = [...this.#templates.values()].sort((a, b) => a.used - b.used)
    for (const template of byUse.slice(0, MAX_TEMPLATES / 10)) this.#drop(template)
  }
}

/** `t-` and the hash of the text: equal texts have equal ids everywhere and always. */
export function templateId(text: string): string {
  return `t-${hash('sha256', text).slice(0, 16)}`
}

function aTemplate(words: readonly string[], text: string, used: number): Template {
  return {
    id: templateId(text),
    text,
    words,
    objects: new DistinctObjects(),
    clusters: new Set(),
    reason: '',
    occurrences: 0,
    isLowerBound: false,
    first: Infinity,
    last: -Infinity,
    revision: 0,
    recorded: 0,
    used,
    countedUntil: 0,
    restoredUntil: 0,
  }
}

/** Words are separated by blanks and hold none. A first word that varies has to be found from the second one. */
function leafKey(words: readonly string[]): string {
  return `${String(words.length)} ${words[0] ?? ''}`
}

function matches(pattern: readonly string[], words: readonly string[]): boolean {
  return pattern.every((word, index) => word === WILDCARD || word === words[index])
}

/** Place of the only word in which two texts of equal length differ, -1 when there is none or more than one. */
function difference(a: readonly string[], b: readonly string[]): number {
  let at = -1
  for (let index = 0; index < a.length; index += 1) {
    if (a[index] === b[index]) continue
    if (at !== -1) return -1
    at = index
  }
  return at
}

/** Place of the word in which enough of `templates` differ from `words`, and from nothing else; -1 when there is none. */
function varyingWord(templates: readonly Template[], words: readonly string[]): number {
  const variants = new Map<number, number>()
  for (const template of templates) {
    const at = difference(template.words, words)
    if (at === -1) continue
    const count = (variants.get(at) ?? 1) + 1
    if (count >= MIN_VARIANTS) return at
    variants.set(at, count)
  }
  return -1
}
