import type { EpochMicros } from '../../clock.ts'
import { PLANNED_REASONS, tellPlanned, type Incident } from '../../incident/incident.ts'
import type { Filter } from '../../query/model.ts'
import type { EventReader } from '../../store/store.ts'

/** Events of planned work that are read at most, the newest. */
const MOST_EVENTS = 5_000

const REASONS: Filter = { op: 'in', field: 'reason', values: PLANNED_REASONS }

/** Incidents without those that are planned work, and planned work as it was told of between two times. */
export async function readPlanned(
  reader: EventReader,
  incidents: readonly Incident[],
  { from, at }: { readonly from: EpochMicros; readonly at: EpochMicros },
  signal: AbortSignal,
): Promise<{ readonly incidents: readonly Incident[]; readonly planned: readonly Incident[] }> {
  const query = {
    from,
    to: at + 1,
    filter: REASONS,
    view: 'observations',
    order: 'newest',
    limit: MOST_EVENTS,
  } as const
  const { rows } = await reader.events(query, signal)
  return tellPlanned(incidents, rows.toReversed(), at)
}
