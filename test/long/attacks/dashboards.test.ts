import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../../collector/src/clock.ts'
import type { SentFrame } from '../../support/ask-grafana.ts'
import { POD_BYTES, startOver, type Attacked } from '../../support/attacked-collector.ts'
import { NOON } from '../../support/an-observation.ts'
import { crowdedFile, NAMESPACES } from '../../support/crowded-store.ts'
import { openDashboard } from '../../support/dashboard-viewer.ts'
import { DASHBOARDS } from '../../support/shipped-dashboards.ts'

const PODS_EACH = Number(process.env['EVENTLOOM_PODS_EACH'] ?? 1_000)
const TO = NOON + MINUTE

let collector: Attacked
beforeAll(async () => (collector = await startOver(await crowdedFile(PODS_EACH))), 900_000)
afterAll(() => collector.end(), 60_000)

describe.each(DASHBOARDS.map((dashboard) => [dashboard.name, dashboard] as const))(
  `${NAMESPACES} namespaces of ${PODS_EACH} pods on the shipped dashboard %s`,
  (_, dashboard) => {
    it.each(['All', 'each value of the menus'])(
      'with %s: every panel is drawn, and says what it leaves out',
      async (what) => {
        const drawn = await openDashboard(
          { ask: collector.ask, from: TO - 6 * HOUR, to: TO },
          dashboard,
          what === 'All',
        )
        for (const { title, query, error, frames } of drawn) {
          expect(error, title).toBeUndefined()
          for (const frame of frames) if (isCut(frame, query)) expect(noticesOf(frame), title).not.toEqual([])
        }
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
