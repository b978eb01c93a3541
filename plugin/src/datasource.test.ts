import {
  CoreApp,
  dateTime,
  LogsSortOrder,
  store,
  SupplementaryQueryType,
  type DataQueryRequest,
  type DataSourceInstanceSettings,
} from '@grafana/data'
import { setBackendSrv, type BackendSrvRequest } from '@grafana/runtime'
import { firstValueFrom, of } from 'rxjs'
import { EventloomDataSource } from './datasource'
import pluginJson from './plugin.json'
import { writtenQuery } from './query/new-query'
import type { EventloomQuery } from './query/query'
import type { EventloomSettings } from './settings'
import { dashboardVariables } from './test/dashboard-variables'

interface Sent {
  readonly from: string
  readonly to: string
  readonly queries: readonly EventloomQuery[]
}

/** What Grafana's server was asked; it answers every query with one log row whose time has no microseconds. */
function serverAsked(): Sent[] {
  const asked: Sent[] = []
  const frame = {
    schema: {
      meta: { type: 'log-lines' },
      fields: [
        { name: 'timestamp', type: 'time', typeInfo: { frame: 'time.Time' } },
        { name: 'body', type: 'string', typeInfo: { frame: 'string' } },
      ],
    },
    data: { values: [[1_000], ['a']] },
  }
  const fetch = ({ data }: BackendSrvRequest) => {
    asked.push(data as Sent)
    const results = Object.fromEntries(
      (data as Sent).queries.map(({ refId }) => [refId, { status: 200, frames: [frame] }]),
    )
    return of({ data: { results }, status: 200, ok: true })
  }
  setBackendSrv({ fetch } as unknown as Parameters<typeof setBackendSrv>[0])
  return asked
}

const settings = {
  id: 1,
  uid: 'eventloom',
  type: pluginJson.id,
  name: 'Eventloom',
  jsonData: {},
  meta: pluginJson,
} as unknown as DataSourceInstanceSettings<EventloomSettings>

function request(parts: Partial<DataQueryRequest<EventloomQuery>>): DataQueryRequest<EventloomQuery> {
  const from = dateTime(1_000)
  const to = dateTime(9_000)
  return {
    requestId: 'r',
    interval: '1s',
    intervalMs: 1_000,
    startTime: 0,
    scopedVars: {},
    timezone: 'Europe/Berlin',
    app: CoreApp.Dashboard,
    range: { from, to, raw: { from, to } },
    targets: [],
    ...parts,
  }
}

const events = (parts: Partial<EventloomQuery> = {}): EventloomQuery => ({
  refId: 'A',
  schemaVersion: 1,
  queryType: 'events',
  filter: { text: '', terms: [] },
  ...parts,
})

beforeEach(() => store.delete('grafana.explore.logs.sortOrder'))

it('sends filters of the dashboard, the zone of its reader and values of variables with each query', async () => {
  const asked = serverAsked()
  const source = new EventloomDataSource(settings, dashboardVariables({ ns: ['shop', 'pay'] }))
  const terms = [{ key: 'namespace', operator: '=|' as const, values: ['$ns'] }]
  const filters = [{ key: 'reason', operator: '=', value: 'BackOff' }]
  await firstValueFrom(source.query(request({ targets: [events({ filter: { text: '', terms } })], filters })))
  expect(asked[0]?.queries[0]).toMatchObject({
    timezone: 'Europe/Berlin',
    filter: { terms: [{ key: 'namespace', operator: '=|', values: ['shop', 'pay'] }] },
    adHoc: [{ key: 'reason', operator: '=', values: ['BackOff'] }],
  })
})

it('keeps Grafana from asking hidden queries', () => {
  const source = new EventloomDataSource(settings, dashboardVariables({}))
  expect([events(), events({ hide: true })].map((query) => source.filterQuery(query))).toEqual([true, false])
})

it('gives log rows of every page the same fields, and the collector the range of the first page', async () => {
  const asked = serverAsked()
  const source = new EventloomDataSource(settings, dashboardVariables({}))
  const first = await firstValueFrom(source.query(request({ app: CoreApp.Explore, targets: [events()] })))
  expect(first.data[0].fields[0].nanos).toEqual([0])
  const to = dateTime(5_000)
  const range = { from: dateTime(1_000), to, raw: { from: dateTime(1_000), to } }
  const next = events({ refId: 'more-A', supportingQueryType: 'infiniteScroll' })
  await firstValueFrom(source.query(request({ app: CoreApp.Explore, targets: [next], range })))
  expect(asked[1]).toMatchObject({ to: '5000', queries: [{ scrolled: { from: 1_000, to: 9_000 }, order: 'newest' }] })
})

it('begins with the oldest rows where Explore shows the oldest first, and nowhere else', async () => {
  const asked = serverAsked()
  const source = new EventloomDataSource(settings, dashboardVariables({}))
  store.set('grafana.explore.logs.sortOrder', LogsSortOrder.Ascending)
  await firstValueFrom(source.query(request({ app: CoreApp.Explore, targets: [events({ order: 'newest' })] })))
  await firstValueFrom(source.query(request({ targets: [events({ order: 'newest' })] })))
  expect(asked.map(({ queries }) => queries[0]?.order)).toEqual(['oldest', 'newest'])
})

it('hands Explore queries whose filters can be seen and removed', () => {
  const source = new EventloomDataSource(settings, dashboardVariables({ ns: 'shop' }))
  const query = events({ filter: { text: 'namespace:$ns', terms: [] } })
  const [explored] = source.interpolateVariablesInQueries([query], {}, [
    { key: 'reason', operator: '=', value: 'BackOff' },
  ])
  expect(explored?.filter).toEqual({
    text: 'namespace:shop',
    terms: [{ key: 'reason', operator: '=', values: ['BackOff'] }],
  })
})

it('asks of a panel that nobody has written what the editor shows there', async () => {
  const asked = serverAsked()
  const source = new EventloomDataSource(settings, dashboardVariables({}))
  await firstValueFrom(source.query(request({ targets: [{ refId: 'A' }] })))
  expect(asked[0]?.queries[0]).toMatchObject(writtenQuery({ refId: 'A' }, CoreApp.PanelEditor))
  expect(asked[0]?.queries[0]).toMatchObject({ queryType: 'aggregate', groupBy: ['severity'] })
})

it('counts in the volume of Explore what its list lists, or occurrences where somebody chose them', () => {
  const source = new EventloomDataSource(settings, dashboardVariables({}))
  const metricOf = (query: EventloomQuery) =>
    source.getSupplementaryQuery({ type: SupplementaryQueryType.LogsVolume }, query)?.metric
  expect(metricOf(events())).toBe('events')
  expect(metricOf(events({ view: 'observations' }))).toBe('observations')
  expect(metricOf(events({ volume: 'occurrences' }))).toBe('occurrences')
})
