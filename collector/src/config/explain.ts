import type { z } from 'zod'
import type { ConfigProblem } from './config-error.ts'
import { closestWord } from '../event/closest-word.ts'
import { nodeAt, type Path, type SchemaNode } from './outline.ts'

/** Longest value shown in a message. */
const SHOWN_CHARACTERS = 60

/** Turns what zod found into problems as people read them. `placeOf` tells where a setting comes from. */
export function explain(
  issue: z.core.$ZodIssue,
  values: unknown,
  placeOf: (path: Path) => string,
): readonly ConfigProblem[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  const at = (place: Path) => `${placeOf(place)} ${dotted(place)}`.trimEnd()
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ place: at([...path, key]), ...unknownKey(key, nodeAt(path)) }))
  }
  const node = nodeAt(path)
  if (issue.code === 'custom' && typeof issue.params?.['fix'] === 'string') {
    return [{ place: at(path), what: issue.message, fix: issue.params['fix'] }]
  }
  const value = valueAt(values, path)
  if (value === undefined) return [{ place: at(path), what: 'is missing.', fix: example(node) }]
  return [{ place: at(path), what: `${shown(value)} is not ${expectation(node, issue)}.`, fix: example(node) }]
}

/** `clusters[0].name` */
function dotted(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )
}

function unknownKey(key: string, parent: SchemaNode | undefined): Pick<ConfigProblem, 'what' | 'fix'> {
  const known = Object.keys(parent?.properties ?? {})
  const meant = closestWord(key, known)
  const what = `There is no setting ${shown(key)} here.`
  return { what, fix: meant === null ? `Known here: ${known.join(', ')}.` : `Did you mean "${meant}"?` }
}

function expectation(node: SchemaNode | undefined, issue: z.core.$ZodIssue): string {
  if (node?.enum !== undefined) return `one of ${node.enum.map((word) => `"${String(word)}"`).join(', ')}`
  if (node?.items !== undefined) {
    if (issue.code === 'too_big') return `a list of at most ${String(issue.maximum)}`
    if (issue.code === 'too_small') return `a list of at least ${String(issue.minimum)}`
    return node.title ?? `a list`
  }
  if (node?.properties !== undefined) return 'a section of settings'
  return node?.title ?? 'understood'
}

function example(node: SchemaNode | undefined): string {
  if (node?.properties !== undefined)
    return `Write settings below it, indented: ${Object.keys(node.properties).join(', ')}.`
  if (node?.items?.examples !== undefined) return `Use for example [${node.items.examples.map(String).join(', ')}].`
  return node?.examples === undefined ? '' : `Use for example ${node.examples.map(String).join(', ')}.`
}

function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    values,
  )
}

function shown(value: unknown): string {
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a section'
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`
}
