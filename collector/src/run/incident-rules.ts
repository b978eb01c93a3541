import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import {
  IncidentRuleError,
  readIncidentRules,
  type IncidentRuleProblem,
  type IncidentRules,
} from '../incident/incident.ts'

/** The user's rules of incidents, read again whenever somebody says so. */
export interface LoadedIncidentRules {
  readonly current: () => IncidentRules
  /** @throws IncidentRuleError a file is wrong; the rules before stay. */
  reload(): Promise<{ readonly rules: readonly unknown[]; readonly warnings: readonly IncidentRuleProblem[] }>
}

/** @throws IncidentRuleError with every mistake of every file. */
export async function loadIncidentRules({ incidents }: Config): Promise<LoadedIncidentRules> {
  let rules = await read(incidents.rules)
  return {
    current: () => rules,
    async reload() {
      rules = await read(incidents.rules)
      return { rules: [...rules.causes, ...rules.leads], warnings: [] }
    },
  }
}

/** How many rules the files have, or every mistake. */
export async function checkIncidentRules(
  files: readonly string[],
): Promise<{ readonly rules: number; readonly problems: readonly IncidentRuleProblem[] }> {
  try {
    const { causes, leads } = await read(files)
    return { rules: causes.length + leads.length, problems: [] }
  } catch (error) {
    if (!(error instanceof IncidentRuleError)) throw error
    return { rules: 0, problems: error.problems }
  }
}

async function read(files: readonly string[]): Promise<IncidentRules> {
  return readIncidentRules(await Promise.all(files.map(async (name) => ({ name, text: await readFile(name, 'utf8') }))))
}
