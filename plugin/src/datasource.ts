import {
  CoreApp,
  type AbstractQuery,
  type AdHocVariableFilter,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetDrilldownsApplicabilityOptions,
  type DataSourceGetRecommendedDrilldownsOptions,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type DataSourceWithLogsContextSupport,
  type DataSourceWithQueryExportSupport,
  type DataSourceWithQueryImportSupport,
  type DataSourceWithQueryModificationSupport,
  type DataSourceWithSupplementaryQueriesSupport,
  type DataSourceWithToggleableQueryFiltersSupport,
  type LogRowContextOptions,
  type LogRowModel,
  type MetricFindValue,
  type QueryFilterOptions,
  type QueryFixAction,
  type ScopedVars,
  type SupplementaryQueryOptions,
  type SupplementaryQueryType,
  type TimeRange,
  type ToggleFilterAction,
} from '@grafana/data'
import { DataSourceWithBackend, getGrafanaLiveSrv, getTemplateSrv } from '@grafana/runtime'
import { createElement, type ReactNode } from 'react'
import { firstValueFrom, switchMap, type Observable } from 'rxjs'
import { withMarkup } from './dashboard/annotation-marks'
import { annotationSupport } from './dashboard/annotations'
import { rightsOfReader } from './dashboard/rights'
import { Dashboards } from './dashboard/dashboards'
import { applicabilityOf, groupableFields, namesOf, recommendedDrilldowns } from './dashboard/drilldowns'
import { linkedDashboards, withLinks } from './dashboard/frame-links'
import { withReadableErrors, withReadableNotices } from './dashboard/frame-notices'
import { dashboardLinks } from './dashboard/links'
import { VariableSupport } from './dashboard/variables'
import { exportQuery, importQuery } from './explore/abstract-queries'
import { hasFilter, modifyQuery, MODIFICATIONS, toggleFilter } from './explore/filter-actions'
import { inExploreOrder, ScrolledLists } from './explore/infinite-scroll'
import { labelHeading } from './explore/label-heading'
import { liveTail } from './explore/live-tail'
import { withNanos } from './explore/log-frames'
import { contextQuery, contextRequest, neighboursQuery, scopesOf, ScopePicker } from './explore/log-context'
import { supplementaryQuery, SUPPLEMENTARY_TYPES } from './explore/log-volume'
import { newQuery, writtenQuery } from './query/new-query'
import { describeQuery } from './query/describe-query'
import { interpolateQuery, type Templates } from './query/interpolate'
import { isLater, readQuery, type EventloomQuery, type Scope } from './query/query'
import { termsOf } from './query/terms'
import { zoneName } from './query/zone-name'
import { rangeOf, Resources } from './resources'
import type { EventloomSettings } from './settings'

/**
 * What the browser does for a query: fill in variables, and copy what would else stay in the browser. What a query means and
 * finds is the collector's to know.
 */
