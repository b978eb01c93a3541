import type { DataSourceWithBackend } from '@grafana/runtime'
import type { EventloomQuery } from './query/query'
import type { Resources } from './resources'
import type { EventloomSettings } from './settings'

/** What editors and variables use of the data source. */
export type EventloomApi = DataSourceWithBackend<EventloomQuery, EventloomSettings> & { readonly resources: Resources }
