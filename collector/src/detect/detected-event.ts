import type { Classification, Counts, Membership, NormalizedEvent, Placement } from '../event/observation.ts'

/** What the detector sees of an event; that of a recording which is looked at alone belongs to no group. */
export type DetectedEvent = NormalizedEvent & Counts & Classification & Placement & Partial<Membership>
