import type { Classification, Counts, NormalizedEvent, Placement } from '../event/observation.ts'

/** What the detector sees of an event. */
export type DetectedEvent = NormalizedEvent & Counts & Classification & Placement
