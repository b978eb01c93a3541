import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openDuckDb } from '../support/as-configured.ts'
import { describeProblems } from './problem-contract.ts'
import { describeStore, describeStoreAgainstReference, type OpenStore } from './store-contract.ts'

let directory: string
let files = 0

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'eventloom-duckdb-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** A store over a file of its own. */
const open: OpenStore = () => openDuckDb({ file: join(directory, `store-${String(++files)}.duckdb`) })

describeStore('DuckDB', open)
describeStoreAgainstReference('DuckDB', open)
describeProblems('DuckDB', open)
