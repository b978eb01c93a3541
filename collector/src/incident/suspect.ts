import { SECOND, type EpochMicros } from '../clock.ts'
import { stateOfBody, type ProblemBody } from '../event/problem.ts'
import { severityRank } from '../event/words.ts'
import type { Blame } from './blame/blame.ts'

/** A problem with what it says of its own cause. */
export interface Suspect {
  readonly id: string
  readonly body: ProblemBody
  readonly unseen: boolean
  readonly blame: Blame
}

/** When it ended; what is not over goes on. */
export function endOf({ transitions }: ProblemBody): EpochMicros {
  const last = transitions.at(-1)
  return last?.state === 'over' ? last.at : Number.POSITIVE_INFINITY
}

export function isOver(body: ProblemBody): boolean {
  return stateOfBody(body) === 'over'
}

/** Symptoms are told of every few seconds while they last; after so many events of one object only each five minutes. */
const EARLY_EVENTS = 25
const SILENT_EARLY = 150 * SECOND
const SILENT_LATE = 360 * SECOND

/** A symptom that was seen less often than this, and is of no great severity, may have been a start. */
const LASTING = 5

/** Whether it was more than a start that was slow. */
export function lasts({ occurrences, severity }: ProblemBody): boolean {
  return occurrences >= LASTING || severityRank(severity) >= severityRank('medium')
}

/** Whether it still seems to be there: told of within its reporter's usual pause. Of what is over: whether it ever lasted. */
export function seemsThere({ body, blame }: Suspect, now: EpochMicros): boolean {
  const state = stateOfBody(body)
  if (!blame.isSymptom) return state !== 'quiet'
  const silence = body.occurrences < EARLY_EVENTS ? SILENT_EARLY : SILENT_LATE
  return lasts(body) && (state === 'over' || now - body.lastObserved <= silence)
}
