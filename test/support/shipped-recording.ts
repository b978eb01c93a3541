/** Versions of events in the recording that `npm start` plays without a cluster. */
export const SHIPPED_VERSIONS = 4_493
