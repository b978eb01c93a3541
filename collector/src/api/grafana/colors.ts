import type { Category, Severity } from '../../event/words.ts'

/** Names of Grafana's palette, which has one tone of each for dark and one for light pages. */
const OF_SEVERITY: Readonly<Record<Severity, string>> = {
  info: 'blue',
  low: 'green',
  medium: 'yellow',
  high: 'orange',
  critical: 'red',
}

const OF_CATEGORY: Readonly<Record<Category, string>> = {
  scheduling: 'purple',
  image: 'light-blue',
  container: 'red',
  probe: 'yellow',
  storage: 'orange',
  network: 'blue',
  node: 'dark-red',
  pressure: 'dark-orange',
  workload: 'green',
  scaling: 'light-green',
  quota: 'dark-yellow',
  job: 'dark-purple',
  security: 'light-red',
  'control-plane': 'dark-blue',
  config: 'light-purple',
  application: 'dark-green',
  other: 'text',
}

const OF_TYPE = { Normal: 'green', Warning: 'orange', Error: 'red' }

const COLORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  severity: OF_SEVERITY,
  worstSeverity: OF_SEVERITY,
  category: OF_CATEGORY,
  type: OF_TYPE,
}

/** The same word has the same colour on all panels: of a series of the groups of one field. */
export function seriesColor(groupBy: readonly string[], key: readonly string[]): Readonly<Record<string, unknown>> {
  const [field = '', ...more] = groupBy
  const fixedColor = more.length === 0 ? COLORS[field]?.[key[0] ?? ''] : undefined
  return fixedColor === undefined ? {} : { color: { mode: 'fixed', fixedColor } }
}

/** And of the words in a column of a table. */
export function cellColors(name: string): Readonly<Record<string, unknown>> {
  const colors = COLORS[name]
  if (colors === undefined) return {}
  const options = Object.fromEntries(Object.entries(colors).map(([word, color], index) => [word, { color, index }]))
  return { mappings: [{ type: 'value', options }], custom: { cellOptions: { type: 'color-text' } } }
}
