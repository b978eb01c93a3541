import { CustomVariableSupport, type DataQueryRequest, type MetricFindValue } from '@grafana/data'
import { from, type Observable } from 'rxjs'
import { VariableEditor } from '../editor/VariableEditor'
import type { EventloomApi } from '../data-source'
import { interpolator, type Templates } from '../query/interpolate'
import { SCHEMA_VERSION, type EventloomQuery } from '../query/query'
import { SEARCH, type VariableQuery } from '../query/variable-query'
import { rangeOf } from '../resources'

/** What was typed: Grafana adds wildcards, and leaves its own name where nothing was. */
function searchedFor(text: string): string {
  return text === SEARCH ? '' : text.replace(/^\^/, '').replace(/\.?\*$/, '')
}

/** Variables of dashboards. Conditions may name other variables, so that a choice narrows the next one's. */
export class VariableSupport extends CustomVariableSupport<EventloomApi, VariableQuery> {
  readonly editor = VariableEditor
  readonly #dataSource: EventloomApi
  readonly #templates: Templates

  constructor(dataSource: EventloomApi, templates: Templates) {
    super()
    this.#dataSource = dataSource
    this.#templates = templates
  }

  query = (request: DataQueryRequest<VariableQuery>): Observable<{ data: MetricFindValue[] }> =>
    from(this.#find(request).then((data) => ({ data })))

  override getDefaultQuery(): Partial<EventloomQuery> & Pick<VariableQuery, 'field' | 'sort' | 'search'> {
    return {
      schemaVersion: SCHEMA_VERSION,
      field: 'namespace',
      filter: { text: '', terms: [] },
      sort: 'count',
      search: SEARCH,
    }
  }

  async #find({ targets: [query], range, scopedVars }: DataQueryRequest<VariableQuery>): Promise<MetricFindValue[]> {
    if (query?.field === undefined || query.field === '') return []
    const { term, lucene, plain } = interpolator(this.#templates, scopedVars)
    const { text = '', terms = [] } = query.filter ?? {}
    const filter = { text: lucene(text), terms: terms.map(term) }
    const { limit, sort = 'count', search = '' } = query
    const question = {
      field: plain(query.field),
      filter,
      sort,
      search: searchedFor(plain(search)),
      ...(limit === undefined ? {} : { limit }),
    }
    return this.#dataSource.resources.variable(question, rangeOf(range))
  }
}
