import { closestWord } from '../event/closest-word.ts'
import type { ConfigProblem } from './config-error.ts'
import { nodeAt, settings, type SchemaNode } from './outline.ts'

type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'EVENTLOOM_'

/** Kubernetes sets variables like EVENTLOOM_API_PORT=tcp://10.3.0.1:8085 for every service: never meant for us. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\//

/** `store.duckdb.memoryLimit` is `EVENTLOOM_STORE_DUCKDB_MEMORY_LIMIT`. */
export function variableName(path: string): string {
  return (
    PREFIX +
    path
      .replaceAll('.', '_')
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toUpperCase()
  )
}

/** Settings that a variable can hold: values, and lists of words (separated by commas). */
export function isOverridable(path: string, node: SchemaNode): boolean {
  if (path.includes('[]') || node.properties !== undefined) return false
  return node.type !== 'array' || node.items?.properties === undefined
}

const VARIABLES: ReadonlyMap<string, string> = new Map(
  [...settings()].filter(([path, node]) => isOverridable(path, node)).map(([path]) => [variableName(path), path]),
)

/**
 * Puts what the environment says over what the file says, in place.
 *
 * @returns paths that come from a variable, with its name, and a problem for each variable that is nearly one of ours.
 *   Others are left alone: many begin with the name of a service in the same namespace.
 */
export function override(
  root: Record<string, unknown>,
  environment: Environment,
): { readonly sources: ReadonlyMap<string, string>; readonly problems: readonly ConfigProblem[] } {
  const sources = new Map<string, string>()
  const problems: ConfigProblem[] = []
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined || SERVICE_LINK.test(text)) continue
    const path = VARIABLES.get(variable)
    if (path !== undefined) {
      if (put(root, path.split('.'), read(text, nodeAt(path.split('.'))))) sources.set(path, variable)
      continue
    }
    const meant = closestWord(variable, [...VARIABLES.keys()])
    if (meant === null) continue
    problems.push({ place: variable, what: 'is not a variable that is read.', fix: `Did you mean ${meant}?` })
  }
  return { sources, problems }
}

/** A text that does not fit the type stays text, and is refused where all values are. */
function read(text: string, node: SchemaNode | undefined): unknown {
  if (node?.type === 'array')
    return text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '')
  if (node?.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  const isNumeric = node?.type === 'integer' || node?.type === 'number'
  return isNumeric && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** False when something that is no section stands in the way: that is the file's problem. */
function put(root: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): boolean {
  if (name === undefined) return false
  if (rest.length === 0) {
    root[name] = value
    return true
  }
  const section = root[name] ?? {}
  if (typeof section !== 'object' || Array.isArray(section)) return false
  root[name] = section
  return put(section as Record<string, unknown>, rest, value)
}
