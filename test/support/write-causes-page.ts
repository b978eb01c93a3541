import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BLAME_RULES } from '../../collector/src/incident/blame/blame.ts'
import { LEAD_RULES } from '../../collector/src/incident/lead-rules.ts'
import { rulesPage } from '../../collector/src/incident/rules-page.ts'

/** Writes docs/causes.md from the rules. */
writeFileSync(join(import.meta.dirname, '../../docs/causes.md'), rulesPage(BLAME_RULES, LEAD_RULES))
