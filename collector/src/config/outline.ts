import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The part of a JSON schema that the configuration uses. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly items?: SchemaNode
}

export type Path = readonly (string | number)[]

/** JSON schema of the file as people write it. Reference page, editors, environment and messages are made from it. */
export const outline = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' }) as SchemaNode

/** What may stand at a path; undefined where nothing may. */
export function nodeAt(path: Path): SchemaNode | undefined {
  let node: SchemaNode | undefined = outline
  for (const step of path) {
    const properties: SchemaNode['properties'] = node?.properties ?? {}
    node = typeof step === 'number' ? node?.items : Object.hasOwn(properties, step) ? properties[step] : undefined
  }
  return node
}

/** Every setting with its path, sections before what they hold; list elements are `[]`. */
export function* settings(node: SchemaNode = outline, path: string = ''): Generator<[string, SchemaNode]> {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const childPath = path === '' ? name : `${path}.${name}`
    yield [childPath, child]
    yield* settings(child, childPath)
    if (child.items !== undefined) yield* settings(child.items, `${childPath}[]`)
  }
}
