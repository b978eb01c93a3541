/** Deeper or more than any real object has: what is beyond is left out. */
const DEEPEST = 40
const MOST_NAMES = 2_000
const LONGEST_NAME = 300

type Node = Readonly<Record<string, unknown>>

/**
 * Names of the fields in a set as `managedFields` has it (`fieldsV1`), sorted: the innermost ones, as
 * `spec.template.spec.containers[app].image`. Values are no part of it: an element of a list is told by its key `name`, and by
 * nothing where it has another key or is a value itself.
 */
export function fieldNames(fieldsV1: unknown): readonly string[] {
  const names = new Set<string>()
  if (isNode(fieldsV1)) collect(fieldsV1, '', 0, names)
  return [...names].sort()
}

function collect(node: Node, path: string, depth: number, names: Set<string>): void {
  const children = Object.entries(node).filter(([key]) => key !== '.')
  if (path !== '' && (children.length === 0 || depth >= DEEPEST)) {
    names.add(path.slice(0, LONGEST_NAME))
    return
  }
  for (const [key, child] of children) {
    if (names.size >= MOST_NAMES) return
    collect(isNode(child) ? child : {}, pathTo(path, key), depth + 1, names)
  }
}

/** `f:` is a field or key, `k:` an element by its key, `v:` an element by its value, `i:` one by its place. */
function pathTo(path: string, key: string): string {
  const rest = key.slice(2)
  if (key.startsWith('f:')) {
    const isWord = /^[\w-]+$/.test(rest)
    return isWord ? (path === '' ? rest : `${path}.${rest}`) : `${path}[${printable(rest)}]`
  }
  return `${path}[${key.startsWith('k:') ? nameIn(rest) : ''}]`
}

function nameIn(text: string): string {
  try {
    const key: unknown = JSON.parse(text)
    const name = isNode(key) ? key['name'] : undefined
    return typeof name === 'string' ? printable(name) : ''
  } catch {
    return '' // A key that cannot be read names nothing.
  }
}

function printable(name: string): string {
  return name.replace(/[\p{Cc}[\]]/gu, ' ')
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is in one of two sorted sets and not in the other. */
export function difference(before: readonly string[], after: readonly string[]) {
  const [had, has] = [new Set(before), new Set(after)]
  return { added: after.filter((name) => !had.has(name)), removed: before.filter((name) => !has.has(name)) }
}
