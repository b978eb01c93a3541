import { setTimeout as delay } from 'node:timers/promises'
import type { Response } from 'express'
import { z } from 'zod'
import { DAY, type EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { Filter } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import { allOf } from '../../query/simplify-filter.ts'
import type { EventReader } from '../../store/store.ts'
import { weightOfFilter, weightOfRows } from '../../query/weight.ts'
import { clientSignal } from '../client-signal.ts'
import { Sending } from '../send-pieces.ts'
import type { Door } from '../one-answer.ts'
import { encodeFrame } from './frame.ts'
import { logColumns } from './log-rows.ts'
import type { Tails } from './tails.ts'

/** Pause between two looks for new rows. */
const LOOK_EVERY_MS = 250
/** A line is sent this often even when nothing came: silence longer than some of these means a dead connection. */
const HEARTBEAT_MS = 10_000

/** Rows of what was missed that a resumed tail catches up with; more are counted as left out. */
const MOST_MISSED = 500
/** How far back a tail resumes: beyond that a query shows more. */
const RESUME_WITHIN = DAY

export const tailRequest = z.object({ query: z.unknown(), after: z.string().optional() })

/** The last row that a viewer got, by when it came: what comes later comes later whatever its own time. */
interface Reached {
  readonly received: EpochMicros
  readonly id: string
}

/**
 * POST /grafana/tail: rows as they are stored, as NDJSON. Each line is `{frame?, cursor, dropped}`: the first an empty frame with
 * the schema, one without frame as heartbeat. `after`, the cursor of a line, goes on where that line ended. To catch up takes room
 * and time as an answer does; what follows takes neither. Who does not read is cut off like the reader of any answer.
 */
export async function streamTail(
  {
    reader,
    tails,
    door,
    now,
  }: { readonly reader: EventReader; readonly tails: Tails; readonly door: Door; readonly now: EpochMicros },
  filter: Filter,
  after: string | undefined,
  response: Response,
): Promise<void> {
  const from = after === undefined ? null : readCursor(after)
  // Opened before the store is asked, so that nothing falls between the two.
  const tail = tails.open(filter)
  const { signal, isMade, release } = clientSignal(response, door.answerTimeoutMs)
  try {
    const missed = from === null ? null : await readMissed(reader, door, filter, from, now, signal)
    isMade()
    response.type('application/x-ndjson')
    const sending = new Sending(response, signal)
    let reached: Reached = missed?.reached ?? { received: now, id: '' }
    const send = async (rows: readonly Observation[] | null, dropped: number) => {
      reached = rows?.reduce<Reached>(later, reached) ?? reached
      const frame = rows === null ? '' : `"frame":${encodeFrame({ meta: LOGS, columns: logColumns(rows) }, 'A')},`
      const line = `{${frame}"cursor":${JSON.stringify(writeCursor(reached))},"dropped":${dropped}}\n`
      await sending.piece(line)
    }
    await send([], 0)
    const caughtUp = new Set(missed?.rows.map(({ id }) => id))
    if (missed !== null && (missed.rows.length > 0 || missed.dropped > 0)) await send(missed.rows, missed.dropped)
    for (let silentMs = 0; !signal.aborted; silentMs += LOOK_EVERY_MS) {
      await delay(LOOK_EVERY_MS, undefined, { signal })
      const { rows, dropped } = tail.take()
      const fresh = rows.filter(({ id }) => !caughtUp.has(id))
      if (fresh.length > 0 || dropped > 0) await send(fresh, dropped)
      else if (silentMs >= HEARTBEAT_MS) await send(null, 0)
      else continue
      silentMs = 0
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    tail.close()
    release()
  }
}

const LOGS = { type: 'log-lines', typeVersion: [0, 0], preferredVisualisationType: 'logs' } as const

async function readMissed(
  reader: EventReader,
  { admission }: Door,
  filter: Filter,
  { received, id }: Reached,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly Observation[]; readonly dropped: number; readonly reached: Reached }> {
  const since: Filter = { op: 'range', field: 'received', gte: Math.max(received, now - RESUME_WITHIN) }
  const page = { from: 0, to: Number.MAX_SAFE_INTEGER, filter: allOf([filter, since]), view: 'observations' as const, order: 'newest' as const, limit: MOST_MISSED } // prettier-ignore
  const leave = await admission.enter(weightOfRows(MOST_MISSED) + weightOfFilter(filter), signal)
  const { rows, total } = await reader.events(page, signal).finally(leave)
  const isLater = (row: Observation) => row.received > received || (row.received === received && row.id > id)
  const missed = rows.filter(isLater).reverse()
  return { rows: missed, dropped: total - rows.length, reached: missed.reduce<Reached>(later, { received, id }) }
}

function later(reached: Reached, { received, id }: Reached): Reached {
  const isLater = received > reached.received || (received === reached.received && id > reached.id)
  return isLater ? { received, id } : reached
}

function writeCursor({ received, id }: Reached): string {
  return `${received}.${id}`
}

function readCursor(cursor: string): Reached {
  const parts = /^(\d{1,16})\.([\w-]*)$/.exec(cursor)
  if (parts === null) throw new InvalidQueryError([{ parameter: 'after', message: 'is no cursor of a tail. Leave it out to begin now' }]) // prettier-ignore
  return { received: Number(parts[1]), id: parts[2] ?? '' }
}
