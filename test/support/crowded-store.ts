import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { HOUR, MINUTE, SECOND } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { cacheDirectory } from '../bench/workspace.ts'
import { anObservation, NOON } from './an-observation.ts'
import { openDuckDb } from './as-configured.ts'
import { inBatches } from './generate-observations.ts'
import { problemRecordsOf } from './problem-records.ts'

/** Another number when what is generated, or how it is stored, changes: cached files are made anew. */
const FORMAT = 1
const BATCH_ROWS = 10_000

export const NAMESPACES = 100
const WORKLOADS_EACH = 50
const NODES = 500
/** One pod in so many does not start. */
const BROKEN_EVERY = 41
/** When all of it happens, up to {@link NOON}. */
const SPAN = 5 * HOUR

const CALM = { type: 'Normal', reason: 'Started', severity: 'info', note: 'Started container web' } as const

/**
 * A DuckDB file of a crowded cluster: one row for each pod, and a problem for each that does not start. Kept between runs.
 *
 * @param podsEach in each of {@link NAMESPACES} namespaces.
 */
export async function crowdedFile(podsEach: number): Promise<string> {
  const file = join(cacheDirectory(), `crowded-${FORMAT}-${podsEach}.duckdb`)
  if (existsSync(file)) return file
  const making = `${file}.${process.pid}`
  const store = await openDuckDb({ file: making })
  const { signal } = new AbortController()
  const troubled: Observation[] = []
  let sequence = 0
  for (const batch of inBatches(pods(podsEach), BATCH_ROWS)) {
    troubled.push(...batch.filter(({ type }) => type === 'Warning'))
    const rows = batch.map((observation) => ({ observation, undecided: false }))
    await store.write({ bufferId: 'crowded', sequence: (sequence += 1), rows, records: [] }, signal)
  }
  for (const records of inBatches(problemRecordsOf(troubled, NOON + MINUTE), BATCH_ROWS)) {
    await store.write({ bufferId: 'crowded', sequence: (sequence += 1), rows: [], records }, signal)
  }
  await store.close()
  renameSync(making, file)
  return file
}

function* pods(each: number): Generator<Observation> {
  const all = each * NAMESPACES
  for (let index = 0; index < all; index++) {
    const hex = index.toString(16).padStart(12, '0')
    const namespace = `ns-${index % NAMESPACES}`
    const owner = { kind: 'Deployment', name: `web-${Math.floor(index / NAMESPACES) % WORKLOADS_EACH}` }
    const name = `${owner.name}-7d9f-${hex}`
    const time = NOON - SPAN + Math.floor(((index / all) * SPAN) / SECOND) * SECOND
    yield anObservation({
      uid: `11111111-1111-4111-8111-${hex}`,
      name: `${name}.18ae773b82737275`,
      eventNamespace: namespace,
      namespace,
      firstObserved: time,
      lastObserved: time,
      deltaSince: time,
      received: time,
      regarding: {
        kind: 'Pod',
        namespace,
        name,
        uid: `22222222-2222-4222-8222-${hex}`,
        apiVersion: 'v1',
        fieldPath: 'spec.containers{web}',
      },
      container: 'web',
      node: `worker-${index % NODES}`,
      owner,
      correlationId: `c-${namespace}-${owner.name}`,
      ...(index % BROKEN_EVERY === 0 ? {} : CALM),
    })
  }
}
