import type { ASTNode } from '@marcbachmann/cel-js'

/** Macros: their arguments are not evaluated once, in order, like those of a function. */
const MACROS: ReadonlySet<string> = new Set([
  'has',
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'bind',
  'or',
  'orValue',
])

/** The nodes directly below, in the order of the text. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  return nodesIn(node.args)
}

function nodesIn(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap((arg) => nodesIn(arg))
  return isNode(args) ? [args] : []
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value
}

/** Calls `visit` for the node and all below it. */
export function walk(node: ASTNode, visit: (node: ASTNode) => void): void {
  visit(node)
  for (const child of childrenOf(node)) walk(child, visit)
}

/** A call of a function or method, by name, receiver and arguments; null for other nodes. */
export function callOf(
  node: ASTNode,
): { readonly name: string; readonly receiver: ASTNode | null; readonly args: readonly ASTNode[] } | null {
  if (node.op === 'call') return { name: node.args[0], receiver: null, args: node.args[1] }
  if (node.op === 'rcall') return { name: node.args[0], receiver: node.args[1], args: node.args[2] }
  return null
}

/** Whether the node is evaluated by rules of its own, so that nothing below it is sure to be evaluated. */
export function isLazy(node: ASTNode): boolean {
  if (node.op === '||' || node.op === '&&' || node.op === '?:') return true
  const call = callOf(node)
  return call !== null && MACROS.has(call.name)
}

/** The text of a string literal, or null. */
export function stringLiteral(node: ASTNode | undefined): string | null {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : null
}

/** `regarding.kind` for `event.regarding.kind`; null for what does not start at `event`. */
export function fieldPath(node: ASTNode): string | null {
  if (node.op === 'id') return node.args === 'event' ? '' : null
  const key = node.op === '.' ? node.args[1] : node.op === '[]' ? stringLiteral(node.args[1]) : null
  if (key === null || (node.op !== '.' && node.op !== '[]')) return null
  const parent = fieldPath(node.args[0])
  if (parent === null) return null
  return parent === '' ? key : `${parent}.${key}`
}

/** The operands of a chain of `&&`, or the node alone. */
export function conjuncts(node: ASTNode): readonly ASTNode[] {
  return node.op === '&&' ? node.args.flatMap((operand) => conjuncts(operand)) : [node]
}

/** The operands of a chain of `||`, or the node alone. */
export function alternatives(node: ASTNode): readonly ASTNode[] {
  return node.op === '||' ? node.args.flatMap((operand) => alternatives(operand)) : [node]
}
