import type { ProblemBody } from '../../event/problem.ts'
import type { NotePattern } from '../note-pattern.ts'

/**
 * How sure a cause is. `certain`: the events say so in words. `likely`: they fit nothing else that is known. `possible`: they
 * fit, and would fit other causes too.
 */
export const CONFIDENCES = ['possible', 'likely', 'certain'] as const
export type Confidence = (typeof CONFIDENCES)[number]

export function confidenceRank(confidence: Confidence): number {
  return CONFIDENCES.indexOf(confidence)
}

/** The one of two that is less sure. */
export function lessConfident(a: Confidence, b: Confidence): Confidence {
  return confidenceRank(a) < confidenceRank(b) ? a : b
}

/**
 * Whom a problem blames: `workload` the top controller of its object, `object` the object itself, `node` the node that it is
 * on, `namespace` the namespace, `thing` the thing that the note names.
 */
export const BLAMED = ['workload', 'object', 'node', 'namespace', 'thing'] as const
export type Blamed = (typeof BLAMED)[number]

/** What a note names: its kind, and templates of its name and of what more is said of it. */
export interface ThingTemplate {
  readonly kind: string
  readonly name: string
  readonly detail?: string
  /** Whether it is one thing for the whole cluster; else one in each namespace. */
  readonly isClusterWide?: boolean
}

/**
 * What one kind of problem says of its own cause. Templates take `{key}` from the values that the note named, and `{workload}`,
 * `{object}`, `{name}`, `{node}`, `{namespace}`, `{container}` from the problem, and the named groups of `note`; a part in `[…]` goes when one of its values is missing.
 */
export interface BlameRule {
  /** What is wrong, as problems say it. */
  readonly problems: readonly string[]
  /** All of these values must have been named; `key=value` for one that must be so. */
  readonly has?: readonly string[]
  /** What its named groups find can be used in templates. */
  readonly note?: NotePattern
  /** What the cause is called, in one word. */
  readonly cause: string
  readonly blames: Blamed
  readonly thing?: ThingTemplate
  readonly confidence: Confidence
  /** A problem that is mostly the effect of another one: its blame stands only where nothing else explains it. */
  readonly isSymptom?: boolean
  /** The sentence that a colleague would say, without the full stop. */
  readonly words: string
}

/** What templates take values from: a problem, and what a rule found in its note. */
export interface Told {
  readonly body: ProblemBody
  readonly found: Readonly<Record<string, string>>
}

/** A template with its values; null when one is missing outside of brackets. */
export function fill(template: string, told: Told): string | null {
  const whole = template.replace(/\[([^\]]*)\]/g, (_all, part: string) => fillPart(part, told) ?? '')
  return fillPart(whole, told)
}

function fillPart(text: string, { body, found }: Told): string | null {
  let isWhole = true
  const filled = text.replace(/\{([A-Za-z]+)\}/g, (_all, key: string) => {
    const value = found[key] ?? valueOf(body, key)
    if (value === '') isWhole = false
    return value
  })
  return isWhole ? filled : null
}

function valueOf({ metadata, object, workload, node, container }: ProblemBody, key: string): string {
  switch (key) {
    case 'workload':
      return workload.name === '' ? object.name : workload.name
    case 'object':
      return `${object.kind} ${object.name}`
    case 'name':
      return object.name
    case 'namespace':
      return object.namespace
    case 'node':
      return object.kind === 'Node' ? object.name : node
    case 'container':
      return metadata['container'] ?? container
    default:
      return metadata[key] ?? ''
  }
}
