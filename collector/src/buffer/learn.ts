import type { BufferedRow } from './entry.ts'
import type { Heads } from './heads.ts'
import type { VersionIds } from './version-ids.ts'

/** What of a row says how far its chain is. */
export type StoredRow = Pick<BufferedRow, 'observation' | 'chain' | 'highestCount'>

/** Heads and older versions are at least what these rows say. */
export function learn(heads: Heads, ids: VersionIds, rows: readonly StoredRow[], sequence: number): void {
  for (const { observation, chain, highestCount } of rows) {
    const known = heads.find(chain)
    const isNewest = known === undefined || (known.resourceVersion ?? -1) < (observation.resourceVersion ?? -1)
    if (known !== undefined) ids.addOlder(isNewest ? known.id : observation.id, sequence)
    const newest = isNewest ? observation : known
    heads.put(chain, {
      id: newest.id,
      resourceVersion: newest.resourceVersion,
      lastObserved: newest.lastObserved,
      firstObserved: observation.firstObserved,
      highestCount: Math.max(highestCount, known?.highestCount ?? 0),
      estimated: observation.countEstimated || (known?.estimated ?? false),
      sequence,
    })
  }
}
