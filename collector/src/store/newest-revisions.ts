import type { StoreRecord } from '../event/record.ts'

/** Of each record the highest revision, the first of equal ones: no more of a batch need be written. */
export function newestRevisions(records: readonly StoreRecord[]): readonly StoreRecord[] {
  const newest = new Map<string, StoreRecord>()
  for (const record of records) {
    const key = recordKey(record)
    const known = newest.get(key)
    if (known === undefined || known.revision < record.revision) newest.set(key, record)
  }
  return [...newest.values()]
}

/** Key of a record for maps. */
export function recordKey({ kind, id }: Pick<StoreRecord, 'kind' | 'id'>): string {
  return JSON.stringify([kind, id])
}
