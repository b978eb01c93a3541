import { kubeletUntil, ofObject, type ExpectedLife } from './life.ts'

/** A claim waits for its volume; the controller looks at it every 15 s. */
export const UNTIL_PROVISIONED: ExpectedLife = { ...kubeletUntil(ofObject('ProvisioningSucceeded')), holdsMinutes: 20 }

/** Like {@link UNTIL_PROVISIONED}, for a volume that is there already: that it is bound tells no event. */
export const UNTIL_BOUND: ExpectedLife = { ...UNTIL_PROVISIONED, end: 'facts' }
