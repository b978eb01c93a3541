import type { EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { StoreRecord } from '../../event/record.ts'
import { newestRevisions } from '../newest-revisions.ts'
import type { AppliedBatch, Chain } from '../store.ts'
import type { Statement } from './protocol.ts'
import { APPEND_ROWS, encodeRows } from './schema.ts'
import { uuidOfId } from './sortable-id.ts'
import { statement, type Bindings } from './sql-text.ts'
import { givenTable } from './given-table.ts'

export function appendRows(rows: readonly Observation[]): Statement {
  return { sql: APPEND_ROWS, parameters: [encodeRows(rows)] }
}

export function setApplied(bufferId: string, { sequence, ...ends }: AppliedBatch): readonly Statement[] {
  return [
    { sql: 'DELETE FROM applied WHERE buffer_id = $1', parameters: [bufferId] },
    { sql: 'INSERT INTO applied VALUES ($1, $2, $3)', parameters: [bufferId, sequence, JSON.stringify(ends)] },
  ]
}

/**
 * Puts each record whose revision is above the stored one in its place. The result has the number of records put.
 *
 * An update in place: a row that is deleted and appended again leaves its old body in the file until all rows around it are
 * gone as well, which takes twice the bytes. No key, no index: a scan of some hundred thousand ids is cheaper than an index in memory.
 */
export function putRecords(records: readonly StoreRecord[]): Statement {
  return statement(
    (bindings) => `MERGE INTO records USING (${givenRecords(newestRevisions(records), bindings)}) AS given
      ON (given.kind = records.kind AND given.id = records.id)
      WHEN MATCHED AND given.revision > records.revision THEN UPDATE SET
        revision = given.revision, from_time = given.from_time, to_time = given.to_time, body = given.body
      WHEN NOT MATCHED THEN INSERT VALUES (given.kind, given.id, given.revision, given.from_time, given.to_time, given.body)`,
  )
}

function givenRecords(records: readonly StoreRecord[], bindings: Bindings): string {
  return givenTable(
    {
      kind: { type: 'VARCHAR', values: records.map(({ kind }) => kind) },
      id: { type: 'VARCHAR', values: records.map(({ id }) => id) },
      revision: { type: 'BIGINT', values: records.map(({ revision }) => revision) },
      from_time: { type: 'BIGINT', values: records.map(({ from }) => from) },
      to_time: { type: 'BIGINT', values: records.map(({ to }) => to) },
      body: { type: 'JSON', values: records.map(({ body }) => body) },
    },
    bindings,
  )
}

/**
 * Which of the versions, at least one and all of sortable ids, are there: a range of times, in which rows lie
 * together, and a hash of the ids.
 */
export function findIds(versions: readonly { readonly id: string; readonly lastObserved: EpochMicros }[]): Statement {
  const times = versions.map(({ lastObserved }) => lastObserved)
  return statement(
    (bindings) => `SELECT id FROM observations
      WHERE last_observed BETWEEN ${bindings.bind(lowest(times))} AND ${bindings.bind(highest(times))}
        AND id IN (SELECT unnest(string_split(${bindings.bind(versions.map(({ id }) => uuidOfId(id)).join(','))}, ','))::UUID)`,
  )
}

/**
 * The heads of chains, one row for each that has a version: its place among `chains`, highest count, newest version.
 * No version of a chain lies before its first time, so the scan begins at the lowest of them. Rows are first chosen
 * by that time alone: comparing names of all rows is what would cost.
 */
export function findHeads(chains: readonly Chain[]): Statement {
  const times = chains.map(({ firstObserved }) => firstObserved)
  return statement((bindings) => {
    const given = givenTable(
      {
        cluster: { type: 'VARCHAR', values: chains.map(({ cluster }) => cluster) },
        event_namespace: { type: 'VARCHAR', values: chains.map(({ eventNamespace }) => eventNamespace) },
        name: { type: 'VARCHAR', values: chains.map(({ name }) => name) },
        first_observed: { type: 'BIGINT', values: times },
        place: { type: 'BIGINT', values: chains.map((_, place) => place) },
      },
      bindings,
    )
    return `WITH chain AS MATERIALIZED (${given}),
      possible AS MATERIALIZED (
        SELECT cluster, event_namespace, first_observed, count, count_estimated, resource_version, last_observed,
          coalesce(name_text, regarding_name || '.' || format('{:x}', name_number)) AS name
        FROM observations WHERE last_observed >= ${bindings.bind(lowest(times))}
          AND first_observed IN (SELECT first_observed FROM chain))
      SELECT place, max(count), max(resource_version),
        arg_max(last_observed, (coalesce(resource_version, -1), last_observed)), bool_or(count_estimated)
      FROM possible JOIN chain USING (cluster, event_namespace, name, first_observed) GROUP BY place`
  })
}

function lowest(times: readonly EpochMicros[]): EpochMicros {
  return times.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER)
}

function highest(times: readonly EpochMicros[]): EpochMicros {
  return times.reduce((a, b) => Math.max(a, b), 0)
}
