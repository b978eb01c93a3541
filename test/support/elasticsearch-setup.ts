import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { startElasticsearch, type ElasticsearchServer } from './elasticsearch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the address of a server that all test files share, started by the first who asks. */
    sharedElasticsearch: string
  }
}

/** Starting the server takes 15 s: it is done once for all test files, and not at all when none needs it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<ElasticsearchServer> | null = null
  const door = createServer((_, response) => {
    server ??= startElasticsearch()
    server.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  project.provide('sharedElasticsearch', `http://127.0.0.1:${String((door.address() as AddressInfo).port)}`)
  return async () => {
    door.close()
    const started = await server?.catch(() => null)
    await started?.stop()
  }
}
