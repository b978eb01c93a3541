import type { Clock, EpochMicros } from '../../clock.ts'
import type { RawEvent } from '../../event/raw-event.ts'
import { parseJson } from '../../event/json.ts'
import { createSpool, type Spool } from '../spool.ts'
import { inTime, open, type Delay, type StreamAddress } from './ask.ts'
import { BodyTooLargeError, readText } from './cluster.ts'
import type { StepEnd } from './course.ts'
import { failed, networkWords, type Failure } from './failure.ts'
import { LIST_BOUNDS, ListProgress, type ListBounds } from './list-bounds.ts'
import { resourceVersionOf, type NoticeReader } from './watch-notice.ts'
import { isResourceVersion } from './resource-version.ts'

/** client-go's page size. Events of the usual 1.2 kB make a page of 600 kB. */
const PAGE_ITEMS = 500

/** A page of unusually large events is asked for again with a quarter of the items. */
const MAX_PAGE_BYTES = 16 * 1_048_576

/** What a list of one item tells. */
export async function probe(address: StreamAddress, clock: Clock, delay: Delay, signal: AbortSignal): Promise<StepEnd> {
  const page = await readPage(address, { limit: 1 }, clock, delay, signal)
  if ('kind' in page) return { kind: 'failed', failure: page }
  return { kind: 'probed', resourceVersion: page.resourceVersion }
}

/**
 * A list of all pages, sorted on disk. Survives failures: the next `fetch` goes on at the page that failed. When the continue
 * token has expired it goes on with the one that the 410 brings, at the server's newest version; what was read before is
 * then older than what is read after, and the list's end says so. One that does not end is cut off (`list-bounds.ts`).
 */
export class PagedList {
  readonly #address: StreamAddress
  readonly #reader: Pick<NoticeReader<unknown>, 'item'>
  readonly #clock: Clock
  readonly #delay: Delay
  readonly #spool: Spool
  readonly #progress: ListProgress
  #continue: string | undefined
  /** When the first page was asked for. */
  #began: EpochMicros | null = null
  #patchedSince: EpochMicros | null = null
  #pageItems = PAGE_ITEMS

  /** @throws SpoolError when `directory` cannot be written. */
  constructor(
    address: StreamAddress,
    reader: Pick<NoticeReader<unknown>, 'item'>,
    directory: string,
    clock: Clock,
    delay: Delay,
    bounds: ListBounds = LIST_BOUNDS,
  ) {
    this.#address = address
    this.#reader = reader
    this.#clock = clock
    this.#delay = delay
    this.#spool = createSpool({ directory })
    this.#progress = new ListProgress(bounds)
  }

  get size(): number {
    return this.#spool.size
  }

  /** Reads pages until the last one. `onPage` follows each. */
  async fetch(signal: AbortSignal, onPage: () => void): Promise<StepEnd> {
    this.#began ??= this.#clock()
    let hasProgressed = false
    let isTokenNew = false
    for (;;) {
      const page = await this.#page(signal)
      if (page === 'too large') continue
      if ('kind' in page) {
        if (page.continueToken === undefined || isTokenNew) return { kind: 'failed', failure: page, hasProgressed }
        this.#continue = page.continueToken
        this.#patchedSince = this.#began
        isTokenNew = true
        continue
      }
      hasProgressed = true
      isTokenNew = false
      this.#continue = page.continue
      this.#spool.add(page.items.map((item) => spoolItem(item, page.apiVersion, this.#reader)))
      this.#progress.took(page.bytes, page.items.length, this.#pageItems)
      onPage()
      const cutOff = page.continue === undefined ? null : this.#progress.tooMuch(this.#clock() - this.#began)
      if (page.continue === undefined || cutOff !== null) {
        return { kind: 'listed', resourceVersion: page.resourceVersion, patchedSince: this.#patchedSince, cutOff }
      }
      if (this.#progress.pauseMs > 0) await this.#delay(this.#progress.pauseMs, signal)
    }
  }

  /** All items by resourceVersion, oldest first, in pages. */
  *drain(): Iterable<readonly RawEvent[]> {
    for (const texts of this.#spool.drain(PAGE_ITEMS)) yield texts.map((text) => JSON.parse(text) as RawEvent)
  }

  close(): void {
    this.#spool.close()
  }

  async #page(signal: AbortSignal): Promise<Page | Failure | 'too large'> {
    const query = { limit: this.#pageItems, ...(this.#continue !== undefined && { continue: this.#continue }) }
    try {
      return await readPage(this.#address, query, this.#clock, this.#delay, signal)
    } catch (error) {
      if (!(error instanceof BodyTooLargeError) || this.#pageItems === 1) throw error
      this.#pageItems = Math.ceil(this.#pageItems / 4)
      return 'too large'
    }
  }
}

interface Page {
  readonly resourceVersion: string
  readonly apiVersion: string
  readonly continue: string | undefined
  readonly items: readonly unknown[]
  /** Of the answer. */
  readonly bytes: number
}

/** @throws BodyTooLargeError */
async function readPage(
  address: StreamAddress,
  query: { limit: number; continue?: string },
  clock: Clock,
  delay: Delay,
  signal: AbortSignal,
): Promise<Page | Failure> {
  return inTime(signal, delay, async (inner) => {
    const body = await open(address, query, clock, inner)
    if ('kind' in body) return body
    try {
      return pageOf(await readText(body, MAX_PAGE_BYTES))
    } catch (error) {
      if (error instanceof BodyTooLargeError) throw error
      return failed(`${address.cluster.server}: the list broke off: ${networkWords(error)}`)
    }
  })
}

function pageOf(text: string): Page | Failure {
  const list = parseJson(text) as {
    apiVersion?: unknown
    metadata?: { resourceVersion?: unknown; continue?: unknown }
    items?: unknown
  } | null
  const resourceVersion = list?.metadata?.resourceVersion
  const items = list?.items ?? []
  if (!isResourceVersion(resourceVersion) || !Array.isArray(items)) {
    return failed('the answer is no list: does the address lead to an API server?')
  }
  const token = list?.metadata?.continue
  return {
    resourceVersion,
    apiVersion: typeof list?.apiVersion === 'string' ? list.apiVersion : 'events.k8s.io/v1',
    continue: typeof token === 'string' && token !== '' ? token : undefined,
    items,
    bytes: text.length,
  }
}

function spoolItem(item: unknown, apiVersion: string, reader: Pick<NoticeReader<unknown>, 'item'>) {
  const isObject = typeof item === 'object' && item !== null && !Array.isArray(item)
  const event = isObject ? reader.item(item as RawEvent, apiVersion) : { kind: 'no object', item }
  return { key: Number(resourceVersionOf(event) ?? 0), second: 0, text: JSON.stringify(event) }
}
