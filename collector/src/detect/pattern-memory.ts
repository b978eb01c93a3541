import type { PatternBody, PatternMemory } from '../event/pattern.ts'
import { SECOND } from '../clock.ts'
import { SEVERITIES } from '../event/words.ts'
import type { Pattern } from './pattern.ts'
import type { Template } from './templates.ts'

/** What `pattern` has to know after a restart that nobody reads. */
export function memoryOf({ countedUntil, window, rhythms, burst }: Pattern): PatternMemory {
  return { countedUntil, window: window.memory, rhythms: rhythms.memory, burst: burst.memory }
}

/**
 * Makes a new pattern what its record says. Observations that the record counts are not counted again when they are remembered.
 *
 * @param templateOf the template of a text, null when it has become part of another one.
 */
export function restorePattern(
  pattern: Pattern,
  body: PatternBody,
  revision: number,
  templateOf: (text: string) => Template | null,
): void {
  pattern.revision = revision
  pattern.hasNews = false
  pattern.recorded = body.lastObserved
  pattern.first = body.firstObserved
  pattern.last = body.lastObserved
  pattern.occurrences = body.occurrences
  pattern.unplaced = body.unplaced
  pattern.observations = body.observations
  pattern.isLowerBound = body.isLowerBound
  pattern.severityRank = (SEVERITIES as readonly string[]).indexOf(body.severity)
  pattern.recurringSince = body.recurringSince
  pattern.objects.restore(body.objects, body.objectsAreMore)
  pattern.samples.push(...body.samples)
  for (const { templateText, occurrences } of body.templates) {
    const template = templateOf(templateText)
    if (template !== null) pattern.templates.set(template, occurrences)
  }
  const { countedUntil, window, rhythms, burst } = body.memory
  pattern.countedUntil = countedUntil
  pattern.restoredUntil = countedUntil
  // Slices of another length are other slices.
  if (body.thresholds.windowSeconds * SECOND === pattern.definition.windowMicros) pattern.window.restore(window)
  pattern.rhythms.restore(rhythms)
  pattern.burst.restore(burst, body.burst)
  pattern.silent = body.rhythms.filter(({ isSilent }) => isSilent).length
}
