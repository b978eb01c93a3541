import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { startElasticsearch } from './elasticsearch.ts'
import { startSecuredElasticsearch } from './secured-elasticsearch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers, below the name of a server, with what is known of it as JSON. Whoever asks first has it started. */
    sharedElasticsearch: string
  }
}

type Started = Awaited<ReturnType<typeof startElasticsearch | typeof startSecuredElasticsearch>>
const STARTS: Readonly<Record<string, () => Promise<Started>>> = {
  '/plain': startElasticsearch,
  '/secured': startSecuredElasticsearch,
}

/** Starting a server takes 15 s: it is done once for all test files, and not at all when none needs it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = new Map<string, Promise<Started>>()
  const door = createServer(({ url = '' }, response) => {
    const start = STARTS[url]
    // Whoever had this port before may still be asked for.
    if (start === undefined) return void response.writeHead(404).end()
    const server = servers.get(url) ?? start()
    servers.set(url, server)
    server.then(
      (started) => response.end(JSON.stringify(started)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  project.provide('sharedElasticsearch', `http://127.0.0.1:${String((door.address() as AddressInfo).port)}`)
  return async () => {
    door.close()
    for (const server of servers.values()) await (await server.catch(() => null))?.stop()
  }
}
