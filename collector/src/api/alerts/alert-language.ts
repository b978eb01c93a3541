import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { readAlertRules, type AlertFile, type AlertRule, type Language } from '../../alert/alert.ts'
import { parseDuration } from '../../query/duration.ts'
import { compileFilter } from '../../query/filter.ts'
import { QuerySyntaxError } from '../../query/invalid-query.ts'
import { parseLucene } from '../../query/lucene.ts'
import type { Filter } from '../../query/model.ts'

/** The query language, as rules on alerts use it: the same that one types. */
const LANGUAGE: Language = {
  duration: parseDuration,
  select(text) {
    try {
      const filter = parseLucene(text, 0)
      return { text, matches: compileFilter(filter), reasons: reasonsOf(filter) }
    } catch (error) {
      if (!(error instanceof QuerySyntaxError)) throw error
      return error.mistakes.map(({ position = 0, message }) => ({ at: position, message }))
    }
  },
}

/** Reasons of which a row must have one, where the condition says so. */
function reasonsOf(filter: Filter): readonly string[] | null {
  if (filter.op === 'in' && filter.field === 'reason') return filter.values
  if (filter.op === 'and') return filter.filters.map(reasonsOf).find((reasons) => reasons !== null) ?? null
  if (filter.op !== 'or') return null
  const each = filter.filters.map(reasonsOf)
  return each.every((reasons) => reasons !== null) ? each.flat() : null
}

/** The file that comes with Eventloom. */
export function shippedAlerts(): AlertFile {
  const file = new URL('../../alert/shipped-alerts.yaml', import.meta.url)
  return { name: 'shipped-alerts.yaml', text: readFileSync(file, 'utf8') }
}

export interface AlertFiles {
  readonly files: readonly string[]
  readonly shipped: boolean
}

/** @throws AlertRuleError with every mistake of every file; or the file cannot be read. */
export async function loadAlertRules({ files, shipped }: AlertFiles): Promise<readonly AlertRule[]> {
  const own = await Promise.all(files.map(async (name) => ({ name, text: await readFile(name, 'utf8') })))
  return alertRulesOf([...(shipped ? [shippedAlerts()] : []), ...own])
}

/** @throws AlertRuleError with every mistake of every text. */
export function alertRulesOf(files: readonly AlertFile[]): readonly AlertRule[] {
  return readAlertRules(files, LANGUAGE)
}
