import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultConfig } from '../config/config.ts'
import { readCollectorFile } from './collector-file.ts'
import { listen, readToken } from './listen.ts'

let data = ''
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'eventloom-listen-'))
})
afterAll(() => rmSync(data, { recursive: true }))

const answers = (text: string) => (_request: unknown, response: { end(text: string): void }) => response.end(text)
const listeners = { api: answers('api'), probes: answers('probes'), hasToken: false }
const configWith = (api: object) => ({ data, api: { ...defaultConfig().api, port: 0, ...api } })

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('listening', () => {
  it('serves, and says where in the data directory until it stops', async () => {
    const listening = await listen(configWith({ tokenFile: 'token' }), listeners, 4711)
    expect(await (await fetch(listening.url)).text()).toBe('api')
    const file = await readCollectorFile(data)
    expect(file).toEqual({ url: listening.url, pid: 4711, tokenFile: join(process.cwd(), 'token') })
    await listening.close()
    expect(await readCollectorFile(data)).toBeNull()
    await expect(fetch(listening.url)).rejects.toThrow()
  })

  it.each(['0.0.0.0', '::', '192.0.2.1', 'host.example'])(
    'on %s without token is refused, whoever asks',
    async (host) => {
      await expect(listen(configWith({ host }), listeners, 1)).rejects.toThrow(`api.host: ${host} can be reached from other machines, and there is no token. Set api.tokenFile`) // prettier-ignore
    },
  )

  it('on every address with a token tells this machine where to ask', async () => {
    const listening = await listen(configWith({ host: '0.0.0.0' }), { ...listeners, hasToken: true }, 1)
    expect(listening.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await listening.close()
  })

  it('has a door of its own for probes', async () => {
    const listening = await listen(configWith({ probes: { host: '127.0.0.1', port: 0 } }), listeners, 1)
    expect(await (await fetch(listening.probesUrl ?? '')).text()).toBe('probes')
    await listening.close()
  })

  it('at a port in use says so, and leaves nothing open', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(listen(configWith({ port }), listeners, 1)).rejects.toThrow(`api: 127.0.0.1:${port} is in use by another program. Choose another api.port`) // prettier-ignore
    const free = await freePort()
    const config = configWith({ port: free, probes: { host: '127.0.0.1', port } })
    await expect(listen(config, listeners, 1)).rejects.toThrow('api.probes: ')
    await expect(fetch(`http://127.0.0.1:${free}`)).rejects.toThrow()
    expect(await readCollectorFile(data)).toBeNull()
    other.close()
  })

  it('stops although somebody stays on the line', async () => {
    const listening = await listen(configWith({}), { ...listeners, api: () => undefined }, 1)
    const hanging = fetch(listening.url).catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await listening.close()
    expect(await hanging).toBeInstanceOf(Error)
  })
})

describe('the token', () => {
  const token = (name: string) => configWith({ tokenFile: join(data, name) }).api
  const write = (text: string, mode = 0o600) => {
    writeFileSync(join(data, 'token'), text)
    chmodSync(join(data, 'token'), mode)
  }

  it('is the one word of its file', async () => {
    write('abcdefghijklmnop\n')
    expect(await readToken(token('token'))).toBe('abcdefghijklmnop')
    expect(await readToken(defaultConfig().api)).toBeNull()
  })

  it.each(['', 'short', 'two words of it all', 'exactly-15-long'])(
    '"%s" is refused, with how to make one',
    async (text) => {
      write(text)
      await expect(readToken(token('token'))).rejects.toThrow('must hold one word of 16 characters or more. Make it, for example: (umask 077; openssl rand -hex 32') // prettier-ignore
    },
  )

  it('that is not there is named', async () => {
    await expect(readToken(token('none'))).rejects.toThrow(`${join(data, 'none')} cannot be read`)
  })

  it('that everybody can read is refused, unless that is wanted', async () => {
    write('abcdefghijklmnop', 0o644)
    await expect(readToken(token('token'))).rejects.toThrow(`every user of this machine can read ${join(data, 'token')}. Close it: chmod o-r`) // prettier-ignore
    expect(await readToken({ ...token('token'), allowSharedTokenFile: true })).toBe('abcdefghijklmnop')
    write('abcdefghijklmnop', 0o440)
    expect(await readToken(token('token'))).toBe('abcdefghijklmnop')
  })
})

describe('the file of a collector', () => {
  it.each(['', '{', '[]', '{"url": 3, "pid": 1}', '{"url": "x"}', 'null'])('that holds %s is none', async (text) => {
    writeFileSync(join(data, 'collector.json'), text)
    expect(await readCollectorFile(data)).toBeNull()
  })

  it('holds no secret', async () => {
    const listening = await listen(configWith({ tokenFile: 'token' }), listeners, 1)
    expect(Object.keys(JSON.parse(readFileSync(join(data, 'collector.json'), 'utf8')) as object)).toEqual(['url', 'pid', 'tokenFile']) // prettier-ignore
    await listening.close()
  })
})
