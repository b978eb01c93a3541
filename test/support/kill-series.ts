import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startCollector } from './collector-process.ts'
import { EventWriter } from './event-writer.ts'
import { compareHeldAndStored, type Comparison } from './held-and-stored.ts'
import { startLab } from './lab.ts'

/** Long enough for a start, a list and some commits; short enough to strike in the middle of each. */
const SHORTEST_LIFE_MS = 200
const LONGEST_LIFE_MS = 2_500

/**
 * Kills the collector `kills` times at random moments (kill -9) while events come in at a real API server, then lets it
 * catch up and compares.
 */
export async function killSeries(
  kills: number,
  eventsPerSecond: number,
): Promise<Comparison & { readonly written: number }> {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-kill-'))
  const lab = await startLab()
  const writer = new EventWriter(lab)
  const stopLoad = new AbortController()
  try {
    const load = writer.load(eventsPerSecond, stopLoad.signal)
    const kubeconfig = readFileSync(lab.kubeconfig, 'utf8')
    for (let times = 0; times < kills; times += 1) {
      const collector = await startCollector({ data, kubeconfig })
      await delay(SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS))
      await collector.kill()
    }
    stopLoad.abort()
    const written = await load
    const collector = await startCollector({ data, kubeconfig })
    const comparison = await compareHeldAndStored(writer, collector)
    await collector.stop()
    return { ...comparison, written }
  } finally {
    stopLoad.abort()
    await writer.close()
    await lab.stop()
    rmSync(data, { recursive: true })
  }
}
