import type { Change } from '../event/change.ts'
import type { RecordOf } from '../event/record.ts'

/** The record of a change. The first that is told of it stays: after a restart less may be known of the same. */
export function changeRecord({ id, at, body }: Change): RecordOf<'change'> {
  return { kind: 'change', id, revision: 1, from: at, to: at, body }
}
