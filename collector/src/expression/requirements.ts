import type { ASTNode } from '@marcbachmann/cel-js'
import { alternatives, childrenOf, conjuncts, fieldPath, isLazy, stringLiteral } from './syntax.ts'

/**
 * What an event must have for an expression to be true, as far as it can be read from the text. Absent lists mean
 * "anything". Used for indexes: an event outside of it need not be evaluated at all.
 */
export interface Requirements {
  readonly reasons?: readonly string[]
  /** Kinds of the object the event is about. */
  readonly kinds?: readonly string[]
  readonly types?: readonly string[]
  readonly controllers?: readonly string[]
  /** Keys that have to be there, because reading an absent one means no match. */
  readonly keys: readonly RequiredKey[]
  /** The event has to name a second object. */
  readonly related: boolean
}

export interface RequiredKey {
  readonly map: 'labels' | 'annotations' | 'metadata'
  readonly key: string
}

type IndexedList = 'reasons' | 'kinds' | 'types' | 'controllers'

const INDEXED: Readonly<Record<string, IndexedList>> = {
  reason: 'reasons',
  'regarding.kind': 'kinds',
  type: 'types',
  reportingController: 'controllers',
}

/** Reads the requirements from a parsed expression: those of its top-level `&&` operands. */
export function requirementsOf(root: ASTNode): Requirements {
  const lists: Partial<Record<IndexedList, readonly string[]>> = {}
  const keys: RequiredKey[] = []
  let related = false
  for (const conjunct of conjuncts(root)) {
    const equality = equalityOf(conjunct)
    if (equality !== null) {
      const before = lists[equality.list]
      lists[equality.list] = before?.filter((value) => equality.values.includes(value)) ?? equality.values
    }
    for (const path of certainReads(conjunct)) {
      const [map, ...key] = path.split('.')
      if (map === 'labels' || map === 'annotations' || map === 'metadata') {
        if (key.length > 0) keys.push({ map, key: path.slice(map.length + 1) })
      }
      related ||= map === 'related'
    }
  }
  return { ...lists, keys, related }
}

/** `event.reason == "a"`, `"a" == event.reason`, `event.reason in ["a", "b"]`, or several of them joined by `||`. */
function equalityOf(node: ASTNode): { readonly list: IndexedList; readonly values: readonly string[] } | null {
  const [first, ...others] = alternatives(node).map((alternative) => simpleEqualityOf(alternative))
  if (first === null || first === undefined) return null
  const values = [...first.values]
  for (const other of others) {
    if (other === null || other.list !== first.list) return null
    values.push(...other.values)
  }
  return { list: first.list, values: [...new Set(values)] }
}

function simpleEqualityOf(node: ASTNode): { readonly list: IndexedList; readonly values: readonly string[] } | null {
  if (node.op !== '==' && node.op !== 'in') return null
  const [left, right] = node.args
  const field = fieldPath(left) ?? (node.op === '==' ? fieldPath(right) : null)
  const list = field === null ? undefined : INDEXED[field]
  if (list === undefined) return null
  const values = node.op === 'in' ? listLiteral(right) : [stringLiteral(left) ?? stringLiteral(right)]
  return values !== null && values.every((value) => value !== null) ? { list, values } : null
}

function listLiteral(node: ASTNode): readonly (string | null)[] | null {
  return node.op === 'list' ? node.args.map((element) => stringLiteral(element)) : null
}

/** Paths that are read whenever the node is evaluated. */
function certainReads(node: ASTNode): readonly string[] {
  if (isLazy(node)) return []
  const path = fieldPath(node)
  if (path !== null) return [path]
  return childrenOf(node).flatMap((child) => certainReads(child))
}
