import { aRecord as recordOf } from '../support/a-record.ts'
import { join } from 'node:path'
import { DAY, SECOND } from '../../collector/src/clock.ts'
import type { StoreRecord } from '../../collector/src/event/record.ts'
import { LATEST } from '../../collector/src/query/time.ts'
import { openDuckDb } from '../support/as-configured.ts'
import { NOON } from '../support/an-observation.ts'
import type { Bench } from './bench.ts'
import { roundTo, sizeOf } from './figures.ts'
import { bytesOf, inDirectory } from './workspace.ts'

/** Records that come in one batch: what a busy minute changes. */
const AT_ONCE = 1_000
const CHANGES = 10

const never = new AbortController().signal

/** What records cost that change again and again, in DuckDB: each change puts a new revision in the place of the old one. */
export const bench: Bench = {
  description: `seconds and bytes of records that change ${String(CHANGES)} times (EVENTLOOM_BENCH_RECORDS)`,
  run: () => inDirectory((data) => changeRecords(data, sizeOf('EVENTLOOM_BENCH_RECORDS', 40_000))),
}

async function changeRecords(data: string, records: number) {
  const file = join(data, 'eventloom.duckdb')
  const store = await openDuckDb({ file })
  const secondsOfChange: number[] = []
  let sequence = 0
  for (let change = 0; change <= CHANGES; change++) {
    const started = performance.now()
    for (let first = 0; first < records; first += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, records - first) }, (_, index) =>
        aRecord(first + index, change),
      )
      await store.write({ bufferId: 'bench', sequence: ++sequence, rows: [], records: some }, never)
    }
    secondsOfChange.push(secondsSince(started))
  }
  const openBytes = bytesOf(data, 'eventloom.duckdb')
  const started = performance.now()
  const newest = await store.records('correlation', { from: 0, to: LATEST, limit: 5_000 }, never)
  const readSeconds = secondsSince(started)
  await store.close()
  const closedBytes = bytesOf(data, 'eventloom.duckdb')
  const bodyBytes = newest.reduce((sum, { body }) => sum + JSON.stringify(body).length, 0) / newest.length
  return { records, secondsOfChange, openBytes, closedBytes, bodyBytes: Math.round(bodyBytes), readSeconds }
}

/** A group as big as most: names differ, words repeat. */
function aRecord(index: number, change: number): StoreRecord {
  const from = NOON - DAY + index * SECOND
  const id = `c-${String(index * 7_919).padStart(12, '0')}`
  const objects = Array.from(
    { length: 8 },
    (_, place) => `Pod shop/payments-${String(index)}-${String((place * 7_919 + index) % 99_991)}`,
  )
  const body = {
    cluster: 'prod',
    title: `payments-${String(index)} and 3 more: BackOff, FailedMount`,
    mergedInto: null,
    severity: 'medium',
    members: change * 3,
    occurrences: change * 17 + index,
    objects,
    workloads: [`Deployment shop/payments-${String(index)}`],
    reasons: [{ reason: 'BackOff', members: change }],
    evidence: [{ words: `same owner Deployment shop/payments-${String(index)}`, members: change }],
    causes: objects.slice(0, 3).map((object) => ({
      id: 'mount',
      words: 'a mount fails before a start',
      cause: { reason: 'FailedMount', object },
      effect: { reason: 'BackOff', object },
    })),
  }
  return recordOf('correlation', { id, revision: NOON + change * SECOND, from, to: NOON + change * SECOND, body })
}

function secondsSince(started: number): number {
  return roundTo((performance.now() - started) / 1_000, 2)
}
