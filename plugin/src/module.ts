import { DataSourcePlugin } from '@grafana/data'
import { initPluginTranslations } from '@grafana/i18n'
import { ConfigEditor } from './config/ConfigEditor'
import { EventloomDataSource } from './datasource'
import { QueryEditor } from './editor/QueryEditor'
import { QueryHelp } from './help/QueryHelp'
import pluginJson from './plugin.json'
import type { EventloomQuery } from './query/query'
import type { EventloomSecrets, EventloomSettings } from './settings'

await initPluginTranslations(pluginJson.id)

export const plugin = new DataSourcePlugin<EventloomDataSource, EventloomQuery, EventloomSettings, EventloomSecrets>(
  EventloomDataSource,
)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setQueryEditorHelp(QueryHelp)
