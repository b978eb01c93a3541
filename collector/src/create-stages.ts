import { goneBy, troubleOf } from './classify/classify.ts'
import type { Config } from './config/config.ts'
import { createCorrelator, type CorrelatorOptions } from './correlate/correlate.ts'
import { createDetector, type DetectorOptions } from './detect/detect.ts'
import { createNormalizer } from './normalize/normalize.ts'
import { createProblems } from './problem/problem.ts'
import { createTopology } from './topology/topology.ts'

/** The stages with memory or settings, as configured. */
export function createStages({ normalize, correlate, patterns }: Config) {
  const topology = createTopology()
  const { credentials, keys } = normalize.redaction
  return {
    normalize: createNormalizer({ maxNoteBytes: normalize.maxNoteBytes, redact: { enabled: credentials, keys } }),
    topology,
    problems: createProblems({ troubleOf, goneBy }),
    correlator: createCorrelator({ topology, ...correlatorOptions(correlate) }),
    detector: createDetector(detectorOptions(patterns)),
  }
}

export function correlatorOptions(correlate: Config['correlate']): Omit<CorrelatorOptions, 'topology'> {
  return {
    windowMicros: correlate.window,
    silenceMicros: correlate.silence,
    latenessMicros: correlate.lateness,
    maxOpenGroups: correlate.maxOpenGroups,
  }
}

export function detectorOptions(patterns: Config['patterns']): DetectorOptions {
  const definitions = [{ name: 'recurring', ...patterns }, ...patterns.more]
  return {
    patterns: definitions.map(({ name, key, minOccurrences, minRatePerMinute, window }) => ({
      name,
      key,
      minOccurrences,
      minRatePerMinute,
      windowMicros: window,
    })),
    samples: patterns.samples,
    maxPatterns: patterns.maxTracked,
  }
}
