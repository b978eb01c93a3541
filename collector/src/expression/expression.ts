import { Environment, EvaluationError, type ASTNode, type ParseError, type ParseResult } from '@marcbachmann/cel-js'
import { mistakeOf, type Mistake } from './mistakes.ts'
import { compileRegex, globSuspicion, RegexError, type LinearRegex } from './linear-regex.ts'
import { requirementsOf, type RequiredKey, type Requirements } from './requirements.ts'
import { EVENT_FIELDS, EventView, hasRelated, OBJECT_FIELDS, ObjectView } from './event-view.ts'
import { callOf, conjuncts, stringLiteral, walk } from './syntax.ts'

export { compileGlob, globMistake } from './glob.ts'
export type { Mistake } from './mistakes.ts'
export { readPositioned, type TextPosition, type Positioned, type PositionedEntry } from './positioned.ts'
export { compileRegex, RegexError, type LinearRegex } from './linear-regex.ts'
export type { Requirements } from './requirements.ts'
export { EVENT_FIELDS, EventView, OBJECT_FIELDS } from './event-view.ts'

/** A condition on an event, compiled and type-checked. */
export interface Expression {
  readonly source: string
  /** What an event must have to match; an index may skip all others. */
  readonly requires: Requirements
  /** What is allowed but probably not meant. */
  readonly warnings: readonly Mistake[]
  /**
   * Whether the event matches. An absent label, annotation, metadata key or related object is "no match".
   *
   * @throws Error when the evaluation fails, for example `int("x")` or a division by zero.
   */
  matches(view: EventView): boolean
}

/** What is wrong with a text that looks for the recorder's words: `event.note` has none. Null for other texts. */
export function combinedSuspicion(text: string): Omit<Mistake, 'offset'> | null {
  if (!text.includes('combined from similar events')) return null
  return {
    what: 'event.note is without "(combined from similar events): ", so this never matches.',
    fix: 'Ask "combined" in event.flags, or read event.rawNote.',
  }
}

/** An expression that cannot be used, with everything that is wrong with it. */
export class ExpressionError extends Error {
  readonly mistakes: readonly Mistake[]
  constructor(source: string, mistakes: readonly Mistake[]) {
    super(mistakes.map(({ what, fix }) => `${what} ${fix}`).join('\n') || `"${source}" is not an expression.`)
    this.name = 'ExpressionError'
    this.mistakes = mistakes
  }
}

/** Longest expression accepted, in characters. */
export const MAX_EXPRESSION_CHARACTERS = 10_000

/**
 * Makes a compiler for CEL expressions over the variable `event`. Patterns of `re2()` have to be literals: they are
 * compiled here, once, and live as long as the compiler.
 */
export function createCompiler(): (source: string) => Expression {
  const patterns = new Map<string, LinearRegex>()
  const environment = environmentWith((text, pattern) => patterns.get(pattern)?.test(text) ?? false)

  return (source) => {
    if (source.length > MAX_EXPRESSION_CHARACTERS) throw tooLong(source)
    const parsed = parse(environment, source)
    const mistakes = [...typeMistakes(environment, parsed, source), ...callMistakes(parsed.ast, patterns)]
    if (mistakes.length > 0) throw new ExpressionError(source, mistakes)
    return expressionOf(source, parsed)
  }
}

function tooLong(source: string): ExpressionError {
  const what = `The expression has ${source.length} characters; at most ${MAX_EXPRESSION_CHARACTERS} are allowed.`
  return new ExpressionError(source, [{ offset: 0, what, fix: 'Split it into several rules.' }])
}

function environmentWith(re2: (text: string, pattern: string) => boolean): Environment {
  return new Environment({ limits: { maxAstNodes: 5_000, maxDepth: 100 } })
    .registerType('ObjectReference', { ctor: ObjectView, fields: { ...OBJECT_FIELDS } })
    .registerType('Event', { ctor: EventView, fields: { ...EVENT_FIELDS } })
    .registerVariable('event', 'Event')
    .registerFunction('string.re2(string): bool', re2)
}

function parse(environment: Environment, source: string): ParseResult {
  try {
    return environment.parse(source)
  } catch (error) {
    if (isCelError(error)) throw new ExpressionError(source, [mistakeOf(error, source, 0)])
    throw error
  }
}

/** Errors of the library carry a code, a summary and a range. */
function isCelError(error: unknown): error is ParseError {
  return error instanceof Error && 'code' in error && 'summary' in error
}

/**
 * The checker stops at its first mistake, so each operand of the outer `&&` is checked by itself too. Ranges leave
 * brackets out: a part that does not parse alone is told of by the whole.
 */
