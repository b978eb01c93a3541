import { HOUR, type EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { StoreUnavailableError } from '../store.ts'
import type { BulkOutcome, BulkSender } from './bulk.ts'
import { allBuckets } from './composite.ts'
import type { Connection } from './connection.ts'
import { documentOf } from './document.ts'
import type { DayIndex, Indices } from './indices.ts'
import { copyAliasOf, MAPPING_VERSION, plainNameOf, readAliasOf, versionedNameOf, writeAliasOf } from './layout.ts'
import { streamRows } from './rows.ts'
import type { Search } from './search.ts'

/** Documents read, and sent, at once. */
const AT_ONCE = 2_000

export interface ReindexTools {
  readonly connection: Connection
  readonly indices: Indices
  readonly search: Search
  readonly sender: BulkSender
}

export interface ReindexProgress {
  /** The day that is being copied, by the name that writers know. */
  readonly index: string
  /** Documents of it, and how many of them are in the new index. */
  readonly documents: number
  readonly done: number
}

export interface ReindexSummary {
  /** Version of the mapping that all days have now. */
  readonly mappingVersion: number
  readonly indices: number
  /** In these indices, and how many of them this run copied: the others were there from a run that was stopped. */
  readonly documents: number
  readonly copied: number
}

/** Documents of an index by the hour of their last time. */
type Hours = ReadonlyMap<EpochMicros, number>

/** A document does not fit the new mapping. The old index stays as it is. */
export class ReindexRefusedError extends Error {
  override readonly name = 'ReindexRefusedError'
  readonly code = 'REINDEX_REFUSED'
  readonly retryable = false
}

/**
 * Copies each day that was born with an older mapping into an index with the current one, a day after the other, oldest
 * first. The old index is read until it is replaced, in one step of the cluster, and only once both hold the same number of
 * documents in each hour; writes to that day wait meanwhile. Stopped and begun again, it goes on with the hour it was in.
 *
 * Through the collector, not by `_reindex`: what a mapping indexes is made of the observation, and `_source` holds only
 * that. So it needs no module that a server may lack.
 *
 * @throws ReindexRefusedError
 */
export async function reindex(
  tools: ReindexTools,
  report: (progress: ReindexProgress) => void,
  signal: AbortSignal,
): Promise<ReindexSummary> {
  await tools.indices.prepare()
  let [indices, documents, copied] = [0, 0, 0]
  for (const day of await tools.indices.days(signal)) {
    if (day.mappingVersion >= MAPPING_VERSION) continue
    const done = await reindexDay(tools, day, report, signal)
    indices += 1
    documents += done.documents
    copied += done.copied
  }
  return { mappingVersion: MAPPING_VERSION, indices, documents, copied }
}

async function reindexDay(
  tools: ReindexTools,
  { name }: DayIndex,
  report: (progress: ReindexProgress) => void,
  signal: AbortSignal,
): Promise<Pick<ReindexSummary, 'documents' | 'copied'>> {
  const { indices } = tools
  const plain = plainNameOf(name)
  const target = versionedNameOf(plain, MAPPING_VERSION)
  try {
    await blockWrites(tools, name, signal)
    await makeTarget(tools, { old: name, target }, signal)
    indices.touch([name, target])
    const [wanted, there] = [await hoursOf(tools, name, signal), await hoursOf(tools, target, signal)]
    const documents = total(wanted)
    let done = 0
    let copied = 0
    for (const [hour, count] of wanted) {
      if (there.get(hour) !== count) {
        for await (const rows of rowsOfHour(tools, name, hour, signal)) {
          copied += await copyRows(tools, target, rows, signal)
          report({ index: plain, documents, done: done + rows.length })
        }
      }
      done += count
      report({ index: plain, documents, done })
    }
    expectSame(plain, wanted, await hoursOf(tools, target, signal))
    await replace(tools, { plain, old: name, target }, signal)
    return { documents, copied }
  } catch (error) {
    if (await letWritesPass(tools, name)) throw error
    // Retention removed the day meanwhile: nothing is left to copy.
    await indices.remove(target, NEVER)
    return { documents: 0, copied: 0 }
  }
}

/** Also after `signal` aborted. */
const NEVER = new AbortController().signal

/** Returns once no write is on its way any more. */
async function blockWrites({ connection }: ReindexTools, name: string, signal: AbortSignal): Promise<void> {
  await connection.request('holding writes back', { method: 'PUT', path: `/${name}/_block/write` }, signal)
}

/** False when the index is not there any more. A server that does not answer keeps the block; the next run lifts it. */
async function letWritesPass({ connection }: ReindexTools, name: string): Promise<boolean> {
  const body = { 'index.blocks.write': null }
  const request = { method: 'PUT' as const, path: `/${name}/_settings`, body, accept: [404] }
  const answer = await connection.request('letting writes pass again', request, NEVER).catch(() => null)
  return answer?.status !== 404
}

/**
 * The template makes it like every other day, visible to readers, which it must not be before it is complete. The old index
 * takes part in the change so that it fails when another run has just replaced it.
 */
async function makeTarget(
  { connection, indices }: ReindexTools,
  { old, target }: { readonly old: string; readonly target: string },
  signal: AbortSignal,
): Promise<void> {
  const alias = readAliasOf(indices.settings.prefix)
  await indices.create(target, { aliases: { [copyAliasOf(target)]: {} } }, signal)
  const actions = [{ add: { index: old, alias } }, { remove: { index: target, alias, must_exist: false } }]
  await connection.request('hiding a copy', { method: 'POST', path: '/_aliases', body: { actions } }, signal)
}

async function hoursOf({ search }: ReindexTools, name: string, signal: AbortSignal): Promise<Hours> {
  const hours = new Map<EpochMicros, number>()
  const grouping = { query: { match_all: {} }, sources: [], every: HOUR }
  for await (const { slice, doc_count: documents } of allBuckets(search.within(name), grouping, signal))
    hours.set(slice, documents)
  return hours
}

function rowsOfHour(
  { search }: ReindexTools,
  name: string,
  hour: EpochMicros,
  signal: AbortSignal,
): AsyncIterable<readonly Observation[]> {
  const query = { from: hour, to: hour + HOUR, filter: { op: 'all' as const }, order: 'oldest' as const }
  return streamRows(search.within(name), query, AT_ONCE, signal)
}

/** Answers how many were not there. */
async function copyRows(
  { sender }: ReindexTools,
  index: string,
  rows: readonly Observation[],
  signal: AbortSignal,
): Promise<number> {
  const operations = rows.map((row) => {
    const action = JSON.stringify({ create: { _index: copyAliasOf(index), _id: row.id, require_alias: true } })
    return { id: row.id, index, lines: () => `${action}\n${JSON.stringify(documentOf(row).document)}\n` }
  })
  const outcomes = new Map<string, BulkOutcome>()
  await sender.send(operations, outcomes, signal)
  for (const [id, outcome] of outcomes) {
    if (outcome.kind !== 'refused') continue
    const what = `the observation ${id} does not fit mapping version ${String(MAPPING_VERSION)}: ${outcome.detail}`
    throw new ReindexRefusedError(`${what}. The index it is in stays as it is`)
  }
  return [...outcomes.values()].filter(({ kind }) => kind === 'created').length
}

/** @throws StoreUnavailableError they differ: somebody deletes or writes past the block. */
function expectSame(plain: string, wanted: Hours, there: Hours): void {
  const differing = [...wanted].filter(([hour, count]) => there.get(hour) !== count)
  if (differing.length === 0 && total(wanted) === total(there)) return
  const what = `${plain} has ${String(total(wanted))} documents, its copy ${String(total(there))}`
  throw new StoreUnavailableError(`comparing an index with its copy: ${what}`, { cause: what })
}

/** In one step: no reader sees both, or neither, and writers find the new one under the names they know. */
async function replace(
  { connection, indices }: ReindexTools,
  { plain, old, target }: { readonly plain: string; readonly old: string; readonly target: string },
  signal: AbortSignal,
): Promise<void> {
  const aliases = [readAliasOf(indices.settings.prefix), writeAliasOf(plain), plain]
  const actions = [
    { remove_index: { index: old } },
    { remove: { index: target, alias: copyAliasOf(target) } },
    ...aliases.map((alias) => ({ add: { index: target, alias } })),
  ]
  await connection.request('replacing an index', { method: 'POST', path: '/_aliases', body: { actions } }, signal)
}

function total(hours: Hours): number {
  return [...hours.values()].reduce((sum, count) => sum + count, 0)
}
