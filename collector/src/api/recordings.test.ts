import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { aChange } from '../../../test/support/a-change.ts'
import { anObservation } from '../../../test/support/an-observation.ts'
import { apiOver, storeWith } from '../../../test/support/cli-session.ts'
import type { RecordedPart, RecordingInlet } from './recordings.ts'

const EVENT = { kind: 'event', raw: { metadata: { uid: 'u' }, reason: 'BackOff' }, place: { stream: 'a.jsonl', line: 3 } } // prettier-ignore
const PART = { recording: 'a', cluster: 'recording', deliveries: [EVENT] }
const TOKEN = 'a-token-of-more-than-16-characters'

async function api({ token = null, rows = [], withInlet = true }: { token?: string | null; rows?: Parameters<typeof storeWith>[0]; withInlet?: boolean } = {}) {
  const taken: RecordedPart[] = []
  const inlet: RecordingInlet = {
    watched: () => ['prod'],
    accept: async (part) => {
      taken.push(part)
      return [{ kind: 'received', cause: '', count: 5 }, { kind: 'alreadyStored', cause: '', count: 1 }, { kind: 'dropped', cause: 'malformed', count: 1 }]
    },
  }
  const app = apiOver({ reader: await storeWith(rows), token, ...(withInlet ? { inlet } : {}) })
  const send = (body: object | string, headers: Record<string, string> = {}) =>
    request(app).post('/api/v1/recordings').set({ host: '127.0.0.1', 'content-type': 'application/json', ...headers }).send(body) // prettier-ignore
  return { taken, send }
} // prettier-ignore

function answerOf({ status, body }: { readonly status: number; readonly body: unknown }) {
  return { status, body }
}

describe('POST /recordings', () => {
  it('takes a part through the line, and tells how much of it ended where', async () => {
    const { send, taken } = await api()
    const { status, body } = answerOf(await send(PART))
    expect({ status, body }).toEqual({ status: 200, body: { received: 5, accepted: 3, alreadyStored: 1, filtered: {}, signalled: {}, dropped: { malformed: 1 } } }) // prettier-ignore
    expect(taken).toEqual([PART])
    const changes = { ...PART, deliveries: [{ kind: 'change', change: aChange(0) }] }
    expect((await send(changes)).status).toBe(200)
    expect(taken.at(-1)).toEqual(changes)
  })

  it('keeps recordings out of the name of a cluster that is, or was, watched', async () => {
    const rows = [anObservation({ cluster: 'old', source: 'live' }), anObservation({ uid: 'x', id: 'x', cluster: 'shown', source: 'recording b' })] // prettier-ignore
    const { send, taken } = await api({ rows })
    for (const [cluster, why] of [['prod', 'is watched here'], ['old', 'was watched here']] as const) {
      const { status, body } = answerOf(await send({ ...PART, cluster }))
      expect({ status, body }).toMatchObject({ status: 409, body: { type: '/docs#refused-recording', detail: expect.stringContaining(why) as string } }) // prettier-ignore
    }
    expect(taken).toEqual([])
    expect((await send({ ...PART, cluster: 'shown' })).status).toBe(200)
  }) // prettier-ignore

  it('waits for room like every question, before its body is there', async () => {
    const { promise: isDone, resolve: finish } = Promise.withResolvers<undefined>()
    const accepted: string[] = []
    const inlet: RecordingInlet = {
      watched: () => [],
      async accept({ recording }) {
        accepted.push(recording)
        await isDone
        return []
      },
    }
    const app = apiOver({ reader: await storeWith([]), inlet, answerBytes: 1_000_000 })
    const send = (recording: string) =>
      request(app).post('/api/v1/recordings').set({ host: '127.0.0.1' }).send({ ...PART, recording, deliveries: [{ ...EVENT, raw: { note: 'x'.repeat(50_000) } }] }).then(({ status }) => status) // prettier-ignore
    const sent = ['a', 'b', 'c', 'd', 'e'].map(send)
    await expect.poll(() => accepted.length).toBe(3)
    // What has no weight is answered meanwhile.
    await request(app).get('/api/v1/fields').set({ host: '127.0.0.1' }).expect(200)
    expect(accepted).toHaveLength(3)
    finish(undefined)
    expect(await Promise.all(sent)).toEqual([200, 200, 200, 200, 200])
  })

  it('is guarded like every other address: token, origin, kind and length of the body', async () => {
    const { send, taken } = await api({ token: TOKEN })
    expect((await send(PART)).status).toBe(401)
    const authorization = `Bearer ${TOKEN}`
    expect((await send(PART, { authorization, origin: 'http://evil.example' })).status).toBe(403)
    expect((await send(PART, { authorization, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await send('recording=a', { authorization, 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(400) // prettier-ignore
    expect((await send(`"${'x'.repeat(33 * 1024 * 1024)}"`, { authorization })).status).toBe(413)
    expect(taken).toEqual([])
    expect((await send(PART, { authorization })).status).toBe(200)
  })

  it.each([
    { ...PART, cluster: '' },
    { ...PART, cluster: 'a\nb' },
    { ...PART, recording: '\u202ex' },
    { ...PART, deliveries: [{ ...EVENT, raw: 'text' }] },
    { ...PART, deliveries: [{ kind: 'fact', fact: { kind: 'Pod' } }] },
    { ...PART, deliveries: [{ kind: 'change', change: { ...aChange(0), at: -1 } }] },
    { ...PART, deliveries: [{ kind: 'change', change: aChange(0, { manager: 'x'.repeat(401) }) }] },
    { ...PART, deliveries: [{ kind: 'refused', cause: 'because', detail: '', place: { stream: '' } }] },
    { ...PART, deliveries: Array.from({ length: 1_001 }, () => EVENT) },
    { ...PART, source: 'live' },
  ])('refuses what is no part of a recording: %j', async (part) => {
    const { send, taken } = await api()
    expect((await send(part)).status).toBe(400)
    expect(taken).toEqual([])
  })

  it('is refused where what is there stays as it is', async () => {
    expect((await (await api({ withInlet: false })).send(PART)).status).toBe(409)
  })
})
