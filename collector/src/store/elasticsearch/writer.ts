import type { Observation } from '../../event/observation.ts'
import type { StoreRecord } from '../../event/record.ts'
import { newestRevisions } from '../newest-revisions.ts'
import {
  NOTHING_APPLIED,
  resultOfApplied,
  StoreUnavailableError,
  type AppliedBatch,
  type EventWriter,
  type PendingBatch,
  type WriteResult,
} from '../store.ts'
import type { BulkOperation, BulkOutcome, BulkSender } from './bulk.ts'
import { findChains } from './chains.ts'
import type { Connection } from './connection.ts'
import { documentOf } from './document.ts'
import { ElasticsearchRefusedError } from './failure.ts'
import { findStored } from './find-stored.ts'
import type { Indices } from './indices.ts'
import { indexOf, writeAliasOf } from './layout.ts'
import { recordOperation } from './records.ts'
import type { Search } from './search.ts'

/**
 * The writing half. Each row is created under its own id, so that sending it again changes nothing; the sequence of the
 * buffer is written after all rows of the batch were confirmed.
 */
export function createWriter(
  connection: Connection,
  indices: Indices,
  search: Search,
  sender: BulkSender,
): EventWriter {
  const applied = new AppliedBatches(connection, indices)
  const { prefix } = indices.settings
  /** What a batch that failed had reached: its rows come again. */
  let reached = new Map<string, BulkOutcome>()

  const write = async (batch: PendingBatch, signal: AbortSignal): Promise<WriteResult> => {
    signal.throwIfAborted()
    await indices.prepare()
    const { bufferId, sequence, records } = batch
    const known = await applied.of(bufferId, signal)
    if (sequence <= known.sequence) return resultOfApplied(batch, known)
    const created = rowOperations(prefix, batch)
    const operations = [...created, ...recordOperations(indices.records, records)]
    await indices.ensure(new Set(created.map(({ index }) => index)), signal)
    await sender.send(operations, reached, signal)
    const { stored, ...ends } = resultOf(batch, reached)
    await applied.set(bufferId, { sequence, ...ends }, signal)
    reached = new Map()
    return { stored, ...ends }
  }
  const readApplied = async (bufferId: string): Promise<AppliedBatch> => {
    await indices.prepare()
    return applied.of(bufferId, NEVER)
  }

  return {
    write: (batch, signal) => orUnavailable(write(batch, signal)),
    applied: (bufferId) => orUnavailable(readApplied(bufferId)),
    findStored: (versions, signal) => orUnavailable(findStored(connection, prefix, versions, signal)),
    findChains: (chains, signal) => orUnavailable(findChains(search, chains, signal)),
  }
}

/** What Elasticsearch refuses of a writer an administrator can mend (too many shards, a closed index): rows wait for it. */
async function orUnavailable<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof ElasticsearchRefusedError)) throw error
    throw new StoreUnavailableError(error.message, { cause: error })
  }
}

const NEVER = new AbortController().signal

/** Each id once: a row that stands earlier in the batch is stored by that one. */
function rowOperations(prefix: string, { rows }: PendingBatch): readonly BulkOperation[] {
  const byId = new Map<string, Observation>()
  for (const { observation } of rows) if (!byId.has(observation.id)) byId.set(observation.id, observation)
  return [...byId.values()].map((observation) => {
    const index = indexOf(prefix, observation)
    const action = { create: { _index: writeAliasOf(index), _id: observation.id, require_alias: true } }
    const lines = () => `${JSON.stringify(action)}\n${JSON.stringify(documentOf(observation).document)}\n`
    return { id: observation.id, index, lines }
  })
}

function recordOperations(index: string, records: readonly StoreRecord[]): readonly BulkOperation[] {
  return newestRevisions(records).map((record) => recordOperation(index, record))
}

/**
 * A decided row that is there already was stored by an earlier attempt of ours: the gate has looked. An undecided one
 * was there before, as far as this process can tell.
 */
function resultOf({ rows }: PendingBatch, outcomes: ReadonlyMap<string, BulkOutcome>): WriteResult {
  const seen = new Set<string>()
  const rejected: { id: string; cause: string; detail: string }[] = []
  let alreadyStored = 0
  for (const {
    observation: { id },
    undecided,
  } of rows) {
    const outcome = outcomes.get(id)
    if (seen.has(id)) alreadyStored++
    else if (outcome?.kind === 'refused') rejected.push({ id, cause: outcome.cause, detail: outcome.detail })
    else if (outcome?.kind === 'exists' && undecided) alreadyStored++
    seen.add(id)
  }
  return { stored: rows.length - alreadyStored - rejected.length, alreadyStored, rejected }
}

/** The last batch stored of each buffer: a document of its own, whose version is the sequence. */
class AppliedBatches {
  readonly #connection: Connection
  readonly #indices: Indices
  /** Nobody else writes the sequence of a buffer that is ours. */
  readonly #known = new Map<string, AppliedBatch>()

  constructor(connection: Connection, indices: Indices) {
    this.#connection = connection
    this.#indices = indices
  }

  async of(bufferId: string, signal: AbortSignal): Promise<AppliedBatch> {
    const known = this.#known.get(bufferId)
    if (known !== undefined) return known
    const { body } = await this.#connection.request<{ readonly _source?: AppliedDocument }>(
      'asking Elasticsearch what it has',
      { method: 'GET', path: this.#path(bufferId), accept: [404] },
      signal,
    )
    const { revision: sequence = 0, ends } = body._source ?? {}
    const batch = { ...NOTHING_APPLIED, ...ends, sequence }
    this.#known.set(bufferId, batch)
    return batch
  }

  async set(bufferId: string, batch: AppliedBatch, signal: AbortSignal): Promise<void> {
    const { sequence, ...ends } = batch
    // A failure leaves open whether it is noted.
    this.#known.delete(bufferId)
    await this.#connection.request(
      'noting in Elasticsearch what it has',
      {
        method: 'PUT',
        path: this.#path(bufferId),
        query: { version: sequence, version_type: 'external' },
        body: { kind: 'buffer', id: bufferId, revision: sequence, ends },
        accept: [409],
      },
      signal,
    )
    this.#known.set(bufferId, batch)
  }

  #path(bufferId: string): string {
    return `/${this.#indices.records}/_doc/${encodeURIComponent(`buffer:${bufferId}`)}`
  }
}

interface AppliedDocument {
  readonly revision: number
  /** Absent in what earlier versions wrote. */
  readonly ends?: Omit<AppliedBatch, 'sequence'>
}
