import type { NormalizedEvent } from '../event/observation.ts'
import { compileGlob, globMistake, type TextPosition } from '../expression/expression.ts'

/** Fields of a filter that take globs. */
export const GLOB_FIELDS = ['namespaces', 'kinds', 'names', 'reasons', 'types', 'controllers'] as const
export type GlobField = (typeof GLOB_FIELDS)[number]

/** All fields have to match; a field matches when one of its globs does. */
export interface GlobCondition {
  matches(event: NormalizedEvent): boolean
  /** The reasons it can match, when all of them are written without a star. */
  readonly reasons: readonly string[] | null
  readonly kinds: readonly string[] | null
}

const READ: Readonly<Record<GlobField, (event: NormalizedEvent) => string>> = {
  namespaces: (event) => event.namespace,
  kinds: (event) => event.regarding.kind,
  names: (event) => event.regarding.name,
  reasons: (event) => event.reason,
  types: (event) => event.type,
  controllers: (event) => event.reportingController,
}

/** A text of the file with its place. */
export interface PositionedText extends TextPosition {
  readonly text: string
}

/** A glob that cannot be meant, with its place. */
export interface GlobProblem {
  readonly at: TextPosition
  readonly what: string
  readonly fix: string
}

/** Compiles the glob fields of one filter; null when it has none. */
export function globConditionOf(lists: ReadonlyMap<GlobField, readonly PositionedText[]>): {
  readonly condition: GlobCondition | null
  readonly mistakes: readonly GlobProblem[]
} {
  const mistakes: GlobProblem[] = []
  for (const at of [...lists.values()].flat()) {
    const mistake = globMistake(at.text)
    if (mistake !== null) mistakes.push({ at, ...mistake })
  }
  const texts = new Map([...lists].map(([field, items]) => [field, items.map(({ text }) => text)]))
  return { condition: texts.size === 0 ? null : conditionOf(texts), mistakes }
}

function conditionOf(globs: ReadonlyMap<GlobField, readonly string[]>): GlobCondition {
  const tests = [...globs].map(([field, texts]) => {
    const read = READ[field]
    const matchers = texts.map((text) => compileGlob(text))
    return (event: NormalizedEvent): boolean => {
      const value = read(event)
      return matchers.some((matches) => matches(value))
    }
  })
  return {
    matches: (event) => tests.every((test) => test(event)),
    reasons: literalsOf(globs.get('reasons')),
    kinds: literalsOf(globs.get('kinds')),
  }
}

function literalsOf(globs: readonly string[] | undefined): readonly string[] | null {
  return globs === undefined || globs.some((glob) => glob.includes('*')) ? null : globs
}
