import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../support/cli.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'
import { SHIPPED_VERSIONS } from '../support/shipped-recording.ts'

const RECORDING = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')
const START_MS = 300_000

interface Summary {
  readonly read: number
  readonly stored: number
  readonly alreadyStored: number
  readonly records: number
  readonly differences: readonly unknown[]
}

describe('eventloom migrate', () => {
  let directory: string
  let config: string
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'eventloom-migrate-'))
    config = join(directory, 'eventloom.yaml')
    const elasticsearch = { nodes: [await sharedElasticsearch()], prefix: 'moved', replicas: 0 }
    writeFileSync(config, JSON.stringify({ store: { elasticsearch } }))
  }, START_MS)
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const migrate = (from: string, to: string, data: string) =>
    ask<Summary>(['migrate', '--from', from, '--to', to, '--config', config, '--data', join(directory, data)])
  const patterns = (data: string) => ask<unknown>(['patterns', '--from', '2000-01-01', '--data', join(directory, data)])

  it('moves house and back without losing or doubling anything', async () => {
    await ask(['replay', RECORDING, '--data', join(directory, 'old')])
    const there = await migrate('duckdb', 'elasticsearch', 'old')
    expect(there).toMatchObject({ read: SHIPPED_VERSIONS, stored: SHIPPED_VERSIONS, alreadyStored: 0, differences: [] })
    expect(there.records).toBeGreaterThan(10)
    expect(await migrate('duckdb', 'elasticsearch', 'old')).toMatchObject({
      stored: 0,
      alreadyStored: SHIPPED_VERSIONS,
      differences: [],
    })
    const back = await migrate('elasticsearch', 'duckdb', 'new')
    expect(back).toMatchObject({
      read: SHIPPED_VERSIONS,
      stored: SHIPPED_VERSIONS,
      records: there.records,
      differences: [],
    })
    expect(await patterns('new')).toEqual(await patterns('old'))
  })

  it('goes on where it was stopped', async () => {
    writeFileSync(
      join(directory, 'old', 'migration-duckdb-elasticsearch.json'),
      JSON.stringify({ reached: Date.UTC(2200, 0) * 1_000 }),
    )
    expect(await migrate('duckdb', 'elasticsearch', 'old')).toMatchObject({ read: 0, differences: [] })
  })
})
