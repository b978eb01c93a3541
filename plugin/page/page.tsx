import {
  createTheme,
  dateTime,
  ThemeContext,
  type CoreApp,
  type DataSourceInstanceSettings,
  type DataSourceSettings,
  type TimeRange,
} from '@grafana/data'
import { initPluginTranslations } from '@grafana/i18n'
import { config, setBackendSrv, setTemplateSrv, type BackendSrvRequest } from '@grafana/runtime'
import { GlobalStyles, PortalContainer } from '@grafana/ui'
import i18next from 'i18next'
import { useState } from 'react'
import { createRoot } from 'react-dom/client'
import { from } from 'rxjs'
import { ConfigEditor } from '../src/config/ConfigEditor'
import type { VariableQuery } from '../src/query/variable-query'
import { EventloomDataSource } from '../src/datasource'
import { AnnotationEditor } from '../src/editor/AnnotationEditor'
import { QueryEditor } from '../src/editor/QueryEditor'
import { VariableEditor } from '../src/editor/VariableEditor'
import { QueryHelp } from '../src/help/QueryHelp'
import english from '../src/locales/en-US/eventloom-events-datasource.json'
import chinese from '../src/locales/zh-Hans/eventloom-events-datasource.json'
import pluginJson from '../src/plugin.json'
import type { EventloomQuery } from '../src/query/query'
import type { EventloomSecrets, EventloomSettings } from '../src/settings'

/** Which editor, and what is stored in the dashboard. */
interface Shown {
  readonly editor?: 'query' | 'annotation' | 'variable' | 'settings' | 'help'
  readonly app?: CoreApp
  readonly theme?: 'dark' | 'light'
  readonly language?: string
  readonly stored?: object
}

declare global {
  interface Window {
    /** Mounts an editor anew. */
    show: (shown: Shown) => Promise<void>
    /** What it wrote since then. */
    written: { queries: unknown[]; runs: number; settings: unknown[] }
  }
}

/** Grafana's HTTP service, as far as a data source uses it. */
const backend = { fetch: ({ url, method, data }: BackendSrvRequest) => from(send(url, method ?? 'GET', data)) }

async function send(url: string, method: string, data: unknown) {
  const body = method === 'GET' ? {} : { body: JSON.stringify(data) }
  const response = await fetch(url, { method, headers: { 'Content-Type': 'application/json' }, ...body })
  const answer: unknown = await response.json()
  // Grafana's service throws what is no success.
  if (!response.ok) throw { status: response.status, statusText: response.statusText, data: answer }
  return { data: answer, ok: true, status: response.status }
}

setBackendSrv(backend as unknown as Parameters<typeof setBackendSrv>[0])
setTemplateSrv({
  getVariables: () => [],
  replace: (text = '') => text,
  containsTemplate: () => false,
  updateTimeRange: () => undefined,
})

/** All of the shipped recording, a week that ends now. */
const now = dateTime()
const start = dateTime(now).subtract(9, 'd')
const range: TimeRange = { from: start, to: now, raw: { from: start, to: now } }

const settings = {
  id: 1,
  uid: 'eventloom',
  type: pluginJson.id,
  name: 'Eventloom',
  jsonData: {},
  meta: pluginJson,
} as unknown as DataSourceInstanceSettings<EventloomSettings>
const dataSource = new EventloomDataSource(settings)

function Editor({ editor = 'query', app = 'explore' as CoreApp, stored }: Shown) {
  switch (editor) {
    case 'settings':
      return <EditorOfSettings stored={stored} />
    case 'variable':
      return <EditorOfVariable stored={stored} />
    case 'help':
      return (
        <QueryHelp
          datasource={dataSource}
          query={{ refId: 'A' }}
          onClickExample={(query) => window.written.queries.push(query)}
        />
      )
    case 'annotation':
    case 'query':
      return <EditorOfQuery Editor={editor === 'query' ? QueryEditor : AnnotationEditor} app={app} stored={stored} />
  }
}

interface OfQuery extends Pick<Shown, 'stored'> {
  readonly Editor: typeof QueryEditor
  readonly app: CoreApp
}

function EditorOfQuery({ Editor: OneOfThem, app, stored }: OfQuery) {
  const initial = stored ?? dataSource.getDefaultQuery(app)
  const [query, setQuery] = useState<EventloomQuery>({ refId: 'A', ...initial })
  return (
    <OneOfThem
      datasource={dataSource}
      query={query}
      range={range}
      app={app}
      onChange={(changed) => {
        window.written.queries.push(changed)
        setQuery(changed)
      }}
      onRunQuery={() => (window.written.runs += 1)}
    />
  )
}

function EditorOfVariable({ stored }: Pick<Shown, 'stored'>) {
  const [query, setQuery] = useState<VariableQuery>({
    refId: 'variable',
    ...dataSource.variables?.getDefaultQuery?.(),
    ...stored,
  })
  return (
    <VariableEditor
      datasource={dataSource}
      query={query}
      range={range}
      onChange={(changed) => {
        window.written.queries.push(changed)
        setQuery(changed)
      }}
      onRunQuery={() => (window.written.runs += 1)}
    />
  )
}

function EditorOfSettings({ stored }: Pick<Shown, 'stored'>) {
  const initial = {
    id: 1,
    uid: 'eventloom',
    name: 'Eventloom',
    type: pluginJson.id,
    url: '',
    jsonData: { address: 'http://collector:8085' },
    secureJsonFields: {},
    readOnly: false,
  }
  const [options, setOptions] = useState({ ...initial, ...stored } as unknown as DataSourceSettings<
    EventloomSettings,
    EventloomSecrets
  >)
  return (
    <ConfigEditor
      options={options}
      onOptionsChange={(changed) => {
        window.written.settings.push(changed)
        setOptions(changed)
      }}
    />
  )
}

// As Grafana does before it loads a plugin.
const resources = { 'en-US': { [pluginJson.id]: english }, 'zh-Hans': { [pluginJson.id]: chinese } }
await i18next.init({ lng: 'en-US', resources })
await initPluginTranslations(pluginJson.id)

const element = document.getElementById('root')
if (element === null) throw new Error('the page has no root')
const root = createRoot(element)
let times = 0

window.show = async (shown) => {
  const { language = 'en-US', theme: mode = 'dark' } = shown
  window.written = { queries: [], runs: 0, settings: [] }
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  const theme = createTheme({ colors: { mode } })
  config.theme2 = theme
  times += 1
  root.render(
    <ThemeContext.Provider value={theme} key={times}>
      <GlobalStyles />
      <main className="editor">
        <h1 className="title">Eventloom</h1>
        <Editor {...shown} />
      </main>
      <PortalContainer />
    </ThemeContext.Provider>,
  )
  // Until it is drawn.
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
}
