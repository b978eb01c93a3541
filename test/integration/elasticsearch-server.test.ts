import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startElasticsearch, type ElasticsearchServer } from '../support/elasticsearch.ts'

describe('the Elasticsearch that the tests run against', () => {
  let server: ElasticsearchServer

  beforeAll(async () => {
    server = await startElasticsearch()
  })
  afterAll(() => server.stop())

  const create = (id: string) =>
    fetch(`${server.url}/a-test/_create/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
    })

  it('still refuses after kill -9 to create what it acknowledged before', async () => {
    expect((await create('one')).status).toBe(201)
    await server.kill()
    await server.start()
    expect((await create('one')).status).toBe(409)
    expect((await create('two')).status).toBe(201)
  })
})
