import { systemClock, type Clock } from '../../collector/src/clock.ts'
import { defaultConfig } from '../../collector/src/config/config.ts'
import type { CorrelatorOptions } from '../../collector/src/correlate/correlate.ts'
import { correlatorOptions, detectorOptions } from '../../collector/src/create-stages.ts'
import { createDetector, type Detector, type DetectorOptions } from '../../collector/src/detect/detect.ts'
import { openDuckDbStore } from '../../collector/src/store/duckdb/duckdb-store.ts'
import type { EventStore } from '../../collector/src/store/store.ts'

// Stages and stores with the settings that they have when nobody configures them, but for what is given.

export function aDetector(given: Partial<DetectorOptions> = {}): Detector {
  return createDetector({ ...detectorOptions(defaultConfig().patterns), ...given })
}

export function usualCorrelatorOptions(): Omit<CorrelatorOptions, 'topology'> {
  return correlatorOptions(defaultConfig().correlate)
}

export function openDuckDb(given: { readonly file: string; readonly clock?: Clock }): Promise<EventStore> {
  const { memoryLimit, threads } = defaultConfig().store.duckdb
  return openDuckDbStore({ memoryLimitBytes: memoryLimit, threads, clock: systemClock, ...given })
}
