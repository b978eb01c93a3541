import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { IncidentsJson } from '../../collector/src/api/incidents/incident-schemas.ts'
import { startCollector, type CollectorProcess } from '../support/collector-process.ts'
import { EventWriter } from '../support/event-writer.ts'
import { startLab } from '../support/lab.ts'
import type { Bench } from './bench.ts'
import { distribution, sizeOf } from './figures.ts'
import { inDirectory } from './workspace.ts'

const ASK_EVERY_MS = 50
const PATIENCE_MS = 30_000

/** From the answer of a real API server to the create call of the first event of a fault until `/incidents` names its cause. */
export const bench: Bench = {
  description: 'ms from a symptom to its cause, of faults one after another (EVENTLOOM_BENCH_FAULTS)',
  async run() {
    const faults = sizeOf('EVENTLOOM_BENCH_FAULTS', 40)
    return inDirectory(async (data) => {
      const lab = await startLab()
      const writer = new EventWriter(lab)
      try {
        const collector = await startCollector({ data, kubeconfig: readFileSync(lab.kubeconfig, 'utf8') })
        try {
          const causeMs: number[] = []
          for (let fault = 0; fault < faults; fault += 1)
            causeMs.push(await measure(writer, collector, `login-${fault}`))
          return { faults, causeMs: distribution(causeMs), askedEveryMs: ASK_EVERY_MS }
        } finally {
          await collector.stop()
        }
      } finally {
        await writer.close()
        await lab.stop()
      }
    })
  },
}

async function measure(writer: EventWriter, collector: CollectorProcess, secret: string): Promise<number> {
  await writer.create({
    reportingController: 'kubelet',
    action: 'Failed',
    reason: 'Failed',
    note: `Error: secret "${secret}" not found`,
    regarding: { kind: 'Pod', namespace: 'default', name: `web-${secret}`, apiVersion: 'v1' },
  })
  const created = performance.now()
  for (;;) {
    const { incidents } = await collector.get<IncidentsJson>('/api/v1/incidents?limit=1000')
    const waited = performance.now() - created
    if (incidents.some(({ causes: [cause] }) => cause?.thing?.name === secret)) return waited
    if (waited > PATIENCE_MS) throw new Error(`No incident names the Secret ${secret} after ${PATIENCE_MS} ms`)
    await delay(ASK_EVERY_MS)
  }
}
