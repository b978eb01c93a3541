import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_LAYOUT, indexTemplate } from './layout.ts'

const DOCS = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'elasticsearch.md')

interface Field {
  readonly type?: string
  readonly path?: string
  readonly properties?: Readonly<Record<string, Field>>
}

/** `[alias, path]` of each alias, nested ones with dots. */
function aliasesOf(properties: Readonly<Record<string, Field>>, before = ''): readonly (readonly [string, string])[] {
  return Object.entries(properties).flatMap(([name, { type, path = '', properties: nested = {} }]) =>
    type === 'alias' ? [[`${before}${name}`, path] as const] : aliasesOf(nested, `${before}${name}.`),
  )
}

describe('the names of the Elastic Common Schema', () => {
  const { template } = indexTemplate(DEFAULT_LAYOUT) as {
    template: { mappings: { properties: Readonly<Record<string, Field>> } }
  }
  const aliases = aliasesOf(template.mappings.properties)

  it.each(aliases)('%s stands in the docs beside the field that it is for', (alias, path) => {
    // The tokens of a note are sought, the note itself is shown.
    const field = path === 'noteTokens' ? 'note' : path
    expect(readFileSync(DOCS, 'utf8')).toMatch(new RegExp(`\\| \`${field}\`[^|]*\\| \`${alias}\` +\\|`))
  })
})
