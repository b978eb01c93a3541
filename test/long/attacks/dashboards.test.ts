import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR, MILLISECOND, MINUTE } from '../../../collector/src/clock.ts'
import type { Choice } from '../../../collector/src/api/grafana/lookups.ts'
import type { SentFrame } from '../../support/ask-grafana.ts'
import { POD_BYTES, startOver, type Attacked } from '../../support/attacked-collector.ts'
import { NOON } from '../../support/an-observation.ts'
import { crowdedFile, NAMESPACES } from '../../support/crowded-store.ts'
import { DASHBOARDS, filledIn, panelsOf, type Dashboard } from '../../support/shipped-dashboards.ts'

const PODS_EACH = Number(process.env['EVENTLOOM_PODS_EACH'] ?? 1_000)
const TO = NOON + MINUTE
const timeRange = { from: (TO - 6 * HOUR) / MILLISECOND, to: TO / MILLISECOND }

interface Answer {
  readonly error?: string
  readonly frames?: readonly SentFrame[]
}

let collector: Attacked
beforeAll(async () => (collector = await startOver(await crowdedFile(PODS_EACH))), 900_000)
afterAll(() => collector.end(), 60_000)

describe.each(DASHBOARDS.map((dashboard) => [dashboard.name, dashboard] as const))(
  `${NAMESPACES} namespaces of ${PODS_EACH} pods on the shipped dashboard %s`,
  (_, dashboard) => {
    it.each(['All', 'each value of the menus'])(
      'with %s: every panel is drawn, and says what it leaves out',
      async (what) => {
        const chosen = await chosenOf(dashboard, what === 'All')
        // A browser asks for all panels at once.
        const drawn = panelsOf(dashboard.panels).flatMap(({ title, targets = [] }) =>
          targets.map(async (target) => {
            const query = filledIn(target, chosen)
            const { error, frames = [] } = await answerTo(query)
            expect(error, title).toBeUndefined()
            for (const frame of frames) if (isCut(frame, query)) expect(noticesOf(frame), title).not.toEqual([])
          }),
        )
        await Promise.all(drawn)
        const bytes = collector.mostResident()
        console.log(
          `${dashboard.name}, ${what}: ${Math.round(bytes / 1e6)} MB, /healthz ${Math.round(collector.slowestHealth())} ms`,
        )
        expect(bytes).toBeLessThan(POD_BYTES)
        expect((await collector.ask('/healthz')).status).toBe(200)
      },
    )
  },
)

/** Values of the variables in their order, since a choice narrows the next one's; of those that have no "All", the first. */
async function chosenOf({ templating }: Dashboard, isAll: boolean): Promise<ReadonlyMap<string, readonly string[]>> {
  const chosen = new Map<string, readonly string[]>()
  for (const { name, type, query, includeAll } of templating.list) {
    if (type !== 'query') continue
    const filled = { ...filledIn(query as Readonly<Record<string, unknown>>, chosen), search: '' }
    const { status, text } = await collector.ask('/api/v1/grafana/variables', { query: filled, timeRange })
    expect(status, text).toBe(200)
    const values = (JSON.parse(text) as readonly Choice[]).map(({ value }) => value)
    if (includeAll !== true) chosen.set(name, values.slice(0, 1))
    else if (!isAll) chosen.set(name, values)
  }
  return chosen
}

async function answerTo(query: Readonly<Record<string, unknown>>): Promise<Answer> {
  const asked = { ...query, refId: 'A', timeRange, intervalMs: 15_000, maxDataPoints: 800 }
  const { status, text } = await collector.ask('/api/v1/grafana/query', { queries: [asked] })
  if (status !== 200) return { error: text }
  return (JSON.parse(text) as { readonly results: Readonly<Record<string, Answer>> }).results['A'] ?? {}
}

/** A frame as long as it may be. The series of a chart have one for all others, which says so itself. */
function isCut(
  { schema, data }: SentFrame,
  { limit, top, queryType, format }: Readonly<Record<string, unknown>>,
): boolean {
  if (queryType === 'aggregate' && format !== 'numeric' && format !== 'table') return false
  const length = queryType === 'timeline' ? schema.fields.length - 1 : (data.values[0]?.length ?? 0)
  return length >= Number(limit ?? top ?? Infinity)
}

function noticesOf({ schema }: SentFrame): readonly string[] {
  return (schema.meta?.notices ?? []).map(({ text }) => text)
}
