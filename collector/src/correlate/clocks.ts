import type { EpochMicros } from '../clock.ts'
import { AHEAD, LEAP } from '../event/doubtful-time.ts'
import type { PlacedEvent } from '../event/observation.ts'
import { isRecorded } from '../event/raw-event.ts'

interface Clock {
  /** The recording that it goes by, or `live`. */
  source: string
  now: EpochMicros
  hasLeapt: boolean
}

/** The time of each cluster, by what happened there and by what passed while it was watched. */
export class Clocks {
  readonly #clocks = new Map<string, Clock>()

  now(cluster: string): EpochMicros {
    return this.#clocks.get(cluster)?.now ?? 0
  }

  /** A recording begins at its own time, which may lie before all that is known; live time only goes on. */
  hear({ cluster, source, lastObserved, received }: PlacedEvent): EpochMicros {
    const told = isRecorded({ source }) ? source : LIVE
    // A recording may be told before its time: a clock of a test, or of a machine that is behind.
    const time = told === LIVE ? Math.min(lastObserved, received + AHEAD) : lastObserved
    const clock = this.#clocks.get(cluster) ?? { source: told, now: time, hasLeapt: false }
    this.#clocks.set(cluster, clock)
    const isOtherRecording = told !== clock.source && told !== LIVE
    clock.source = told
    if (isOtherRecording) {
      clock.now = time
    } else if (time > clock.now + LEAP && !clock.hasLeapt) {
      clock.hasLeapt = true
      return clock.now
    }
    clock.hasLeapt = false
    clock.now = Math.max(clock.now, time)
    return clock.now
  }

  pass(cluster: string, until: EpochMicros): void {
    const clock = this.#clocks.get(cluster)
    if (clock === undefined) this.#clocks.set(cluster, { source: LIVE, now: until, hasLeapt: false })
    else clock.now = Math.max(clock.now, until)
  }
}

const LIVE = 'live'
