import type { RecordKind, RecordOf } from '../../event/record.ts'
import { mapInSlices } from '../../event/slices.ts'
import type { RecordRange } from '../store.ts'
import type { Read } from './engine-client.ts'
import type { Result, Statement } from './protocol.ts'
import { statement } from './sql-text.ts'

/** Records of one step. On its way from DuckDB a body is there four times, as text and as bytes. */
const STEP_RECORDS = 2_000

/** The place of a record in the order. */
interface Place {
  readonly from: number
  readonly id: string
}

/** Records in order, a step at a time, so that only what becomes of them is there as a whole. Within one snapshot. */
export async function readRecords<Kind extends RecordKind>(
  kind: Kind,
  { limit = Infinity, ...range }: RecordRange,
  read: Read,
): Promise<readonly RecordOf<Kind>[]> {
  const records: RecordOf<Kind>[] = []
  for (let after: Place | null = null; records.length < limit;) {
    const step: number = Math.min(STEP_RECORDS, limit - records.length)
    const [found] = await read(findRecords(kind, range, after, step))
    const next = await recordsOf(kind, found)
    records.push(...next)
    after = next.at(-1) ?? null
    if (next.length < step) break
  }
  return records
}

/** A record whose ends are equal is a point. */
function findRecords(
  kind: RecordKind,
  { from, to, id, order }: RecordRange,
  after: Place | null,
  most: number,
): Statement {
  return statement((bindings) => {
    const overlaps = `from_time < ${bindings.bind(to)} AND (to_time > ${bindings.bind(from)} OR from_time >= ${bindings.bind(from)})`
    const named = id === undefined ? '' : ` AND id = ${bindings.bind(id)}`
    const isNewest = order === 'newest'
    const behind =
      after === null
        ? ''
        : ` AND (from_time, id) ${isNewest ? '<' : '>'} (${bindings.bind(after.from)}, ${bindings.bind(after.id)})`
    const by = isNewest ? 'from_time DESC, id DESC' : 'from_time, id'
    return `SELECT id, revision, from_time, to_time, body FROM records
      WHERE kind = ${bindings.bind(kind)} AND ${overlaps}${named}${behind} ORDER BY ${by} LIMIT ${bindings.bind(most)}`
  })
}

async function recordsOf<Kind extends RecordKind>(
  kind: Kind,
  found: Result | undefined,
): Promise<readonly RecordOf<Kind>[]> {
  const [ids = [], revisions = [], froms = [], tos = [], bodies = []] = found?.columns ?? []
  const records = await mapInSlices([...ids.keys()], (row) => ({
    kind,
    id: String(ids[row]),
    revision: Number(revisions[row]),
    from: Number(froms[row]),
    to: Number(tos[row]),
    body: JSON.parse(String(bodies[row])) as unknown,
  }))
  return records as readonly RecordOf<Kind>[]
}
