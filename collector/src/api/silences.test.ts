import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { apiOver, storeWith } from '../../../test/support/cli-session.ts'
import type { Silence } from '../event/outbox.ts'

async function anApi(kept: Silence[] = []) {
  const silences = {
    silences: () => kept,
    addSilence: (silence: Silence) => void kept.push(silence),
    removeSilence: (id: string) =>
      kept.splice(0, kept.length, ...kept.filter((each) => each.id !== id)).length > kept.length,
  }
  const app = apiOver({ reader: await storeWith([]), silences })
  return (method: 'get' | 'post' | 'delete', path: string, body?: object) => {
    const asked = request(app)[method](`/api/v1${path}`).set({ host: '127.0.0.1' })
    return body === undefined ? asked : asked.send(body)
  }
}

const SHOP = { matchers: ['namespace="shop"'], for: '2h', author: 'ada', comment: 'release' }

describe('silences', () => {
  it('are added, listed and removed, with who and why', async () => {
    const ask = await anApi()
    const added = await ask('post', '/silences', SHOP)
    expect({ status: added.status, body: added.body as object }).toMatchObject({
      status: 200,
      body: { matchers: SHOP.matchers, author: 'ada', comment: 'release', isActive: true },
    })
    const { id } = added.body as { readonly id: string }
    expect((await ask('get', '/silences')).body).toMatchObject({ silences: [{ id }] })
    expect((await ask('delete', `/silences/${id}`)).status).toBe(200)
    expect((await ask('get', '/silences')).body).toEqual({ silences: [] })
    expect((await ask('delete', `/silences/${id}`)).status).toBe(404)
  })

  it.each([
    ['without an author', { ...SHOP, author: '' }, 'author'],
    ['for longer than a year', { ...SHOP, for: '400d' }, 'length of time'],
    ['of everything', { ...SHOP, matchers: [] }, 'matchers'],
    ['by what is no condition', { ...SHOP, matchers: ['namespace:shop'] }, 'is not a condition'],
    ['by an expression that is none', { ...SHOP, matchers: ['namespace=~"("'] }, 'regular expression'],
  ])('are refused %s', async (_, body, why) => {
    const { status, text } = await (await anApi())('post', '/silences', body)
    expect({ status, text }).toEqual({ status: 400, text: expect.stringContaining(why) as string })
  })

  it('are refused where nobody is told of alerts', async () => {
    const app = apiOver({ reader: await storeWith([]) })
    const { status, text } = await request(app).get('/api/v1/silences').set({ host: '127.0.0.1' })
    expect({ status, body: JSON.parse(text) as object }).toMatchObject({
      status: 409,
      body: { type: '/docs#no-alerts' },
    })
  })

  it('say which methods each of their addresses takes', async () => {
    const ask = await anApi()
    expect((await ask('delete', '/silences')).headers).toMatchObject({ allow: 'GET, HEAD, POST' })
    expect((await ask('get', '/silences/x')).headers).toMatchObject({ allow: 'DELETE' })
  })
})
