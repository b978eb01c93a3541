import { MILLISECOND, type EpochMicros } from '../../collector/src/clock.ts'
import type { Choice } from '../../collector/src/api/grafana/lookups.ts'
import type { SentFrame } from './ask-grafana.ts'
import type { Asked } from './attacked-collector.ts'
import { filledIn, panelsOf, type Dashboard } from './shipped-dashboards.ts'

/** What one query of a panel came to. */
export interface Drawn {
  readonly title: string
  readonly query: Readonly<Record<string, unknown>>
  readonly status: number
  readonly error?: string
  readonly frames: readonly SentFrame[]
}

/** Somebody who looks at dashboards, as a browser asks for them. */
export interface Viewer {
  readonly ask: (path: string, body: unknown) => Promise<Asked>
  readonly from: EpochMicros
  readonly to: EpochMicros
}

/**
 * Opens a dashboard: the menus of its variables, then all panels at once.
 *
 * @param isAll leaves every menu at "All"; else each of its values is chosen.
 * @throws Error a menu cannot be filled.
 */
export async function openDashboard(viewer: Viewer, dashboard: Dashboard, isAll: boolean): Promise<readonly Drawn[]> {
  const chosen = await chosenOf(viewer, dashboard, isAll)
  const drawn = panelsOf(dashboard.panels).flatMap(({ title = '', targets = [] }) =>
    targets.map(async (target): Promise<Drawn> => {
      const query = filledIn(target, chosen)
      return { title, query, ...(await answerTo(viewer, query)) }
    }),
  )
  return Promise.all(drawn)
}

/** Values of the variables in their order, since a choice narrows the next one's; of those that have no "All", the first. */
async function chosenOf(
  viewer: Viewer,
  { templating }: Dashboard,
  isAll: boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const chosen = new Map<string, readonly string[]>()
  for (const { name, type, query, includeAll } of templating.list) {
    if (type !== 'query') continue
    const filled = { ...filledIn(query as Readonly<Record<string, unknown>>, chosen), search: '' }
    const asked = { query: filled, timeRange: rangeOf(viewer) }
    const { status, text } = await viewer.ask('/api/v1/grafana/variables', asked)
    if (status !== 200) throw new Error(`${name}: ${status} ${text}`)
    const values = (JSON.parse(text) as readonly Choice[]).map(({ value }) => value)
    if (includeAll !== true) chosen.set(name, values.slice(0, 1))
    else if (!isAll) chosen.set(name, values)
  }
  return chosen
}

async function answerTo(viewer: Viewer, query: Drawn['query']): Promise<Pick<Drawn, 'status' | 'error' | 'frames'>> {
  const asked = { ...query, refId: 'A', timeRange: rangeOf(viewer), intervalMs: 15_000, maxDataPoints: 800 }
  const { status, text } = await viewer.ask('/api/v1/grafana/query', { queries: [asked] })
  if (status !== 200) return { status, error: text, frames: [] }
  const { results } = JSON.parse(text) as { readonly results: Readonly<Record<string, Partial<Drawn>>> }
  return { status, frames: [], ...results['A'] }
}

function rangeOf({ from, to }: Viewer) {
  return { from: from / MILLISECOND, to: to / MILLISECOND }
}
