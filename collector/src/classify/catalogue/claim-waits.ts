import { kubeletUntil, ofObject, type Life } from './life.ts'

/** A claim waits for its volume; the controller looks at it every 15 s. */
export const UNTIL_PROVISIONED: Life = { ...kubeletUntil(ofObject('ProvisioningSucceeded')), holdsMinutes: 20 }

/** Like {@link UNTIL_PROVISIONED}, for a volume that is there already: that it is bound tells no event. */
export const UNTIL_BOUND: Life = { ...UNTIL_PROVISIONED, end: 'facts' }
