import { stat } from 'node:fs/promises'
import { problemText, RuleError } from '../classify/classify.ts'
import { IncidentRuleError } from '../incident/incident.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { RuleMistake } from './check-rules.ts'

const LOOK_EVERY_MS = 2_000

/**
 * Reads rule files again when they change, without a restart. By looking, not by notification: a mounted ConfigMap
 * changes by a link being swapped. Mistakes change nothing and are told.
 */
export async function followRuleFiles(
  files: readonly string[],
  data: { reloadRules(): Promise<{ readonly rules: readonly unknown[]; readonly warnings: readonly RuleMistake[] }> },
  { logger, delay }: { readonly logger: Logger; readonly delay: (ms: number, signal: AbortSignal) => Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  if (files.length === 0) return
  let seen = await fingerprint(files)
  while (!signal.aborted) {
    await delay(LOOK_EVERY_MS, signal).catch(() => undefined)
    const now = await fingerprint(files)
    if (signal.aborted || now === seen) continue
    seen = now
    try {
      const { rules, warnings } = await data.reloadRules()
      for (const warning of warnings) logger.warn(problemText(warning))
      logger.info(`rules read again: ${rules.length} in force`)
    } catch (error) {
      const problems =
        error instanceof RuleError || error instanceof IncidentRuleError
          ? error.problems.map(problemText)
          : [String(error)]
      logger.error(`rules changed, but are wrong; the old ones stay in force:\n${problems.join('\n')}`)
    }
  }
}

async function fingerprint(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs, size }) => [mtimeMs, size],
        () => null,
      ),
    ),
  )
  return JSON.stringify(states)
}
