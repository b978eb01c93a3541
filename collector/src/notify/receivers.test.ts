import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { parseConfig } from '../config/config.ts'
import { testReceiver } from './open-receivers.ts'

interface Asked {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let server: Server
let url: string
let asked: Asked[]
let answer: { status: number; text: string; headers?: Record<string, string> }
let directory: string
beforeEach(async () => {
  asked = []
  answer = { status: 200, text: '' }
  directory = mkdtempSync(join(tmpdir(), 'eventloom-receivers-'))
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(answer.status, answer.headers).end(answer.text)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.close()
  rmSync(directory, { recursive: true })
})

function secret(text: string, mode = 0o600): string {
  const file = join(directory, 'secret')
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

async function send(kind: object): Promise<void> {
  const { notify } = parseConfig(JSON.stringify({ notify: { receivers: [{ name: 'r', ...kind }] } }), 'f', {})
  const [receiver] = notify.receivers
  if (receiver === undefined) throw new Error('no receiver')
  const print = () => Promise.resolve()
  const tools = { clock: systemClock, random: Math.random, print, createObject: () => Promise.resolve(null) }
  await testReceiver(receiver, false, tools, new AbortController().signal)
}

const bodies = () => asked.map(({ body }) => JSON.parse(body) as Record<string, unknown>)

describe('a webhook', () => {
  it('is signed over time and body, and carries an id', async () => {
    await send({ webhook: { url, secretFile: secret('key') } })
    const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = asked
    const signed = createHmac('sha256', 'key')
      .update(`${String(headers['x-eventloom-timestamp'])}.${body}`)
      .digest('hex')
    expect(headers['x-eventloom-signature']).toBe(`v1=${signed}`)
    expect(headers['idempotency-key']).toMatch(/^[\w-]{22}$/)
    expect(bodies().map(({ status }) => status)).toEqual(['firing', 'resolved'])
  })

  it('has a body of its own, JSON whatever is filled in', async () => {
    await send({
      webhook: { url, body: { text: 'x {{ $title }}', n: '{{ $firing }}', ns: '{{ $labels.namespace }}' } },
    })
    expect(bodies()[0]).toMatchObject({ text: expect.stringContaining('x [firing: 1]') as string, n: 1, ns: 'test' })
  })

  it.each([
    [302, { location: 'http://example.org/' }, 'is not followed'],
    [400, {}, 'answered 400'],
    [500, {}, 'answered 500'],
    [429, { 'retry-after': '7' }, 'answered 429'],
  ])('that answers %i is told so, without what it said', async (status, headers, why) => {
    answer = { status, text: 'canary: {"token":"abc"}', headers }
    const error = await send({ webhook: { url } }).catch((cause: unknown) => cause)
    expect(String(error)).toContain(why)
    expect(String(error)).not.toContain('canary')
    expect(asked).toHaveLength(1)
  })

  it('does not use a secret that everybody can read, and does not show one', async () => {
    const error = await send({ webhook: { urlFile: secret(`${url}/canary`, 0o644) } }).catch((cause: unknown) => cause)
    expect(String(error)).toContain('every user of this machine can read')
    answer = { status: 500, text: 'canary' }
    const other = await send({ webhook: { urlFile: secret(`${url}/x/canary-path`) } }).catch((cause: unknown) => cause)
    expect(String(other)).not.toContain('canary-path')
  })
})

describe('a success that is none', () => {
  it.each([
    ['slack', 'invalid_payload', 'invalid_payload'],
    ['slack', '<html>Log in</html>', 'not "ok"'],
    ['teams', 'Webhook message delivery failed with error: HTTP error 429', 'posted nothing'],
    ['pagerduty', '{"status":"invalid event"}', 'does not say that it succeeded'],
  ])('is noticed: %s answers %s', async (kind, text, why) => {
    answer = { status: 200, text }
    const own = kind === 'pagerduty' ? { url, routingKeyFile: secret('k') } : { url }
    await expect(send({ [kind]: own })).rejects.toThrow(why)
  })
})

describe('messages in the shape that services ask for', () => {
  it('have Slack’s text and escape its markup', async () => {
    answer = { status: 200, text: 'ok' }
    await send({ slack: { url } })
    expect(bodies()).toHaveLength(2)
    expect(bodies()[0]).toMatchObject({
      text: expect.stringContaining('firing: 1') as string,
      attachments: [{ color: '#8ab8ff' }],
    })
  })

  it('trigger and resolve one alert of PagerDuty', async () => {
    answer = { status: 202, text: '{"status":"success"}' }
    await send({ pagerduty: { url, routingKeyFile: secret('k'.repeat(32)) } })
    const [first, second] = bodies()
    expect([first?.['event_action'], second?.['event_action']]).toEqual(['trigger', 'resolve'])
    expect(first?.['dedup_key']).toBe(second?.['dedup_key'])
    expect(first?.['payload']).toMatchObject({ severity: 'info', source: 'test' })
  })

  it('are an Adaptive Card for Teams', async () => {
    answer = { status: 202, text: '' }
    await send({ teams: { url } })
    expect(bodies()[0]).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }],
    })
  })

  it('fire with an end in the future for Alertmanager, and end with theirs', async () => {
    await send({ alertmanager: { url } })
    const ends = asked.map(({ body }) => Date.parse((JSON.parse(body) as { endsAt: string }[])[0]?.endsAt ?? ''))
    expect(asked[0]?.url).toBe('/api/v2/alerts')
    expect(ends[0]).toBeGreaterThan(Date.now())
    expect(ends[1]).toBeLessThanOrEqual(Date.now())
  })
})
