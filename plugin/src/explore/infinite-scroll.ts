import { LogsSortOrder, store, type DataQueryRequest } from '@grafana/data'
import type { EventloomQuery } from '../query/query'

/** How Grafana marks a request for the next rows of a list of logs. It has no cursor: one end of its range is moved to the last row shown. */
const INFINITE_SCROLL = 'infiniteScroll'

/** Where Explore keeps the order that its reader chose. */
const EXPLORE_ORDER = 'grafana.explore.logs.sortOrder'

/** Lists whose first range is remembered: panes and panels that are open. */
const MOST_LISTS = 50

interface FirstPage {
  readonly list: string
  readonly from: number
  readonly to: number
}

/**
 * Knows of each list of logs the range of its first page. The collector needs it for the pages that follow: within a shorter range an
 * older version of an event would be its newest, and the event would be shown again.
 */
export class ScrolledLists {
  #firstPages: readonly FirstPage[] = []

  /** The queries of a request, those that ask for the next rows with the range of the first ones, and with their direction. */
  follow({ targets, range }: Pick<DataQueryRequest<EventloomQuery>, 'targets' | 'range'>): EventloomQuery[] {
    const from = range.from.valueOf()
    const to = range.to.valueOf()
    return targets.map((query) => {
      const list = listOf(query)
      if (query.supportingQueryType !== INFINITE_SCROLL) {
        this.#remember({ list, from, to })
        return query
      }
      const first = this.#firstPages.find((page) => page.list === list && (page.from === from || page.to === to))
      if (first === undefined) return query
      return {
        ...query,
        scrolled: { from: first.from, to: first.to },
        order: first.to === to && first.from !== from ? 'oldest' : 'newest',
      }
    })
  }

  #remember(page: FirstPage): void {
    const isOther = ({ list, from, to }: FirstPage) => list !== page.list || from !== page.from || to !== page.to
    this.#firstPages = [page, ...this.#firstPages.filter(isOther)].slice(0, MOST_LISTS)
  }
}

/** What the rows of a list depend on; Grafana gives a query another refId for its next page. */
function listOf({ filter, adHoc, view }: EventloomQuery): string {
  return JSON.stringify([filter, adHoc, view])
}

/** Rows in the order in which Explore shows them, so that the first page is where its reader begins. */
export function inExploreOrder(query: EventloomQuery): EventloomQuery {
  const chosen: unknown = store.get(EXPLORE_ORDER)
  if (chosen !== LogsSortOrder.Ascending && chosen !== LogsSortOrder.Descending) return query
  return { ...query, order: chosen === LogsSortOrder.Ascending ? 'oldest' : 'newest' }
}
