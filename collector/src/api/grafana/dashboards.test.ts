import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { patternId } from '../../event/pattern.ts'
import { parseGrafanaQuery } from './query-schema.ts'

interface Panel {
  readonly title?: string
  readonly targets?: readonly ({ readonly queryType: string; readonly patternBy: readonly string[] } & object)[]
  readonly fieldConfig?: { readonly overrides: readonly { readonly properties: readonly { readonly id: string; readonly value: unknown }[] }[] } // prettier-ignore
}

const files = globSync(join(import.meta.dirname, '../../../../plugin/src/dashboards/*.json'))
const tables = files.flatMap((file) => {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { readonly panels: readonly Panel[] }
  return panels.filter(({ targets }) => targets?.[0]?.queryType === 'patterns').map((panel) => [basename(file), panel.title ?? '', panel] as const) // prettier-ignore
})

/** What Grafana makes of a link: each `${…}` filled in, escaped where it says so. */
function filled(url: string): string {
  return url.replace(/\$\{__data\.fields(?:\.(\w+)|\["([^"]+)"\]):percentencode\}/g, (_, name?: string, quoted?: string) => encodeURIComponent(`<${name ?? quoted ?? ''}>`)).replace(/\$\{\w+\}/g, '1') // prettier-ignore
}

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

  it.each(tables)(
    '%s, %s: a click shows the events of the row first',
    (_file, _title, { targets = [], fieldConfig }) => {
      const properties = fieldConfig?.overrides.flatMap((override) => override.properties) ?? []
      const links = properties.find(({ id }) => id === 'links')?.value as readonly { readonly title: string; readonly url: string }[] // prettier-ignore
      expect(links[0]?.title).toBe('Show its events')
      const panes = JSON.parse(new URLSearchParams(filled(links[0]?.url ?? '').split('?')[1]).get('panes') ?? '') as Record<string, { queries: { filter: { terms: { key: string; values: string[] }[] } }[] }> // prettier-ignore
      const terms = Object.values(panes)[0]?.queries[0]?.filter.terms ?? []
      const key = targets[0]?.patternBy ?? []
      expect(patternId(terms.map((term) => term.key), terms.flatMap(({ values }) => values))).toBe(patternId(key, key.map((field) => `<${field}>`))) // prettier-ignore
    },
  )

  it.each(tables)('%s, %s: makes a rule only of what is no routine', (_file, _title, { targets = [], fieldConfig }) => {
    const { text } = (targets[0] as unknown as { filter: { text: string } }).filter
    expect(JSON.stringify(fieldConfig).includes('Create an alert rule')).toBe(text === 'NOT severity:info')
  })
})
