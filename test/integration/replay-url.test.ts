import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReplaySummary } from '../../collector/src/run/replay-summary.ts'
import { ask, runCommand } from '../support/cli.ts'
import { startCollector, type CollectorProcess } from '../support/collector-process.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'

const RECORDINGS = join(import.meta.dirname, '..', 'cases', 'recordings')
const SHIPPED = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')

describe('a recording that is sent to a running collector', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-sent-'))
  let server: Awaited<ReturnType<typeof spawnFakeApiServer>>
  let collector: CollectorProcess

  beforeAll(async () => {
    server = await spawnFakeApiServer({ flood: { events: 40 } })
    collector = await startCollector({ data: join(directory, 'running'), kubeconfig: server.kubeconfig })
  })
  afterAll(async () => {
    await collector.stop()
    await server.stop()
    rmSync(directory, { recursive: true })
  })

  /** Without how long it took; trends are over all that is stored, and the running collector has more than the recording. */
  const comparable = ({ seconds, eventsPerSecond, patterns, ...account }: ReplaySummary) => {
    expect(seconds * eventsPerSecond).toBeGreaterThan(0)
    const found = patterns as readonly { readonly id: string; readonly occurrences: number }[]
    return { ...account, patterns: found.map(({ id, occurrences }) => ({ id, occurrences })) }
  }

  it('ends with the same account as one that is played into a folder, and adds nothing a second time', async () => {
    const files = [SHIPPED, join(RECORDINGS, 'awkward-note.jsonl'), import.meta.filename]
    const local = await ask<ReplaySummary>(['replay', ...files, '--data', join(directory, 'local')])
    const sent = await ask<ReplaySummary>(['replay', ...files, '--url', collector.url])
    expect(comparable(sent)).toEqual(comparable(local))
    expect(sent).toMatchObject({ balanced: true, outcomes: { deadLettered: {} } })
    expect(sent.outcomes.stored).toBeGreaterThan(4_000)
    // Found by its folder, too.
    const again = await ask<ReplaySummary>(['replay', ...files, '--data', join(directory, 'running')])
    expect(again.outcomes).toMatchObject({
      stored: 0,
      alreadyStored: sent.outcomes.stored,
      dropped: sent.outcomes.dropped,
    })
  })

  it('waits for what was accepted and not yet written, also of a recording that was sent in no time', async () => {
    for (const cluster of ['colleague', 'another']) {
      const { outcomes } = await ask<ReplaySummary>(['replay', join(RECORDINGS, 'missing-secret.jsonl'), '--url', collector.url, '--cluster', cluster, '--rebase']) // prettier-ignore
      expect(outcomes).toMatchObject({ stored: 5, alreadyStored: 0 })
    }
  })

  it('never takes the name of a cluster that is watched', async () => {
    const { code, stderr } = await runCommand(['replay', SHIPPED, '--url', collector.url, '--cluster', 'lab'])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'replay: Cluster "lab" is watched here: a recording under its name would be mixed with what happened there. Choose another name: --cluster NAME\n',
    })
  })
})
