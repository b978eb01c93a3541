import type { z } from 'zod'
import { closestWord } from '../event/closest-word.ts'
import type { Positioned, PositionedEntry, TextPosition } from '../expression/expression.ts'
import { alertFileSchema, type RuleFileNode } from './schema.ts'

/** Something wrong in a file with alert rules. Lines and columns are counted from 1. */
export interface AlertRuleMistake {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly what: string
  readonly fix: string
}

/** Alert rules that cannot be used, with every mistake of every file. */
export class AlertRuleError extends Error {
  override readonly name = 'AlertRuleError'
  readonly problems: readonly AlertRuleMistake[]

  constructor(problems: readonly AlertRuleMistake[]) {
    const inOrder = problems.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column)
    super(inOrder.map(({ file, line, column, what, fix }) => `${file}:${String(line)}:${String(column)}: ${what} ${fix}`.trimEnd()).join('\n')) // prettier-ignore
    this.problems = inOrder
  }
}

export type Path = readonly (string | number)[]

/** The plain value of a node. */
export function plain({ value }: Positioned): unknown {
  if (value instanceof Map) {
    const entries = value as ReadonlyMap<string, PositionedEntry>
    return Object.fromEntries([...entries].map(([key, entry]) => [key, plain(entry.value)]))
  }
  return Array.isArray(value) ? (value as readonly Positioned[]).map(plain) : value
}

/** The node at a path, or the nearest that is there. */
export function nodeAt(root: Positioned, path: Path): Positioned {
  let node = root
  for (const step of path) {
    const { value } = node
    const next =
      value instanceof Map
        ? (value as ReadonlyMap<string, PositionedEntry>).get(String(step))?.value
        : Array.isArray(value)
          ? (value as readonly Positioned[])[Number(step)]
          : undefined
    if (next === undefined) return node
    node = next
  }
  return node
}

/** What is wrong with the shape, as people read it. */
export function explainIssue(
  issue: z.core.$ZodIssue,
  root: Positioned,
): readonly (TextPosition & Pick<AlertRuleMistake, 'what' | 'fix'>)[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  const { line, column } = nodeAt(root, path)
  const schema = schemaAt(path)
  if (issue.code === 'unrecognized_keys') {
    const parent = nodeAt(root, path).value
    const known = Object.keys(schema?.properties ?? {})
    return issue.keys.map((key) => {
      const place = parent instanceof Map ? (parent as ReadonlyMap<string, PositionedEntry>).get(key)?.key : undefined
      const near = closestWord(key, known)
      const fix = near === null ? `Known here: ${known.join(', ')}.` : `Did you mean "${near}"?`
      return { line: place?.line ?? line, column: place?.column ?? column, what: `There is no key "${key}" here.`, fix }
    })
  }
  const name = path.at(-1)
  const shown = typeof name === 'string' ? `"${name}"` : 'This'
  if (issue.code === 'invalid_type' && nodeIsMissing(root, path)) {
    return [{ line, column, what: `${shown} is missing.`, fix: exampleOf(schema) }]
  }
  return [{ line, column, what: `${shown} is not ${expected(schema)}.`, fix: exampleOf(schema) }]
}

function nodeIsMissing(root: Positioned, path: Path): boolean {
  const { value } = nodeAt(root, path.slice(0, -1))
  return value instanceof Map && !(value as ReadonlyMap<string, unknown>).has(String(path.at(-1)))
}

function schemaAt(path: Path): RuleFileNode | undefined {
  let node: RuleFileNode | undefined = alertFileSchema
  for (const step of path) {
    const each: RuleFileNode | undefined = node
    node = typeof step === 'number' ? each?.items : (each?.properties ?? {})[step]
  }
  return node
}

function expected(schema: RuleFileNode | undefined): string {
  if (schema?.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`
  return schema?.title ?? (schema?.properties === undefined ? 'understood' : 'a section of keys')
}

function exampleOf(schema: RuleFileNode | undefined): string {
  if (schema?.examples === undefined) return ''
  return `Write for example ${schema.examples.map((each) => (Array.isArray(each) ? `[${each.join(', ')}]` : String(each))).join(', ')}.`
}
