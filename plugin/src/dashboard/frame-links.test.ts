import {
  applyFieldOverrides,
  createTheme,
  dateTime,
  FieldType,
  getFieldDisplayValuesProxy,
  toDataFrame,
  type DataFrame,
  type DataLink,
  type LinkModel,
  type ScopedVars,
} from '@grafana/data'
import { linkedDashboards, withLinks, type Surroundings } from './frame-links'

/** What Grafana makes of a text in a link: `${__data.fields["name"]}` and its parts, by the row that was clicked. */
function replaceVariables(text: string, scopedVars?: ScopedVars): string {
  const { frame, rowIndex } = scopedVars?.['__dataContext']?.value as { frame: DataFrame; rowIndex?: number }
  return text.replace(/\$\{__data\.fields\["([^"]+)"\](\.numeric)?\}/g, (whole, name: string, numeric?: string) => {
    if (rowIndex === undefined) return whole
    const values = getFieldDisplayValuesProxy({ frame, rowIndex }) as Record<string, { numeric: number; text: string }>
    return String(numeric === undefined ? values[name]?.text : values[name]?.numeric)
  })
}

const link = (query: unknown): DataLink => ({
  title: 'A link',
  url: '',
  internal: { datasourceUid: 'ds', datasourceName: 'Eventloom', query },
})
const ofRow = (name: string) => `\${__data.fields["${name}"]}`
const raw = { from: 'now-6h', to: 'now' }
const range = { from: dateTime(0), to: dateTime(1), raw }
const surroundings: Surroundings = {
  range,
  dashboards: [{ uid: 'workloads', folderUid: 'f1', folderTitle: 'Kubernetes events' }],
  mayExplore: true,
  mayMakeRules: true,
}

/** Links of a row of a table whose reason is as given, as Grafana's panels get them. */
function clicked(
  query: unknown,
  reason = 'BackOff',
  around: Surroundings = surroundings,
  row: number | undefined = 0,
): LinkModel[] {
  // prettier-ignore
  const frame = toDataFrame({
    fields: [
      { name: 'reason', type: FieldType.string, values: [reason], config: { links: [link(query)] } },
      { name: 'first', type: FieldType.time, values: [1_000_000] },
      { name: 'last', type: FieldType.time, values: [2_000_000] },
      { name: 'canAlert', type: FieldType.string, values: [reason === 'Routine' ? 'false' : 'true'] },
    ],
  })
  const fieldConfig = { defaults: {}, overrides: [] }
  const [shown] = applyFieldOverrides({
    data: [withLinks(frame, around)],
    fieldConfig,
    replaceVariables,
    theme: createTheme(),
    timeZone: 'utc',
  })
  return shown?.fields[0]?.getLinks?.(row === undefined ? {} : { valueRowIndex: row }) ?? []
}

const addressOf = ([model]: LinkModel[]) => new URL(model?.href ?? '', 'http://grafana')
const terms = [{ key: 'reason', operator: '=', values: [ofRow('reason')] }]

it('opens a query in Explore with the range that is shown and the values of the row', () => {
  const [model] = clicked({ refId: 'A', filter: { text: '', terms } })
  expect(model?.title).toBe('A link')
  const left = JSON.parse(addressOf(model === undefined ? [] : [model]).searchParams.get('left') ?? '') as {
    range: unknown
    queries: unknown[]
  }
  expect(left.range).toEqual(raw)
  expect(left.queries[0]).toMatchObject({ filter: { terms: [{ key: 'reason', values: ['BackOff'] }] } })
})

it.each(['"} ] { "', '$other & = ? # %41', '\\', 'Zeile\n2', '名'])('keeps the value %j whole on its way', (reason) => {
  const around = { query: { filter: { terms } }, around: { first: 'first', last: 'last', byMs: 600_000 } }
  const { searchParams } = addressOf(clicked(around, reason))
  const { events } = JSON.parse(searchParams.get('panes') ?? '') as {
    events: { queries: { filter: unknown }[]; range: unknown }
  }
  expect(events.queries[0]?.filter).toEqual({ terms: [{ key: 'reason', operator: '=', values: [reason] }] })
  expect(events.range).toEqual({ from: '400000', to: '2600000' })
})

it('opens a dashboard only where there is one', () => {
  const target = { dashboard: 'workloads', variables: { workload: ofRow('reason') } }
  const { pathname, searchParams } = addressOf(clicked(target))
  expect(pathname).toBe('/d/workloads')
  expect(Object.fromEntries(searchParams)).toEqual({
    'var-datasource': 'ds',
    'var-workload': 'BackOff',
    from: 'now-6h',
    to: 'now',
  })
  expect(clicked(target, 'BackOff', { ...surroundings, dashboards: [] })).toEqual([])
  // Of the past, around its own times.
  const { searchParams: past } = addressOf(
    clicked({ ...target, around: { first: 'first', last: 'last', byMs: 1_000 } }),
  )
  expect([past.get('from'), past.get('to')]).toEqual(['999000', '2001000'])
})

it('leads a Viewer to dashboards only: Explore and new rules are closed to most', () => {
  const viewer = { ...surroundings, mayExplore: false, mayMakeRules: false }
  const around = { query: { queryType: 'events' }, around: { first: 'first', last: 'last', byMs: 1 } }
  const closed = [{ queryType: 'events' }, around, { rule: { name: 'A' }, when: 'true' }]
  expect(closed.flatMap((target) => clicked(target, 'BackOff', viewer))).toEqual([])
  expect(clicked({ dashboard: 'workloads' }, 'BackOff', viewer)).toHaveLength(1)
})

it('begins a rule in the folder of the dashboards, and none of what is routine', () => {
  const rule = { name: ofRow('reason'), annotations: [{ key: 'summary', value: '{{ $labels.namespace }}' }] }
  const { pathname, searchParams } = addressOf(clicked({ rule, when: ofRow('canAlert') }))
  expect(pathname).toBe('/alerting/new/alerting')
  expect(JSON.parse(searchParams.get('defaults') ?? '')).toEqual({
    ...rule,
    name: 'BackOff',
    folder: { uid: 'f1', title: 'Kubernetes events' },
  })
  expect(clicked({ rule, when: ofRow('canAlert') }, 'Routine')[0]?.href).toBe('')
})

it('names the dashboard that has to be looked for', () => {
  const frame = (query: unknown) =>
    toDataFrame({ fields: [{ name: 'a', values: ['x'], config: { links: [link(query)] } }] })
  expect(linkedDashboards([frame({ refId: 'A' })])).toEqual([])
  const two = [frame({ refId: 'A' }), frame({ dashboard: 'workloads' }), frame({ dashboard: 'incidents' }), frame({ dashboard: 'workloads' })] // prettier-ignore
  expect(linkedDashboards(two)).toEqual(['workloads', 'incidents'])
})

it('leaves a frame without links as it is', () => {
  const frame = toDataFrame({ fields: [{ name: 'a', values: [1] }] })
  expect(withLinks(frame, surroundings)).toBe(frame)
})
