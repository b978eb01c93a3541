import { CustomVariableSupport, type DataQueryRequest, type MetricFindValue } from '@grafana/data'
import type { DataQuery } from '@grafana/schema'
import { from, type Observable } from 'rxjs'
import { VariableEditor } from '../editor/VariableEditor'
import type { EventloomDataSource } from '../datasource'
import { interpolator, type Templates } from '../query/interpolate'
import { SCHEMA_VERSION, type EventloomQuery, type QueryFilter } from '../query/query'
import { rangeOf } from '../resources'

/** Values of a field as the choices of a dashboard's variable. */
export interface VariableQuery extends DataQuery {
  schemaVersion?: number
  field?: string
  filter?: Partial<QueryFilter>
  sort?: 'count' | 'name'
  limit?: number
}

/** Variables of dashboards. Conditions may name other variables, so that a choice narrows the next one's. */
export class VariableSupport extends CustomVariableSupport<EventloomDataSource, VariableQuery> {
  readonly editor = VariableEditor
  readonly #dataSource: EventloomDataSource
  readonly #templates: Templates

  constructor(dataSource: EventloomDataSource, templates: Templates) {
    super()
    this.#dataSource = dataSource
    this.#templates = templates
  }

  query = (request: DataQueryRequest<VariableQuery>): Observable<{ data: MetricFindValue[] }> =>
    from(this.#find(request).then((data) => ({ data })))

  override getDefaultQuery(): Partial<EventloomQuery> & Pick<VariableQuery, 'field' | 'sort'> {
    return { schemaVersion: SCHEMA_VERSION, field: 'namespace', filter: { text: '', terms: [] }, sort: 'count' }
  }

  async #find({ targets: [query], range, scopedVars }: DataQueryRequest<VariableQuery>): Promise<MetricFindValue[]> {
    if (query?.field === undefined || query.field === '') return []
    const { term, lucene, plain } = interpolator(this.#templates, scopedVars)
    const { text = '', terms = [] } = query.filter ?? {}
    const filter = { text: lucene(text), terms: terms.map(term) }
    const { limit, sort = 'count' } = query
    const question = { field: plain(query.field), filter, sort, ...(limit === undefined ? {} : { limit }) }
    return this.#dataSource.resources.variable(question, rangeOf(range))
  }
}
