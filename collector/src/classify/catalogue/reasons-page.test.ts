import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogueEntries } from './catalogue.ts'
import { reasonsPage } from './reasons-page.ts'

describe('docs/reasons.md', () => {
  it('says what the catalogue says; if not, run node test/support/write-reasons-page.ts', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/reasons.md'), 'utf8')
    expect(page === reasonsPage(catalogueEntries())).toBe(true)
  })
})
