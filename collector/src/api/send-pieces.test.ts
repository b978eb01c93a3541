import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import express from 'express'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonPieces, sendPieces } from './send-pieces.ts'

describe('JSON in pieces', () => {
  it('is the JSON of the whole', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (body) => {
        expect([...jsonPieces(body)].join('')).toBe(JSON.stringify(body))
      }),
    )
  })

  it('leaves out what is not there', () => {
    expect([...jsonPieces({ a: undefined, b: [undefined, 1] })].join('')).toBe(JSON.stringify({ a: undefined, b: [undefined, 1] })) // prettier-ignore
  })

  it('never holds much of a long list', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ index, note: 'x'.repeat(100) }))
    for (const piece of jsonPieces({ rows })) expect(piece.length).toBeLessThan(70_000)
  })
})

describe('a client that does not read', () => {
  it('is cut off, and no more is made for it', { timeout: 60_000 }, async () => {
    let made = 0
    function* pieces() {
      for (;;) {
        made += 1
        yield 'x'.repeat(64 * 1024)
      }
    }
    const outcome = Promise.withResolvers<unknown>()
    const app = express().get('/', (_request, response) => {
      sendPieces(response, pieces(), new AbortController().signal).then(outcome.resolve, outcome.resolve)
    })
    const server = createServer(app).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => undefined).pause()
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await outcome.promise).toMatchObject({ code: 'STALLED' })
    expect(made).toBeLessThan(500)
    socket.destroy()
    server.close()
  })
})
