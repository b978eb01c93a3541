import { HAPPENED, RETRIED, type ExpectedLife } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** Objects are looked at again every hour. */
const SCANNED: ExpectedLife = { end: 'unknown', repeatsMinutes: 61, holdsMinutes: 90 }

/** Policy engines. */
export const POLICY: readonly ReasonEntry[] = [
  ...emittedBy(
    'Kyverno',
    [],
    [
      {
        reason: 'PolicyViolation',
        type: 'Warning',
        category: 'quota',
        severity: 'medium',
        meaning: 'An object does not follow a policy.',
        check: 'Read which rule of which policy in the note.',
        ...SCANNED,
      },
      {
        reason: 'PolicyApplied',
        type: 'Normal',
        category: 'quota',
        severity: 'info',
        meaning: 'An object follows the policy.',
      },
      {
        reason: 'PolicyError',
        type: 'Warning',
        category: 'quota',
        severity: 'medium',
        meaning: 'A policy could not be applied.',
        check: 'Correct the policy that the note names.',
        ...SCANNED,
      },
      {
        reason: 'PolicySkipped',
        type: 'Normal',
        category: 'quota',
        severity: 'info',
        meaning: 'A policy was not asked because of an exception.',
      },
    ],
  ),
  ...emittedBy(
    'Gatekeeper',
    [],
    [
      {
        reason: 'FailedAdmission',
        type: 'Warning',
        category: 'quota',
        severity: 'medium',
        meaning: 'An object was refused, because it breaks a constraint.',
        check: 'Read which constraint in the note.',
        ...HAPPENED,
      },
      {
        reason: 'DryrunViolation',
        type: 'Warning',
        category: 'quota',
        severity: 'low',
        meaning: 'An object breaks a constraint that is only on trial.',
        ...HAPPENED,
      },
      {
        reason: 'AuditViolation',
        type: 'Warning',
        category: 'quota',
        severity: 'low',
        meaning: 'The audit found an object that breaks a constraint.',
        check: 'Correct the object that the note names.',
        ...RETRIED,
      },
    ],
  ),
]
