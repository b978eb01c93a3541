import { PROBED } from './pod-waits.ts'
import type { ReasonLine } from './reason-entry.ts'

const LOOK = 'Look what the probe got: refused, timed out, or a status code.'

/** Entries of a reason that tells of failed probes, one for each kind of probe; they are usual while a container starts. */
export function probeLines(reason: string): readonly ReasonLine[] {
  const failed = { reason, type: 'Warning', category: 'probe', ...PROBED } as const
  return [
    {
      ...failed,
      problem: 'ReadinessProbeFailed',
      severity: 'low',
      meaning: 'A readiness probe failed, so the pod gets no traffic; this is usual while a container starts.',
      check: LOOK,
      note: ['Readiness probe'],
      persists: { afterMinutes: 3, severity: 'medium' },
    },
    {
      ...failed,
      problem: 'LivenessProbeFailed',
      severity: 'low',
      meaning: 'A liveness probe failed; when it keeps failing, the container is started anew.',
      check: LOOK,
      note: ['Liveness probe'],
      persists: { afterMinutes: 1, severity: 'medium' },
    },
    {
      ...failed,
      problem: 'StartupProbeFailed',
      severity: 'low',
      meaning: 'A container has not come up yet, as its startup probe tells.',
      check: 'When it lasts, give the start more time, or read the log of the container.',
      note: ['Startup probe'],
      persists: { afterMinutes: 3, severity: 'medium' },
    },
    {
      ...failed,
      severity: 'medium',
      meaning: 'A probe of a container failed.',
      check: 'Look which probe it was and what it got: refused, timed out, or a status code.',
    },
  ]
}
