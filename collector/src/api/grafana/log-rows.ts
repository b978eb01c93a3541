import { describeObject } from '../../event/object-reference.ts'
import type { Observation } from '../../event/observation.ts'
import type { Column } from './frame.ts'
import { levelOf } from './level.ts'
import { rowLabels } from './row-labels.ts'

/** Observations as columns of a `log-lines` frame. */
export function logColumns(rows: readonly Observation[]): readonly Column[] {
  const { labels, types } = rowLabels(rows)
  return [
    { kind: 'time', name: 'timestamp', values: rows.map(({ lastObserved }) => lastObserved) },
    { kind: 'string', name: 'body', values: rows.map(bodyOf) },
    { kind: 'string', name: 'severity', values: rows.map(({ severity }) => levelOf(severity)) },
    { kind: 'string', name: 'id', values: rows.map(({ id }) => id) },
    { kind: 'json', name: 'labels', values: labels },
    { kind: 'json', name: 'labelTypes', values: types },
  ]
}

/** `BackOff: Back-off pulling image (Pod shop/web-0, 12 times)` */
export function bodyOf({ reason, note, regarding, count, countIsLowerBound }: Observation): string {
  const times = count > 1 ? `, ${countIsLowerBound ? 'at least ' : ''}${count} times` : ''
  return `${reason}: ${note} (${describeObject(regarding)}${times})`
}