function typeMistakes(environment: Environment, parsed: ParseResult, source: string): readonly Mistake[] {
  const ofWhole = mistakesIn(parsed, source, 0)
  const operands = conjuncts(parsed.ast)
  if (ofWhole.length === 0 || operands.length === 1) return ofWhole
  const ofParts = operands.flatMap(({ range }) => {
    const text = source.slice(range.start, range.end)
    const part = parsable(environment, text)
    return part === null ? [] : mistakesIn(part, text, range.start)
  })
  return ofParts.length > 0 ? ofParts : ofWhole
}

function parsable(environment: Environment, text: string): ParseResult | null {
  try {
    return environment.parse(text)
  } catch {
    return null
  }
}

/** The check leaves its types in the tree, so that the same tree can be evaluated without another look. */
function mistakesIn(parsed: ParseResult, text: string, offset: number): readonly Mistake[] {
  const { valid, type, error } = parsed.check()
  if (!valid && error !== undefined) return [mistakeOf(error, text, offset)]
  if (type === 'bool') return []
  const what = `This gives ${type ?? 'no value'}, not true or false.`
  return [{ offset, what, fix: 'Compare it with something, for example ==.' }]
}

/** Refuses `matches`, whose time can grow without bound, and compiles the patterns of `re2`. */
function callMistakes(root: ASTNode, patterns: Map<string, LinearRegex>): readonly Mistake[] {
  const mistakes: Mistake[] = []
  walk(root, (node) => {
    const call = callOf(node)
    if (call?.name === 'matches') {
      mistakes.push({
        offset: node.start,
        what: 'matches() is not allowed: a pattern could take hours on one note.',
        fix: 'Write .re2("…") instead: the same syntax as RE2, in linear time.',
      })
    }
    if (call?.name !== 're2' || call.receiver === null) return
    const [argument] = call.args
    const pattern = stringLiteral(argument)
    try {
      if (pattern !== null) patterns.set(pattern, compileRegex(pattern))
      else
        mistakes.push({
          offset: node.start,
          what: 'The pattern of re2() is not a literal text.',
          fix: 'Write it in quotes.',
        })
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      mistakes.push({ offset: argument?.start ?? node.start, what: error.message, fix: error.fix })
    }
  })
  return mistakes
}

/** What is allowed, and means something else than its writer thinks. */
function warningsOf(root: ASTNode, source: string): readonly Mistake[] {
  const warnings: Mistake[] = []
  const readsRawNote = source.includes('rawNote')
  walk(root, (node) => {
    const text = stringLiteral(node)
    const suspicion = text === null || readsRawNote ? null : combinedSuspicion(text)
    if (suspicion !== null) warnings.push({ offset: node.start, ...suspicion })
    const call = callOf(node)
    const pattern = call?.name === 're2' ? stringLiteral(call.args[0]) : null
    const fix = pattern === null ? null : globSuspicion(pattern)
    if (fix === null) return
    const what = `re2("${pattern}") is a regular expression, where * repeats the character before it.`
    warnings.push({ offset: node.start, what, fix })
  })
  return warnings
}

function expressionOf(source: string, parsed: ParseResult): Expression {
  const requires = requirementsOf(parsed.ast)
  const isPossible = preconditionOf(requires)
  return {
    source,
    requires,
    warnings: warningsOf(parsed.ast, source),
    matches(view) {
      if (!isPossible(view)) return false
      try {
        return parsed({ event: view }) === true
      } catch (error) {
        if (error instanceof EvaluationError && error.code === 'no_such_key') return false
        throw error
      }
    },
  }
}

/** The cheap part of an expression: sets and keys, without CEL. A thrown "no such key" costs 50 times as much. */
function preconditionOf(requires: Requirements): (view: EventView) => boolean {
  const reasons = setOf(requires.reasons)
  const kinds = setOf(requires.kinds)
  const types = setOf(requires.types)
  const controllers = setOf(requires.controllers)
  const { keys, related } = requires
  return (view) => {
    const { event } = view
    if (reasons !== null && !reasons.has(event.reason)) return false
    if (kinds !== null && !kinds.has(event.regarding.kind)) return false
    if (types !== null && !types.has(event.type)) return false
    if (controllers !== null && !controllers.has(event.reportingController)) return false
    if (related && !hasRelated(event)) return false
    return keys.every((key) => hasKey(view, key))
  }
}

function setOf(values: readonly string[] | undefined): ReadonlySet<string> | null {
  return values === undefined ? null : new Set(values)
}

function hasKey(view: EventView, { map, key }: RequiredKey): boolean {
  return Object.hasOwn(view[map], key)
}
