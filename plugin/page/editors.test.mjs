// The real editors, with Grafana's components, in a real browser, against a running collector that plays the shipped recording.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { SHIPPED_VERSIONS } from '../../test/support/shipped-recording.ts'
import { servePage } from './server.mjs'

const PLUGIN = join(import.meta.dirname, '..')
const AXE = readFileSync(join(PLUGIN, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8')
const IMAGES = join(PLUGIN, '..', 'docs', 'images')
const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Rules about whole pages: here an editor stands alone. */
const NOT_OURS = ['region', 'page-has-heading-one', 'landmark-one-main', 'heading-order']

let collector
let page
let browser
let tab
let failures = []

before(async () => {
  collector = await startCollector()
  page = await servePage(collector.url)
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  tab = await browser.newPage({ viewport: { width: 1280, height: 560 } })
  tab.setDefaultTimeout(10_000)
  tab.on('pageerror', (error) => failures.push(error.message))
  tab.on(
    'console',
    (message) => message.type() === 'error' && failures.push(`${message.text()} ${message.location().url}`),
  )
  await tab.goto(page.url)
  await tab.waitForFunction(() => window.show !== undefined)
  await tab.evaluate(AXE)
})
after(async () => {
  await browser?.close()
  page?.close()
  await collector?.stop()
})
beforeEach(() => {
  failures = []
})
afterEach(() => {
  assert.deepEqual(failures, [], 'the browser reported errors')
})

/** Mounts an editor anew, in the page that is open already. */
async function open(shown) {
  await tab.evaluate((what) => window.show(what), shown)
}
const query = (parts) => ({ refId: 'A', schemaVersion: 1, ...parts })
const written = async () => (await tab.evaluate(() => window.written.queries)).at(-1)
const countWritten = () => tab.evaluate(() => window.written.queries.length)
const runs = () => tab.evaluate(() => window.written.runs)
const text = () => tab.getByRole('textbox', { name: 'Filter in Lucene query syntax' })

/** Every violation of the accessibility rules on the page as it stands. */
async function violations() {
  const found = await tab.evaluate(
    (ignored) => window.axe.run(document, { rules: Object.fromEntries(ignored.map((id) => [id, { enabled: false }])) }),
    NOT_OURS,
  )
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

/** Kept as documentation when asked for: a run of the tests changes no file. */
async function keep(name, options = {}) {
  if (process.env.EVENTLOOM_WRITE_IMAGES !== 'true') return
  mkdirSync(IMAGES, { recursive: true })
  await tab.screenshot({ path: join(IMAGES, `${name}.png`), ...options })
}

/** Only the editor, not the empty page below it. */
async function keepEditor(name, below = 0) {
  if (process.env.EVENTLOOM_WRITE_IMAGES !== 'true') return
  // No tooltip, no focus, all of it.
  await tab.mouse.move(1_200, 500)
  if (below === 0) await tab.evaluate(() => document.activeElement?.blur())
  const { height } = await tab.locator('main').boundingBox()
  await tab.setViewportSize({ width: 1280, height: Math.max(560, Math.ceil(height) + 20) })
  await delay(300)
  await keep(name, { clip: { x: 0, y: 0, width: 1280, height: Math.ceil(height) + below + 8 } })
  await tab.setViewportSize({ width: 1280, height: 560 })
}

describe('the query editor', () => {
  it('writes nothing until somebody changes something, whatever is stored', async () => {
    const stored = [
      {},
      { queryType: 'aggregate', metric: 'active', groupBy: ['namespace'], format: 'numeric' },
      { queryType: 'patterns', patternBy: ['reason'] },
      { queryType: 'correlations', correlationId: 'c-1' },
      { queryType: 'timeline', timelineBy: 'node' },
      { queryType: 'events', filter: { text: 'reason:x', terms: [{ key: 'a', operator: '=~', values: ['$b'] }] } },
    ]
    for (const parts of stored) {
      await open({ stored: query(parts) })
      await delay(450)
      assert.equal(await countWritten(), 0)
      assert.equal(await runs(), 0)
    }
  })

  it('offers fields and then their values while typing, by keys alone', async () => {
    await open({ stored: query({ editorMode: 'code' }) })
    await text().focus()
    await tab.keyboard.type('reas')
    await tab.getByRole('option').first().waitFor()
    await tab.keyboard.press('ArrowDown')
    await tab.keyboard.press('Enter')
    assert.equal(await text().inputValue(), 'reason:')
    await tab.getByRole('option', { name: /Unhealthy/ }).waitFor()
    await keepEditor('completion', 140)
    await tab.keyboard.type('FailedMo')
    await tab.waitForFunction(() => document.querySelectorAll('[role=option]').length === 1)
    await tab.keyboard.press('ArrowDown')
    await tab.keyboard.press('Tab')
    assert.equal(await text().inputValue(), 'reason:FailedMount ')
    assert.equal(await runs(), 0, 'taking a suggestion runs nothing')
    await tab.keyboard.press('Enter')
    assert.equal(await runs(), 1)
    assert.equal((await written()).filter.text, 'reason:FailedMount ')
  })

  it('closes suggestions with Escape and leaves the text as it is', async () => {
    await open({ stored: query({ editorMode: 'code' }) })
    await text().focus()
    await tab.keyboard.type('nam')
    await tab.getByRole('option').first().waitFor()
    await tab.keyboard.press('Escape')
    assert.equal(await tab.getByRole('option').count(), 0)
    assert.equal(await text().inputValue(), 'nam')
  })

  it('says what is wrong with the text, and what to do', async () => {
    await open({ stored: query({ editorMode: 'code' }) })
    await text().fill('resaon:BackOff')
    await tab.getByText('Did you mean reason?').waitFor()
    assert.equal(await text().getAttribute('aria-invalid'), 'true')
    await text().fill('reason:BackOff')
    await tab.getByText('Did you mean reason?').waitFor({ state: 'detached' })
  })

  it('keeps text and conditions over any switching between builder and code', async () => {
    const filter = {
      text: 'reason:Fail*',
      terms: [{ key: 'namespace', operator: '=|', values: ['shop', 'kube-system'] }],
    }
    await open({ stored: query({ filter }) })
    for (let times = 0; times < 4; times += 1) {
      await tab.getByRole('radio', { name: 'Code' }).check({ force: true })
      assert.deepEqual((await written()).filter, filter)
      assert.equal(await text().inputValue(), 'reason:Fail*')
      await tab.getByRole('radio', { name: 'Builder' }).check({ force: true })
      assert.deepEqual((await written()).filter, filter)
    }
    await keepEditor('builder')
  })

  it('writes conditions into the text only when asked to', async () => {
    const terms = [
      { key: 'namespace', operator: '=', values: ['shop'] },
      { key: 'reason', operator: '=~', values: ['Back.*'] },
    ]
    await open({ stored: query({ editorMode: 'code', filter: { text: 'a OR b', terms } }) })
    await tab.getByRole('button', { name: 'Write them into the text' }).click()
    assert.deepEqual((await written()).filter, { text: '(a OR b) AND namespace:shop', terms: [terms[1]] })
  })

  it('builds a condition by keys alone, from values that the range holds', async () => {
    await open({})
    await tab.getByRole('button', { name: 'Add a condition' }).focus()
    await tab.keyboard.press('Enter')
    await tab.getByRole('combobox', { name: 'Field' }).focus()
    await tab.keyboard.type('owner.n')
    await tab.getByRole('option', { name: 'owner.name' }).waitFor()
    await tab.keyboard.press('Enter')
    // Another field has a picker of its own, which takes the place of the one before.
    await tab.waitForFunction(() => window.written.queries.at(-1)?.filter.terms[0]?.key === 'owner.name')
    await tab.getByRole('combobox', { name: 'Value' }).focus()
    await tab.keyboard.type('pay')
    await tab.getByRole('option', { name: 'payments' }).waitFor()
    await tab.keyboard.press('Enter')
    await tab.waitForFunction(() => window.written.queries.at(-1)?.filter.terms[0]?.values.length === 1)
    assert.deepEqual((await written()).filter.terms, [{ key: 'owner.name', operator: '=', values: ['payments'] }])
    assert.ok((await runs()) >= 1)
  })

  it('asks every kind of question after one click each', async () => {
    await open({})
    for (const [name, queryType] of [
      ['Count', 'aggregate'],
      ['Patterns', 'patterns'],
      ['Related', 'correlations'],
      ['Timeline', 'timeline'],
      ['Events', 'events'],
    ]) {
      await tab.getByRole('radio', { name, exact: true }).check({ force: true })
      assert.equal((await written()).queryType, queryType)
    }
    await tab.getByRole('radio', { name: 'Count', exact: true }).check({ force: true })
    await keepEditor('count')
  })

  it('runs the query by Enter in a number field and in the field of a group, changed or not', async () => {
    await open({ stored: query({ queryType: 'correlations', correlationId: 'c-1' }) })
    for (const name of ['Related to', 'Rows']) {
      await tab.getByLabel(name, { exact: true }).focus()
      const before = await runs()
      await tab.keyboard.press('Enter')
      assert.equal(await runs(), before + 1, name)
    }
  })

  it('leaves a query of a later version alone, and says so', async () => {
    await open({ stored: query({ schemaVersion: 9, queryType: 'dreams' }) })
    await tab.getByText('This query is of version 9').waitFor()
    assert.equal(await countWritten(), 0)
  })

  it('shows hostile text as text', async () => {
    const hostile = '<img src=x onerror="window.hacked=1">'
    await open({
      stored: query({ filter: { text: hostile, terms: [{ key: hostile, operator: '=', values: [hostile] }] } }),
    })
    await delay(800)
    assert.equal(await tab.evaluate(() => window.hacked), undefined)
    assert.equal(await tab.locator('main img').count(), 0)
  })
})

describe('the editor of alert rules', () => {
  it('shows which alerts a rule will make', async () => {
    await open({ app: 'unified-alerting' })
    await tab.getByText(/^[1-9]\d* of \d+ alerts would fire now/).waitFor()
    await tab.getByRole('columnheader', { name: 'Value' }).waitFor()
    await tab.getByRole('cell', { name: '1, fires' }).first().waitFor()
    await tab.getByRole('columnheader', { name: 'owner.name' }).waitFor()
    await tab.getByRole('cell', { name: 'payments' }).first().waitFor()
    await keepEditor('alert-preview')
  })

  it('refuses rows of a log, with the way out', async () => {
    await open({ app: 'unified-alerting', stored: query({ queryType: 'events' }) })
    await tab.getByText('Choose Count').waitFor()
    assert.equal(await countWritten(), 0)
  })

  it('warns of labels that make an alert of each pod', async () => {
    await open({
      app: 'unified-alerting',
      stored: query({ queryType: 'aggregate', format: 'numeric', groupBy: ['regarding.name'] }),
    })
    await tab.getByText('has a new value for each pod or event').waitFor()
  })

  it('refuses variables by their name', async () => {
    const filter = { text: '', terms: [{ key: 'namespace', operator: '=', values: ['$namespace'] }] }
    await open({ app: 'unified-alerting', stored: query({ queryType: 'aggregate', filter }) })
    await tab.getByText('Nobody has chosen a value for $namespace').waitFor()
  })
})

describe('the other editors', () => {
  it('chooses a variable of a field, narrowed by another variable', async () => {
    const filter = { text: '', terms: [{ key: 'cluster', operator: '=|', values: ['$cluster'] }] }
    await open({ editor: 'variable', stored: { field: 'namespace', filter } })
    assert.equal(await countWritten(), 0)
    await tab.getByRole('radio', { name: 'By name' }).check({ force: true })
    assert.deepEqual(await written(), {
      refId: 'variable',
      schemaVersion: 1,
      search: '$__searchFilter',
      field: 'namespace',
      filter,
      sort: 'name',
    })
    await keepEditor('variable')
  })

  it('edits annotations', async () => {
    await open({
      editor: 'annotation',
      stored: query({ queryType: 'annotations', filter: { text: 'reason:ScalingReplicaSet' } }),
    })
    assert.equal(await countWritten(), 0)
    await tab.getByText('A mark for each event, where reason:ScalingReplicaSet').waitFor()
    await keepEditor('annotation')
  })

  it('writes settings where Grafana’s SDK reads them, and secrets apart', async () => {
    await open({ editor: 'settings' })
    await tab.getByLabel('URL *').fill('https://eventloom:8085')
    await tab.getByLabel('Token', { exact: false }).last().fill('a-long-secret-token')
    await tab.getByText('Add self-signed certificate').click()
    await tab.getByLabel('Timeout').fill('90')
    const settings = (await tab.evaluate(() => window.written.settings)).at(-1)
    assert.equal(settings.jsonData.address, 'https://eventloom:8085')
    assert.equal(settings.url, '', 'which Grafana’s proxy would open to viewers')
    assert.equal(settings.jsonData.timeout, 25, 'not longer than an alert query has')
    assert.equal(settings.secureJsonData.token, 'a-long-secret-token')
    assert.ok(!JSON.stringify(settings.jsonData).includes('secret'))
    await keepEditor('settings')
  })

  it('asks an example of the help by a click', async () => {
    await open({ editor: 'help' })
    await tab.getByRole('button', { name: 'severity:(high OR critical)' }).click()
    assert.equal((await written()).filter.text, 'severity:(high OR critical)')
    await keepEditor('help')
  })
})

describe('everybody can use the editors', () => {
  const states = [
    {
      name: 'events in the builder',
      address: {
        stored: query({
          filter: {
            text: 'reason:Fail*',
            terms: [
              { key: 'namespace', operator: '=|', values: ['shop'] },
              { key: 'severity', operator: '=', values: ['high'] },
            ],
          },
        }),
      },
    },
    { name: 'counts', address: { stored: query({ queryType: 'aggregate', groupBy: ['reason'] }) } },
    { name: 'patterns', address: { stored: query({ queryType: 'patterns' }) } },
    {
      name: 'groups as code',
      address: { stored: query({ queryType: 'correlations', editorMode: 'code', filter: { text: 'a:b', terms: [] } }) },
    },
    { name: 'timelines', address: { stored: query({ queryType: 'timeline' }) } },
    { name: 'alerts', address: { app: 'unified-alerting' } },
    { name: 'variables', address: { editor: 'variable' } },
    { name: 'annotations', address: { editor: 'annotation' } },
    {
      name: 'settings',
      address: {
        editor: 'settings',
        stored: { jsonData: { tlsAuth: true, httpHeaderName1: 'X-Tenant' } },
      },
    },
    { name: 'help', address: { editor: 'help' } },
  ]
  for (const { name, address } of states) {
    it(`${name}: no violation of accessibility rules, dark and light`, async () => {
      for (const theme of ['dark', 'light']) {
        await open({ ...address, theme })
        await delay(700)
        assert.deepEqual(await violations(), [])
      }
      if (name === 'counts') await keepEditor('count-light')
    })
  }

  it('suggestions: no violation either', async () => {
    await open({ stored: query({ editorMode: 'code' }) })
    await text().focus()
    await tab.keyboard.type('na')
    await tab.getByRole('option').first().waitFor()
    await tab.keyboard.press('ArrowDown')
    assert.deepEqual(await violations(), [])
  })

  it('in Chinese, nothing is left in English but the words of Kubernetes', async () => {
    await open({ language: 'zh-Hans', stored: query({ queryType: 'aggregate', groupBy: ['reason'] }) })
    await tab.getByRole('radio', { name: '计数' }).waitFor()
    await open({ language: 'zh-Hans', stored: query({ editorMode: 'code' }) })
    await tab.getByRole('textbox').first().focus()
    await tab.keyboard.type('regarding.ki')
    await tab.getByRole('option', { name: 'regarding.kind', description: '对象的类型。' }).waitFor()
    await tab.getByRole('textbox').first().fill('resaon:BackOff')
    await tab.getByText('您是指 reason 吗？').waitFor()
    const groupBy = ['regarding.name']
    await open({
      language: 'zh-Hans',
      app: 'unified-alerting',
      stored: query({ queryType: 'aggregate', format: 'numeric', groupBy }),
    })
    await tab.getByText('对每个 Pod 或事件都有新值').waitFor()
  })
})

/** The collector with the recording it ships, on a free port. */
async function startCollector() {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-page-'))
  const command = join(PLUGIN, '..', 'collector', 'bin', 'eventloom.mjs')
  const child = spawn(process.execPath, [command, 'run', '--play-when-unreachable', '--data', data], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, KUBECONFIG: '/nonexistent', EVENTLOOM_API_PORT: '0' },
  })
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode === null && child.kill('SIGTERM')) await ended
    rmSync(data, { recursive: true, force: true })
  }
  for (let tries = 0; tries < 300; tries += 1) {
    await delay(200)
    try {
      const { url } = JSON.parse(readFileSync(join(data, 'collector.json'), 'utf8'))
      const { store } = await (await fetch(`${url}/api/v1/grafana/health`)).json()
      if (store.observations >= SHIPPED_VERSIONS) return { url, stop }
    } catch {
      if (child.exitCode !== null) break
    }
  }
  await stop()
  throw new Error('the collector did not come up with its recording within a minute')
}
