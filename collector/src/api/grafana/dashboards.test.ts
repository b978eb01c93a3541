import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseGrafanaQuery } from './query-schema.ts'

interface Panel {
  readonly title?: string
  readonly targets?: readonly ({ readonly queryType: string; readonly patternBy: readonly string[] } & object)[]
}

const files = globSync(join(import.meta.dirname, '../../../../plugin/src/dashboards/*.json'))
const tables = files.flatMap((file) => {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { readonly panels: readonly Panel[] }
  return panels.filter(({ targets }) => targets?.[0]?.queryType === 'patterns').map((panel) => [basename(file), panel.title ?? '', panel] as const) // prettier-ignore
})

describe('a shipped table of patterns', () => {
  it('is there', () => expect(tables.length).toBeGreaterThan(5))

  it.each(tables)(
    '%s, %s: asks what the collector reads, and says its thresholds',
    (_file, _title, { targets = [] }) => {
      const query = parseGrafanaQuery({ ...targets[0], timeRange: { from: 0, to: 1 } })
      const asked = { ...targets[0], datasource: undefined }
      expect({ ...query, datasource: undefined }).toMatchObject({ ...asked, minRatePerMinute: 0 })
    },
  )
})
