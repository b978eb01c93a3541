import { expect, test } from '@grafana/plugin-e2e'
import type { Locator, Page } from '@playwright/test'
import { DATA_SOURCE, PLUGIN_ID, RANGE } from './grafana'

const EVENTS = { schemaVersion: 1, queryType: 'events', editorMode: 'builder', filter: { text: '', terms: [] } }

test('shows events as logs, with their volume over the whole range', async ({ page }) => {
  const volume = answerOf(page, 'log-volume-A')
  await explore(page, EVENTS)
  await expect(row(page).first()).toBeVisible()
  const { frames } = await volume
  expect(frames.length).toBeGreaterThan(1)
  await expect(page.getByText('Logs volume')).toBeVisible()
})

test('filters by a click on a label of a row, and takes the filter off again', async ({ page }) => {
  await explore(page, EVENTS)
  await row(page).first().click()
  await page
    .getByRole('button', { name: /^Filter for value/ })
    .first()
    .click()
  await expect.poll(() => conditionsOf(page)).toHaveLength(1)
  // The details stay open; newer versions name the button by what it does now.
  await page
    .getByRole('button', { name: /^(Filter for value|Remove filter)/ })
    .first()
    .click()
  await expect.poll(() => conditionsOf(page)).toHaveLength(0)
})

test('shows the neighbours of a row, of the object and of its workload', async ({ page }) => {
  await explore(page, EVENTS)
  await row(page).first().hover()
  await page.getByRole('button', { name: 'Log menu' }).first().click()
  await page.getByRole('menuitem', { name: 'Show context' }).click()
  const context = page.getByRole('dialog')
  await expect(context.getByText('Neighbours')).toBeVisible()
  await expect(row(context).first()).toBeVisible()
  const wider = page.waitForRequest((request) => (request.postData() ?? '').includes('"scope":"namespace"'))
  await context.getByRole('radio', { name: 'Same namespace' }).check({ force: true })
  await wider
  await expect(row(context).first()).toBeVisible()
})

test('follows what is stored, live', async ({ explorePage, page, selectors }) => {
  const refusals: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"error"')) refusals.push(String(payload))
    }),
  )
  await explore(page, EVENTS)
  await expect(row(page).first()).toBeVisible()
  await explorePage.getByGrafanaSelector(selectors.pages.Explore.toolbar.live).click()
  await expect(page.getByRole('button', { name: 'Pause the live stream' })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  expect(refusals).toEqual([])
})

test('draws a chart, with a sample of the events behind it', async ({ explorePage, page }) => {
  await explore(page, { ...EVENTS, queryType: 'aggregate', metric: 'occurrences', groupBy: ['reason'] })
  await expect(explorePage.timeSeriesPanel.locator).toBeVisible()
  await expect(page.getByText('Unhealthy', { exact: true }).first()).toBeVisible()
})

/** Opens Explore with a query, as links of dashboards and rules do. */
async function explore(page: Page, query: object) {
  const datasource = { type: PLUGIN_ID, uid: DATA_SOURCE.uid }
  const panes = { a: { datasource: DATA_SOURCE.uid, queries: [{ refId: 'A', datasource, ...query }], range: RANGE } }
  await page.goto(`/explore?${new URLSearchParams({ schemaVersion: '1', orgId: '1', panes: JSON.stringify(panes) })}`)
}

/** A row of the log: each begins with the object that it is about. */
function row(within: Page | Locator) {
  return within.getByText(/^(Pod|Node|Deployment|ReplicaSet|StatefulSet|Job|CronJob|PersistentVolumeClaim) \S+ [A-Z]/)
}

/** Conditions of the query, as Explore keeps them in its address. */
function conditionsOf(page: Page): readonly unknown[] {
  const panes = JSON.parse(new URL(page.url()).searchParams.get('panes') ?? '{}') as Record<string, Pane>
  return Object.values(panes)[0]?.queries[0]?.filter.terms ?? []
}

interface Pane {
  readonly queries: readonly { readonly filter: { readonly terms: readonly unknown[] } }[]
}

/** What the query of a name is answered next. */
async function answerOf(page: Page, refId: string): Promise<{ frames: readonly unknown[] }> {
  const response = await page.waitForResponse(
    (each) => each.url().includes('/query') && (each.request().postData() ?? '').includes(`"refId":"${refId}"`),
  )
  const { results } = (await response.json()) as { results: Record<string, { frames: readonly unknown[] }> }
  return results[refId] ?? { frames: [] }
}
