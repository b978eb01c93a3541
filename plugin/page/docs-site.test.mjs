// The documentation as a site, in a real browser.
import assert from 'node:assert/strict'
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { after, before, it } from 'node:test'
import { chromium } from 'playwright-core'
import { writeDocsSite } from '../../test/support/write-docs-site.ts'

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium'
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.png': 'image/png' }

const folder = mkdtempSync(join(tmpdir(), 'docs-site-'))
const missing = []
const elsewhere = []
let server
let browser
let tab
let site

before(async () => {
  writeDocsSite(folder)
  server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url, 'http://site').pathname))
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path
    if (!existsSync(file)) {
      missing.push(request.url)
      return response.writeHead(404).end()
    }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain' })
    createReadStream(file).pipe(response)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  site = `http://127.0.0.1:${server.address().port}/`
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  tab = await browser.newPage()
  tab.on('request', (request) => {
    if (!request.url().startsWith(site) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  await tab.goto(site)
  await tab.getByRole('link', { name: /^Eventloom \d/ }).click()
})
after(async () => {
  await browser?.close()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const menu = () => tab.locator('.sidebar-nav a[href^="#/"]')

it('shows every page of its menu, with its pictures, and leads to no page that is not there', async () => {
  await menu().first().waitFor()
  const pages = await menu().evaluateAll((links) => links.map((link) => link.getAttribute('href').replace(/\?.*/, '')))
  assert.ok(pages.length > 25, `${pages.length} pages`)
  const seen = new Set()
  for (const page of new Set(pages)) {
    await tab.evaluate((address) => (location.hash = address), page)
    await tab.waitForFunction((path) => location.hash.startsWith(path) && document.body.dataset.page === `${path.slice(2) || 'README'}.md`, page) // prettier-ignore
    await tab.locator('.markdown-section h1').first().waitFor()
    const links = await tab
      .locator('.markdown-section a[href^="#/"]')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href').slice(2).replace(/\?.*/, '')))
    for (const link of links) seen.add(link)
  }
  const dead = [...seen].filter((page) => page !== '' && !existsSync(join(folder, versionOf(tab.url()), `${page}.md`)))
  assert.deepEqual(dead, [])
  assert.deepEqual(missing, [])
})

it('finds words of any page', async () => {
  await tab.getByRole('searchbox').fill('OOMKilled')
  await tab.locator('.matching-post').first().waitFor()
  const found = await tab.locator('.matching-post a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))) // prettier-ignore
  assert.ok(
    found.some((href) => href.includes('troubleshooting')),
    found.join(' '),
  )
})

it('loads nothing from elsewhere', () => assert.deepEqual(elsewhere, []))

function versionOf(url) {
  return new URL(url).pathname.split('/')[1]
}
