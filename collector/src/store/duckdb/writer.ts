import { setImmediate } from 'node:timers/promises'
import type { Observation } from '../../event/observation.ts'
import {
  chainKey,
  NOTHING_APPLIED,
  resultOfApplied,
  type AppliedBatch,
  type Chain,
  type ChainHead,
  type EventWriter,
  type PendingBatch,
  type WriteResult,
} from '../store.ts'
import type { Database } from './database.ts'
import type { Result, Statement } from './protocol.ts'
import { idOfUuid, isSortableId } from './sortable-id.ts'
import { appendRows, findHeads, findIds, putRecords, setApplied } from './write-sql.ts'

/** Rows turned into columns at once: a few ms of the main thread, after which others get their turn. */
const ROWS_AT_ONCE = 1_000

/** The writing half over one DuckDB file. */
export function createWriter(database: Database): EventWriter {
  const findStored: EventWriter['findStored'] = async (versions, signal) => {
    const possible = versions.filter(({ id }) => isSortableId(id))
    if (possible.length === 0) return new Set()
    const [found] = await database.read([findIds(possible)], signal)
    return new Set((found?.columns[0] ?? []).map((uuid) => idOfUuid(String(uuid))))
  }

  return {
    findStored,

    async write(batch, signal) {
      signal.throwIfAborted()
      return database.exclusively(async (transact) => {
        const applied = await readApplied(database, batch.bufferId)
        if (batch.sequence <= applied.sequence) return resultOfApplied(batch, applied)
        const { fresh, ...ends } = await sortOut(batch, (versions) => findStored(versions, signal))
        await transact((run) => append(run, batch, { fresh, ...ends }, signal))
        return { stored: fresh.length, ...ends }
      })
    },

    applied: (bufferId) => readApplied(database, bufferId),

    async findChains(chains, signal) {
      if (chains.length === 0) return new Map()
      const [heads] = await database.read([findHeads(chains)], signal)
      return headsOf(chains, heads)
    },
  }
}

async function readApplied(database: Database, bufferId: string): Promise<AppliedBatch> {
  const query = { sql: 'SELECT sequence, ends FROM applied WHERE buffer_id = $1', parameters: [bufferId] }
  const [result] = await database.read([query], NEVER)
  const [sequence, ends] = (result?.columns ?? []).map(([cell]) => cell)
  if (typeof ends !== 'string') return { ...NOTHING_APPLIED, sequence: Number(sequence ?? 0) }
  return { ...(JSON.parse(ends) as Omit<AppliedBatch, 'sequence'>), sequence: Number(sequence) }
}

const NEVER = new AbortController().signal

interface Sorted extends Omit<WriteResult, 'stored'> {
  readonly fresh: readonly Observation[]
}

async function sortOut(
  { rows }: PendingBatch,
  findStored: (rows: Observation[]) => Promise<ReadonlySet<string>>,
): Promise<Sorted> {
  const undecided = rows.filter((row) => row.undecided).map(({ observation }) => observation)
  const known = new Set(await findStored(undecided))
  const fresh: Observation[] = []
  const rejected: { id: string; cause: string; detail: string }[] = []
  let alreadyStored = 0
  for (const { observation, undecided: mustAsk } of rows) {
    const refusal = refusalOf(observation)
    if (refusal !== null) rejected.push({ id: observation.id, ...refusal })
    else if (mustAsk && known.has(observation.id)) alreadyStored++
    else fresh.push(observation)
    if (undecided.length > 0) known.add(observation.id)
  }
  return { fresh, alreadyStored, rejected }
}

const INTEGERS = [
  'firstObserved',
  'lastObserved',
  'received',
  'count',
  'countDelta',
  'deltaSince',
  'countUnplaced',
] as const

/** Rows that no column can hold: they would fail the batch for ever. */
function refusalOf(row: Observation): { readonly cause: string; readonly detail: string } | null {
  if (!isSortableId(row.id)) {
    return { cause: 'malformed id', detail: `"${row.id}" is not 16 bytes in 22 characters of base64url` }
  }
  const wrong = INTEGERS.find((name) => !Number.isSafeInteger(row[name]))
  if (wrong !== undefined) return { cause: 'number out of range', detail: `${wrong} is ${String(row[wrong])}` }
  if (row.resourceVersion === null || Number.isSafeInteger(row.resourceVersion)) return null
  return { cause: 'number out of range', detail: `resourceVersion is ${String(row.resourceVersion)}` }
}

async function append(
  run: (statement: Statement) => Promise<Result>,
  { bufferId, sequence, records }: PendingBatch,
  { fresh: rows, ...ends }: Sorted,
  signal: AbortSignal,
): Promise<void> {
  const sent: Promise<Result>[] = []
  const send = (statement: Statement): void => {
    const answer = run(statement)
    // Awaited below; until then a failure must not count as unhandled.
    answer.catch(() => undefined)
    sent.push(answer)
  }
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    signal.throwIfAborted()
    send(appendRows(rows.slice(start, start + ROWS_AT_ONCE)))
    await setImmediate()
  }
  if (records.length > 0) send(putRecords(records))
  for (const statement of setApplied(bufferId, { sequence, ...ends })) send(statement)
  await Promise.all(sent)
}

function headsOf(chains: readonly Chain[], found: Result | undefined): ReadonlyMap<string, ChainHead> {
  const heads = new Map<string, ChainHead>()
  const [places = [], counts = [], versions = [], times = [], estimated = []] = found?.columns ?? []
  for (const [row, place] of places.entries()) {
    const chain = chains[Number(place)]
    if (chain === undefined) continue
    heads.set(chainKey(chain), {
      highestCount: Number(counts[row]),
      resourceVersion: versions[row] === null ? null : Number(versions[row]),
      lastObserved: Number(times[row]),
      countEstimated: estimated[row] === true,
    })
  }
  return heads
}
