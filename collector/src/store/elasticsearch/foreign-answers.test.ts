import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, type ConnectionSettings } from './connection.ts'

const directory = mkdtempSync(join(tmpdir(), 'eventloom-answers-'))
let server: Server
let answer = '{}'
beforeAll(async () => {
  server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true })
})

async function ask(settings: Partial<ConnectionSettings> = {}): Promise<unknown> {
  const nodes = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`]
  const connection = connect({ nodes, requestTimeoutMs: 20_000, ...settings })
  try {
    const { body } = await connection.request('asking', { method: 'GET', path: '/' }, new AbortController().signal)
    return body
  } finally {
    await connection.close()
  }
}

describe('what answers at the address of Elasticsearch', () => {
  it('is read', async () => {
    answer = '{"a":[1]}'
    expect(await ask()).toEqual({ a: [1] })
  })

  it.each([
    ['is nested too deep', `{"canary":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
    ['is no JSON', '{"canary": secret'],
  ])('is refused without its text when it %s', async (_, text) => {
    answer = text
    const error = await ask().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toContain('no JSON that can be read')
    expect((error as Error).message).not.toContain('canary')
  })
})

describe('files with secrets', () => {
  const file = join(directory, 'secret')
  writeFileSync(file, 'a-secret-word', { mode: 0o644 })

  it.each(['passwordFile', 'apiKeyFile', 'bearerTokenFile', 'keyFile'] as const)(
    '%s is refused while every user can read it, unless that is wanted',
    async (name) => {
      answer = '{}'
      const settings = { [name]: file, ...(name === 'passwordFile' && { username: 'eventloom' }) }
      chmodSync(file, 0o644)
      await expect(ask(settings)).rejects.toThrow(`every user of this machine can read ${file}. Close it: chmod o-r`)
      chmodSync(file, 0o640)
      if (name !== 'keyFile') expect(await ask(settings)).toEqual({})
      chmodSync(file, 0o644)
      if (name !== 'keyFile') expect(await ask({ ...settings, allowSharedSecretFiles: true })).toEqual({})
    },
  )
})
