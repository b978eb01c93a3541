import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startFakeApiServer, type FakeApiServerOptions } from './fake-api-server.ts'

export interface FakeApiServerProcess {
  readonly url: string
  /** Text of a kubeconfig. */
  readonly kubeconfig: string
  stop(): Promise<void>
}

/** A fake API server in a process of its own, so that it does not share a core's time with what is measured. */
export async function spawnFakeApiServer(options: FakeApiServerOptions): Promise<FakeApiServerProcess> {
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, 'line'), exited.then(() => null)])
  if (first === null) throw new Error('the fake API server did not start')
  const { url, kubeconfig } = JSON.parse(String(first[0])) as { url: string; kubeconfig: string }
  return {
    url,
    kubeconfig,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

// Run as a program: serves until its standard input ends, which it does when the parent dies.
if (process.argv[1] === import.meta.filename) {
  const server = await startFakeApiServer(JSON.parse(process.argv[2] ?? '{}') as FakeApiServerOptions)
  console.log(JSON.stringify({ url: server.url, kubeconfig: server.kubeconfig }))
  process.stdin.resume().on('end', () => void server.close().then(() => process.exit(0)))
}
