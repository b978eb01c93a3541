import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiOver, storeWith } from '../support/cli-session.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const ADDRESS = '/api/v1/statistics'
/** A name of the attacker's, which points at this machine. */
const NAME = 'evil.example'

/** What a page can have a browser send without being asked, by what sends it. */
const WAYS = ['fetch', 'post', 'img', 'frame', 'form', 'rebound'] as const

let servers: Server[] = []
let profile = ''
beforeEach(() => (profile = mkdtempSync(join(tmpdir(), 'eventloom-browser-'))))
afterEach(async () => {
  for (const server of servers) server.closeAllConnections()
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  servers = []
  rmSync(profile, { recursive: true, force: true })
})

describe.runIf(process.env['CI'] === 'true' || existsSync(CHROMIUM))('a page of somebody else, in Chromium', () => {
  it('gets no question through to a collector on loopback, nor by a name that it points there', async () => {
    const asked = new Map<string, number>()
    const { promise: all, resolve: haveAll } = Promise.withResolvers<undefined>()
    const app = apiOver({ reader: await storeWith([]) })
    const collector = await serve((request, response) => {
      const way = new URL(request.url ?? '', 'http://x').searchParams.get('way')
      response.on('close', () => {
        if (way === null) return
        asked.set(way, response.statusCode)
        if (WAYS.every((each) => asked.has(each))) haveAll(undefined)
      })
      app(request, response)
    })
    const page = await serve((_request, response) => void response.setHeader('Content-Type', 'text/html').end(pageOf(collector))) // prettier-ignore
    const browser = spawn(
      CHROMIUM,
      ['--headless=new', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, `--host-resolver-rules=MAP ${NAME} 127.0.0.1`, '--remote-debugging-port=0', `http://127.0.0.1:${page}/`], // prettier-ignore
      { stdio: 'ignore' },
    )
    try {
      await all
    } finally {
      browser.kill()
      if (browser.exitCode === null) await once(browser, 'exit')
    }
    const refused = { fetch: 403, post: 403, img: 403, frame: 403, form: 403, rebound: 421 }
    expect(Object.fromEntries(asked)).toEqual(refused)
  })
})

/** Another port is another origin; of another name it is another site as well. */
function pageOf(port: number): string {
  const to = (way: string, host = 'localhost') => `http://${host}:${port}${ADDRESS}?way=${way}`
  return `<!doctype html><img src="${to('img')}"><iframe src="${to('frame')}"></iframe><iframe name="f"></iframe>
    <iframe src="${to('rebound', NAME)}"></iframe>
    <form method="post" target="f" action="${to('form')}"></form>
    <script>
      fetch('${to('fetch')}', { mode: 'no-cors' })
      fetch('${to('post')}', { mode: 'no-cors', method: 'POST', body: '{}' })
      document.forms[0].submit()
    </script>`
}

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}
