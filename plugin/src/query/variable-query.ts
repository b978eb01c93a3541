import type { DataQuery } from '@grafana/schema'
import type { QueryFilter } from './query'

/** Values of a field as the choices of a dashboard's variable. */
export interface VariableQuery extends DataQuery {
  schemaVersion?: number
  field?: string
  filter?: Partial<QueryFilter>
  sort?: 'count' | 'name'
  limit?: number
}
