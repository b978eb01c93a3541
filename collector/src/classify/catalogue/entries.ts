import type { ReasonEntry } from './reason-entry.ts'

/** All entries of the catalogue. */
export const ENTRIES: readonly ReasonEntry[] = [
  {
    reason: 'BackOff',
    emitter: 'kubelet',
    kinds: ['Pod'],
    type: 'Warning',
    category: 'container',
    severity: 'high',
    meaning: 'A container keeps ending and the kubelet waits longer before each restart.',
    check: 'Read the log of the previous container and its exit code.',
  },
]
