import type { DataQuery } from '@grafana/schema'
import type { QueryFilter } from './query'

/** Values of a field as the choices of a dashboard's variable. */
export interface VariableQuery extends DataQuery {
  schemaVersion?: number
  field?: string
  filter?: Partial<QueryFilter>
  sort?: 'count' | 'name'
  limit?: number
  /** What is typed into the menu comes here. */
  search?: string
}

/** By this text in a variable's query Grafana knows that what is typed into its menu goes to the collector. */
export const SEARCH = '$__searchFilter'
