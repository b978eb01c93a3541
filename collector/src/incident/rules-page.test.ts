import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BLAME_RULES } from './blame/blame.ts'
import { LEAD_RULES } from './lead-rules.ts'
import { rulesPage } from './rules-page.ts'

describe('docs/causes.md', () => {
  it('says what the rules say; if not, run node collector/bin/node24.mjs test/support/write-causes-page.ts', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/causes.md'), 'utf8')
    expect(page === rulesPage(BLAME_RULES, LEAD_RULES)).toBe(true)
  })
})
