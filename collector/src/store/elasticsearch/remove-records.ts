import { RECORD_KINDS } from '../../event/record.ts'
import type { EpochMicros } from '../../clock.ts'
import type { DoomedRecords, RemovedRecords } from '../record-age.ts'
import { deleteDocuments } from './delete-documents.ts'
import type { Query } from './filter-query.ts'
import type { RetentionTools } from './remove-days.ts'

/** Removes records and says how many of each kind. */
export async function removeRecords(
  tools: Pick<RetentionTools, 'indices' | 'search' | 'sender'>,
  doomed: DoomedRecords,
  signal: AbortSignal,
): Promise<RemovedRecords> {
  const all = { query: doomedQuery(doomed), sort: [{ kind: 'asc' }, { id: 'asc' }], hasOwnVersions: true }
  const ids = await deleteDocuments(tools, tools.indices.records, all, signal)
  const counts = RECORD_KINDS.map((kind) => [kind, ids.filter((id) => id.startsWith(`${kind}:`)).length] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function doomedQuery({ bounds, spared }: DoomedRecords): Query {
  const old = RECORD_KINDS.map((kind): Query => ({ bool: { filter: [{ term: { kind } }, timeUpTo(bounds[kind])] } }))
  const kept = spared.map(({ from, to }): Query => ({
    bool: { filter: [timeUpTo(to - 1)], must_not: [timeUpTo(from - 1)] },
  }))
  return { bool: { should: old, minimum_should_match: 1, must_not: kept } }
}

/** `recordTime` at or before `bound`. */
function timeUpTo(bound: EpochMicros): Query {
  const upTo = (field: string): Query => ({ range: { [field]: { lte: bound } } })
  const changedUpTo = { bool: { filter: [upTo('from'), upTo('revision')] } }
  return { bool: { should: [upTo('to'), changedUpTo], minimum_should_match: 1 } }
}