export class EventloomDataSource
  extends DataSourceWithBackend<EventloomQuery, EventloomSettings>
  implements
    DataSourceWithSupplementaryQueriesSupport<EventloomQuery>,
    DataSourceWithLogsContextSupport<EventloomQuery>,
    DataSourceWithToggleableQueryFiltersSupport<EventloomQuery>,
    DataSourceWithQueryModificationSupport<EventloomQuery>,
    DataSourceWithQueryImportSupport<EventloomQuery>,
    DataSourceWithQueryExportSupport<EventloomQuery>
{
  readonly resources: Resources
  readonly #templates: Templates
  readonly #lists = new ScrolledLists()
  readonly #dashboards = new Dashboards()
  /** Whose events the neighbours of a row are; as chosen last. */
  #contextScope: Scope = 'object'

  constructor(settings: DataSourceInstanceSettings<EventloomSettings>, templates: Templates = getTemplateSrv()) {
    super(settings)
    this.#templates = templates
    this.resources = new Resources((path, body) => this.postResource(path, body))
    this.annotations = annotationSupport
    // Grafana's type forgets which data source its editor is for.
    this.variables = new VariableSupport(this, templates) as unknown as typeof this.variables
  }

  // Queries

  override getDefaultQuery(app: CoreApp): Partial<EventloomQuery> {
    return newQuery(app)
  }

  override filterQuery(query: EventloomQuery): boolean {
    return query.hide !== true
  }

  override query(request: DataQueryRequest<EventloomQuery>): Observable<DataQueryResponse> {
    const timezone = zoneName(request.timezone)
    const written = request.targets.map((query) => writtenQuery(query, request.app as CoreApp))
    const zoned = written.map((query) => ({ ...query, timezone: query.timezone ?? timezone }))
    const targets = request.app === CoreApp.Explore ? zoned.map(inExploreOrder) : zoned
    if (request.liveStreaming !== true)
      return this.#ask({ ...request, targets: this.#lists.follow({ ...request, targets }) })
    const filled = targets.map((query) => this.applyTemplateVariables(query, request.scopedVars, request.filters))
    return liveTail(getGrafanaLiveSrv(), this.uid, { ...request, targets: filled })
  }

  #ask(request: DataQueryRequest<EventloomQuery>): Observable<DataQueryResponse> {
    return super.query(request).pipe(
      switchMap(async (response) => ({
        ...withReadableErrors(response),
        data: await this.#linked(response.data.map(withNanos), request.range),
      })),
    )
  }

  async #linked(frames: readonly DataFrame[], range: TimeRange): Promise<DataFrame[]> {
    const found = await Promise.all(linkedDashboards(frames).map((uid) => this.#dashboards.find(uid)))
    const surroundings = { range, dashboards: found.filter((dashboard) => dashboard !== null), ...rightsOfReader() }
    return frames.map((frame) => withReadableNotices(withLinks(withMarkup(frame, surroundings), surroundings)))
  }

  override applyTemplateVariables(
    query: EventloomQuery,
    scopedVars: ScopedVars,
    filters?: AdHocVariableFilter[],
  ): EventloomQuery {
    const filled = interpolateQuery(query, this.#templates, scopedVars)
    const adHoc = termsOf(filters)
    return adHoc.length === 0 ? filled : { ...filled, adHoc }
  }

  /** For Explore, which has neither the dashboard's variables nor its filters: filters become conditions that can be seen and removed. */
  override interpolateVariablesInQueries(
    queries: EventloomQuery[],
    scopedVars: ScopedVars,
    filters?: AdHocVariableFilter[],
  ): EventloomQuery[] {
    return queries.map((stored) => {
      const query = readQuery(interpolateQuery(stored, this.#templates, scopedVars))
      if (isLater(query)) return stored
      const terms = [...query.filter.terms.filter(({ values }) => values.length > 0), ...termsOf(filters)]
      return { ...query, datasource: this.getRef(), filter: { text: query.filter.text, terms } }
    })
  }

  override getQueryDisplayText(stored: EventloomQuery): string {
    const query = readQuery(stored)
    return isLater(query) ? JSON.stringify(stored) : describeQuery(query)
  }

  // Explore

  getSupportedSupplementaryQueryTypes(): SupplementaryQueryType[] {
    return SUPPLEMENTARY_TYPES
  }

  getSupplementaryQuery(options: SupplementaryQueryOptions, query: EventloomQuery): EventloomQuery | undefined {
    return supplementaryQuery(options, query)
  }

  getSupplementaryRequest(
    type: SupplementaryQueryType,
    request: DataQueryRequest<EventloomQuery>,
    options?: SupplementaryQueryOptions,
  ): DataQueryRequest<EventloomQuery> | undefined {
    const asked = { ...options, type } as SupplementaryQueryOptions
    const targets = request.targets
      .map((query) => supplementaryQuery(asked, query))
      .filter((query) => query !== undefined)
    return targets.length === 0 ? undefined : { ...request, targets }
  }

  async getLogRowContext(row: LogRowModel, options?: LogRowContextOptions): Promise<DataQueryResponse> {
    const query = contextQuery(row, options, this.#scopeOf(row))
    return firstValueFrom(this.#ask(contextRequest(query, row)))
  }

  async getLogRowContextQuery(
    row: LogRowModel,
    _options?: LogRowContextOptions,
    query?: EventloomQuery,
  ): Promise<EventloomQuery> {
    return neighboursQuery(row, query, this.#scopeOf(row))
  }

  getLogRowContextUi(row: LogRowModel, runContextQuery?: () => void): ReactNode {
    const onChange = (scope: Scope) => {
      this.#contextScope = scope
      runContextQuery?.()
    }
    return createElement(ScopePicker, { row, scope: this.#scopeOf(row), onChange })
  }

  toggleQueryFilter(query: EventloomQuery, filter: ToggleFilterAction): EventloomQuery {
    return toggleFilter(query, filter)
  }

  queryHasFilter(query: EventloomQuery, filter: QueryFilterOptions): boolean {
    return hasFilter(query, filter)
  }

  override modifyQuery(query: EventloomQuery, action: QueryFixAction): EventloomQuery {
    return modifyQuery(query, action)
  }

  getSupportedQueryModifications(): string[] {
    return MODIFICATIONS
  }

  async importFromAbstractQueries(queries: AbstractQuery[]): Promise<EventloomQuery[]> {
    return queries.map(importQuery)
  }

  async exportToAbstractQueries(queries: EventloomQuery[]): Promise<AbstractQuery[]> {
    return queries.map(exportQuery)
  }

  /** The heading under which row details show a label. */
  getLabelDisplayTypeFromFrame(key: string, frame: DataFrame | undefined, index: number | null): string | null {
    return labelHeading(key, frame, index)
  }

  // Dashboards

  override async getTagKeys(options?: DataSourceGetTagKeysOptions<EventloomQuery>): Promise<MetricFindValue[]> {
    return [...(await this.resources.fields(rangeOf(options?.timeRange)))]
  }

  override async getTagValues({
    key,
    filters,
    timeRange,
  }: DataSourceGetTagValuesOptions<EventloomQuery>): Promise<MetricFindValue[]> {
    return this.resources.values(key, termsOf(filters), '', rangeOf(timeRange))
  }

  async getGroupByKeys(options?: DataSourceGetTagKeysOptions<EventloomQuery>): Promise<MetricFindValue[]> {
    return groupableFields(await this.resources.fields(rangeOf(options?.timeRange)))
  }

  override async getDrilldownsApplicability(options?: DataSourceGetDrilldownsApplicabilityOptions<EventloomQuery>) {
    const fields = await this.resources.fields(rangeOf(options?.timeRange))
    return applicabilityOf(options?.filters, options?.groupByKeys, namesOf(fields))
  }

  override getRecommendedDrilldowns(options?: DataSourceGetRecommendedDrilldownsOptions<EventloomQuery>) {
    return recommendedDrilldowns(this.resources, rangeOf(options?.timeRange))
  }

  /** Grafana 13 and newer ask for them. */
  async getDefaultLinks() {
    return dashboardLinks()
  }

  #scopeOf(row: LogRowModel): Scope {
    const available = scopesOf(row)
    return available.includes(this.#contextScope) ? this.#contextScope : (available[0] ?? 'object')
  }
}
