import type { Observation } from '../event/observation.ts'
import { fieldReader, knownField, textsOf, type RawValue } from './field-value.ts'
import type { Filter } from './model.ts'
import { containsWords, noteTokens } from './note-tokens.ts'
import { compareText } from './text-order.ts'

export type Predicate = (observation: Observation) => boolean
type RangeFilter = Extract<Filter, { op: 'range' }>

/** The filter as a function, its patterns compiled once. What each condition means stands beside {@link Filter}. */
export function compileFilter(filter: Filter): Predicate {
  switch (filter.op) {
    case 'all':
      return () => true
    case 'and': {
      const parts = filter.filters.map(compileFilter)
      return (observation) => parts.every((part) => part(observation))
    }
    case 'or': {
      const parts = filter.filters.map(compileFilter)
      return (observation) => parts.some((part) => part(observation))
    }
    case 'not': {
      const part = compileFilter(filter.filter)
      return (observation) => !part(observation)
    }
    case 'in': {
      const values = new Set(filter.values)
      return onTexts(filter.field, (text) => values.has(text))
    }
    case 'like': {
      const matches = compileWildcards(filter.pattern)
      return onTexts(filter.field, matches)
    }
    case 'range':
      return compileRange(filter)
    case 'exists': {
      const read = fieldReader(filter.field)
      const isEntry = knownField(filter.field).key !== null
      return (observation) => exists(read(observation), isEntry)
    }
    case 'words':
      return ({ note }) => containsWords(tokensOf(note), filter.words, filter.lastIsPrefix)
  }
}

let last = { note: '', tokens: noteTokens('') }

/** Many conditions look at the same note one after another. */
function tokensOf(note: string): readonly string[] {
  if (note !== last.note) last = { note, tokens: noteTokens(note) }
  return last.tokens
}

/** One condition on one observation. For many observations {@link compileFilter} is faster. */
export function matchesFilter(filter: Filter, observation: Observation): boolean {
  return compileFilter(filter)(observation)
}

/** One part of a text with wildcards: a text that must stand here, one code point, or any run. */
export type WildcardPart = { readonly text: string } | 'one' | 'any'

/** The parts of a `like` pattern, escapes resolved: what stores translate into their own pattern language. */
export function wildcardParts(pattern: string): readonly WildcardPart[] {
  const parts: WildcardPart[] = []
  let text = ''
  const flush = () => {
    if (text !== '') parts.push({ text })
    text = ''
  }
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index)
    if (character === '\\' && index + 1 < pattern.length) text += pattern.charAt(++index)
    else if (character === '*' || character === '?') {
      flush()
      parts.push(character === '*' ? 'any' : 'one')
    } else text += character
  }
  flush()
  return parts
}

/** `text` with its wildcards escaped: a `like` pattern that matches just it. */
export function escapeWildcards(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&')
}

/**
 * A pattern as a function, in time text × pattern at worst. Not a regular expression: those of JavaScript need exponential
 * time for patterns such as `a*a*a*a*b`.
 */
export function compileWildcards(pattern: string): (text: string) => boolean {
  const wanted = wildcardParts(pattern).flatMap((part) =>
    typeof part === 'string' ? [part] : [...part.text].map(literal),
  )
  return (text) => matchesParts([...text], wanted)
}

type Wanted = 'one' | 'any' | { readonly literal: string }
const literal = (character: string): Wanted => ({ literal: character })

/** Greedy matching with one place to come back to: the newest `any` is enough (Krauss, "Matching wildcards"). */
function matchesParts(characters: readonly string[], wanted: readonly Wanted[]): boolean {
  let at = 0
  let next = 0
  let lastAny = -1
  let resumeAt = 0
  while (at < characters.length) {
    const part = wanted[next]
    if (part === 'any') {
      lastAny = next++
      resumeAt = at
    } else if (part === 'one' || (part !== undefined && part.literal === characters[at])) {
      next++
      at++
    } else if (lastAny >= 0) {
      next = lastAny + 1
      at = ++resumeAt
    } else return false
  }
  while (wanted[next] === 'any') next++
  return next === wanted.length
}

function onTexts(field: string, matches: (text: string) => boolean): Predicate {
  const read = fieldReader(field)
  return (observation) => textsOf(read(observation)).some(matches)
}

function compileRange(filter: RangeFilter): Predicate {
  const read = fieldReader(filter.field)
  const { type } = knownField(filter.field).field
  if (type === 'integer' || type === 'time') {
    return (observation) => {
      const value = read(observation)
      return typeof value === 'number' && isInside(filter, (bound) => value - Number(bound))
    }
  }
  return (observation) =>
    textsOf(read(observation)).some(
      (text) => text !== '' && isInside(filter, (bound) => compareText(text, String(bound))),
    )
}

/** `compare` says how the value stands to a bound: negative below, positive above. */
function isInside({ gte, gt, lte, lt }: RangeFilter, compare: (bound: number | string) => number): boolean {
  return (
    (gte === undefined || compare(gte) >= 0) &&
    (gt === undefined || compare(gt) > 0) &&
    (lte === undefined || compare(lte) <= 0) &&
    (lt === undefined || compare(lt) < 0)
  )
}

function exists(value: RawValue, isEntry: boolean): boolean {
  if (value === null || value === undefined) return false
  if (typeof value === 'object') return Object.keys(value).length > 0
  return isEntry || value !== ''
}
