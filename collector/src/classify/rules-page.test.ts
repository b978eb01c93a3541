import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CATEGORIES, SEVERITIES } from '../event/words.ts'
import { EVENT_FIELDS, OBJECT_FIELDS } from '../expression/expression.ts'
import { createRuleSet, MAX_THROWS_PER_MINUTE, METADATA_KEYS } from './classify.ts'
import { GLOB_FIELDS } from './glob-condition.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/rules.md'), 'utf8')

describe('docs/rules.md', () => {
  it('shows rules that load without a warning', () => {
    const text = /```yaml\n(.*?)```/s.exec(PAGE)?.[1] ?? ''
    const { rules, warnings } = createRuleSet({ files: [{ name: 'rules.md', text }], shipped: false, clock: () => 0 })
    expect(rules).toHaveLength(5)
    expect(warnings).toEqual([])
  })

  it('names every field, category, severity and metadata key', () => {
    const names = [
      ...Object.keys(EVENT_FIELDS),
      ...Object.keys(OBJECT_FIELDS),
      ...GLOB_FIELDS,
      ...CATEGORIES,
      ...SEVERITIES,
    ]
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(PAGE))).toEqual([])
    const missing = Object.entries(METADATA_KEYS).filter(
      ([key, meaning]) => !PAGE.includes(`| \`${key}\` | ${meaning} |`),
    )
    expect(missing).toEqual([])
  })

  it('tells the rate at which a rule is disabled', () => {
    expect(PAGE).toContain(`fails more than ${MAX_THROWS_PER_MINUTE} times in a minute`)
  })
})
