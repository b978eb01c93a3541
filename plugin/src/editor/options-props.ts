import type { CoreApp, TimeRange } from '@grafana/data'
import type { EventloomQuery, ReadableQuery } from '../query/query'
import type { Resources } from '../resources'

export interface OptionsProps {
  readonly query: ReadableQuery
  readonly resources: Resources
  readonly range: TimeRange | undefined
  readonly app?: CoreApp
  readonly onChange: (part: Partial<EventloomQuery>) => void
  readonly onRunQuery: () => void
}
