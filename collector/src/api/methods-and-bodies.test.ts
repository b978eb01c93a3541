import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { apiOver, storeWith } from '../../../test/support/cli-session.ts'
import { MOST_LEVELS } from '../event/json.ts'
import { ENDPOINTS, EXPORT } from './endpoints.ts'
import { RECORDINGS } from './recordings.ts'

const GRAFANA = ['query', 'variables', 'tag-keys', 'tag-values', 'complete', 'check', 'migrate', 'preview', 'tail'].map((name) => `/grafana/${name}`) // prettier-ignore
const POSTS = ['/aggregate', RECORDINGS.path, ...GRAFANA]

const inlet = { watched: () => [], accept: async () => [] }

async function ask(method: 'trace' | 'delete' | 'post' | 'head', path: string, body?: string) {
  const app = apiOver({ reader: await storeWith([]), inlet })
  const asked = request(app)[method](path).set({ host: '127.0.0.1' })
  const { status, headers, text } = await (body === undefined ? asked : asked.type('json').send(body))
  return { status, allow: (headers as Record<string, string>)['allow'], text }
}

describe('a method that an address does not take', () => {
  it.each([...ENDPOINTS, EXPORT, RECORDINGS])(
    'is refused with those that it takes: $path',
    async ({ path, methods }) => {
      const allow = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : ['POST'])).join(', ')
      const address = `/api/v1${path.replace(/:\w+/, 'x')}`
      for (const method of ['trace', 'delete'] as const)
        expect(await ask(method, address)).toMatchObject({ status: 405, allow })
    },
  )

  it.each([
    '/',
    '/healthz',
    '/readyz',
    '/metrics',
    '/docs',
    '/openapi.json',
    ...GRAFANA.map((path) => `/api/v1${path}`),
  ])('is not echoed: TRACE %s', async (path) => {
    expect((await ask('trace', path)).status).toBe(404)
  })
})

describe('the body of a POST', () => {
  it.each(POSTS)('is asked for where there is none: %s', async (path) => {
    for (const body of [undefined, '', 'null']) {
      const { status, text } = await ask('post', `/api/v1${path}`, body)
      expect({ status, text }).toEqual({ status: 400, text: expect.stringContaining('Send a body of JSON') as string })
    }
  })

  it.each(POSTS)('is refused when it is no object: %s', async (path) => {
    for (const body of ['false', '0', '"text"', '[]']) {
      const { status } = await ask('post', `/api/v1${path}`, body)
      expect({ body, status }).toEqual({ body, status: 400 })
    }
  })

  it.each(POSTS)('is refused when it is deep, however short: %s', async (path) => {
    const deep = (levels: number) => `{"query":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    const refused = await ask('post', `/api/v1${path}`, deep(MOST_LEVELS + 1))
    expect(refused).toMatchObject({
      status: 400,
      text: expect.stringContaining('nested in more than 200 levels') as string,
    })
    const { status, text } = await ask('post', `/api/v1${path}`, deep(MOST_LEVELS))
    expect(status).not.toBe(500)
    expect(text).not.toContain('levels')
  })
})
