import type { DataSourcePluginOptionsEditorProps } from '@grafana/data'
import type { EventloomSecrets, EventloomSettings } from '../settings'

export type ConfigProps = DataSourcePluginOptionsEditorProps<EventloomSettings, EventloomSecrets>
