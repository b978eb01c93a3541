import { Agent } from 'undici'
import { setTimeout as delay } from 'node:timers/promises'
import type { Observation } from '../../collector/src/event/observation.ts'
import { documentOf } from '../../collector/src/store/elasticsearch/document.ts'
import { openElasticsearchStore } from '../../collector/src/store/elasticsearch/elasticsearch-store.ts'
import { indexOf } from '../../collector/src/store/elasticsearch/layout.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { callElasticsearch, elasticsearchOptions } from '../support/elasticsearch-store.ts'
import { inBatches } from '../support/generate-observations.ts'
import { roundTo } from './figures.ts'

/** As the store is configured by default. */
const { bulk: LIMITS } = elasticsearchOptions('', '')
/** Rows of one `write`, as the line hands them over. */
const BATCH_ROWS = 10_000
/** Elasticsearch drops a second copy of each source in merges that come this long after a flush. */
const SETTLE_MS = 35_000

/** Until a collector answers, on a machine that the server shares with it and perhaps with others. */
export const COLLECTOR_START_MS = 180_000

/** A document as a bare client has it in its hand: everything is done but the sending. */
export interface ReadyDocument {
  readonly index: string
  readonly id: string
  readonly json: string
}

export function readyDocument(prefix: string, observation: Observation): ReadyDocument {
  const { document } = documentOf(observation)
  return { index: indexOf(prefix, observation), id: observation.id, json: JSON.stringify(document) }
}

/** A store with default limits, and a counter for the sequences of its batches. */
export class BenchStore {
  readonly store: EventStore
  #sequence = 0

  constructor(url: string, prefix: string) {
    this.store = openElasticsearchStore(elasticsearchOptions(url, prefix))
  }

  /** Answers the seconds of the writing alone. */
  async fill(observations: Iterable<Observation>): Promise<number> {
    let writingMs = 0
    for (const batch of inBatches(observations, BATCH_ROWS)) {
      this.#sequence += 1
      const rows = batch.map((observation) => ({ observation, undecided: false }))
      const started = performance.now()
      await this.store.write({ bufferId: 'bench', sequence: this.#sequence, rows, records: [] }, never)
      writingMs += performance.now() - started
    }
    return writingMs / 1_000
  }
}

const never = new AbortController().signal

/** Seconds of a loop that does nothing but send documents, as large and as many at once as the store does. */
export async function bareBulk(url: string, documents: readonly ReadyDocument[]): Promise<number> {
  const agent = new Agent({ connections: LIMITS.inFlight })
  const bodies = bodiesOf(documents)
  const started = performance.now()
  const work = async () => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const answer = (await send(agent, url, 'POST', '/_bulk?filter_path=errors', body)) as { readonly errors: boolean }
      if (answer.errors) throw new Error('the server refused some of the documents')
    }
  }
  await Promise.all(Array.from({ length: LIMITS.inFlight }, work))
  const seconds = (performance.now() - started) / 1_000
  await agent.close()
  return seconds
}

/** Documents per second of one request for each, one after the other, as simple exporters write. */
export async function oneByOne(url: string, documents: readonly ReadyDocument[]): Promise<number> {
  const agent = new Agent({ connections: 1 })
  const started = performance.now()
  for (const { index, id, json } of documents)
    await send(agent, url, 'PUT', `/${index}/_create/${encodeURIComponent(id)}`, json)
  const seconds = (performance.now() - started) / 1_000
  await agent.close()
  return Math.round(documents.length / seconds)
}

/** Bytes of each document on disk, replicas left out, when everything is merged. */
export async function bytesPerDocument(url: string, prefix: string): Promise<number> {
  const target = `${prefix}-read`
  await callElasticsearch(url, 'POST', `/${target}/_flush`)
  await delay(SETTLE_MS)
  await callElasticsearch(url, 'POST', `/${target}/_forcemerge?max_num_segments=1`)
  await callElasticsearch(url, 'POST', `/${target}/_flush`)
  const { _all: all } = (await callElasticsearch(url, 'GET', `/${target}/_stats/store,docs`)) as Stats
  return roundTo(all.primaries.store.size_in_bytes / all.primaries.docs.count, 1)
}

interface Stats {
  readonly _all: {
    readonly primaries: {
      readonly docs: { readonly count: number }
      readonly store: { readonly size_in_bytes: number }
    }
  }
}

/** Requests of the size that the store makes. */
function bodiesOf(documents: readonly ReadyDocument[]): string[] {
  const bodies: string[] = []
  let lines: string[] = []
  let bytes = 0
  for (const { index, id, json } of documents) {
    const text = `{"create":{"_index":"${index}","_id":"${id}"}}\n${json}\n`
    if (lines.length === LIMITS.maxDocuments || (bytes + text.length > LIMITS.maxBytes && bytes > 0)) {
      bodies.push(lines.join(''))
      lines = []
      bytes = 0
    }
    lines.push(text)
    bytes += text.length
  }
  if (lines.length > 0) bodies.push(lines.join(''))
  return bodies.reverse()
}

async function send(
  dispatcher: Agent,
  url: string,
  method: 'POST' | 'PUT',
  path: string,
  body: string,
): Promise<unknown> {
  const options = { origin: url, path, method, body, headers: { 'content-type': 'application/json' } }
  const { statusCode, body: answer } = await dispatcher.request(options)
  const text = await answer.text()
  if (statusCode >= 300) throw new Error(`${method} ${path}: ${String(statusCode)} ${text.slice(0, 500)}`)
  return JSON.parse(text) as unknown
}
