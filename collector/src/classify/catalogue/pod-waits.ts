import { kubeletUntil, ofObject, ofSuccessor, UNTIL_SEEN_WELL, type ExpectedLife } from './life.ts'

/** What follows in a pod once its volumes and its sandbox are there. */
const CONTAINERS_COME = ofObject('Pulling', 'Pulled', 'Created', 'Started')

/** A pod that took the place of the waiting one runs. */
const SUCCESSOR_RUNS = ofSuccessor('Started')

/** The pod's containers wait, for a sandbox or the like. */
export const BEFORE_CONTAINERS: ExpectedLife = kubeletUntil(CONTAINERS_COME, SUCCESSOR_RUNS)

/** Like {@link BEFORE_CONTAINERS}; mounts are tried again at the latest after 2 min, so that their events outlast the limit. */
export const BEFORE_MOUNT: ExpectedLife = { ...BEFORE_CONTAINERS, holdsMinutes: 35 }

/** A container waits for its image. */
export const BEFORE_IMAGE: ExpectedLife = kubeletUntil(ofObject('Pulled'), ofSuccessor('Pulled', 'Started'))

/** A container is not made; its image is there each time it is tried. */
export const BEFORE_CREATED: ExpectedLife = kubeletUntil(ofObject('Created', 'Started'), SUCCESSOR_RUNS)

/** A container is made and does not start. */
export const BEFORE_STARTED: ExpectedLife = kubeletUntil(ofObject('Started'), SUCCESSOR_RUNS)

/** A probe fails: nothing tells when it passes again. */
export const PROBED: ExpectedLife = { ...UNTIL_SEEN_WELL, holdsMinutes: 10 }
