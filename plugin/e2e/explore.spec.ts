import { expect, test } from '@grafana/plugin-e2e'
import type { Page } from '@playwright/test'
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
  await row(page).first().click()
  await page
    .getByRole('button', { name: /^Filter for value/ })
    .first()
    .click()
  await expect.poll(() => conditionsOf(page)).toHaveLength(0)
})

/** Opens Explore with a query, as links of dashboards and rules do. */
async function explore(page: Page, query: object) {
  const datasource = { type: PLUGIN_ID, uid: DATA_SOURCE.uid }
  const panes = { a: { datasource: DATA_SOURCE.uid, queries: [{ refId: 'A', datasource, ...query }], range: RANGE } }
  await page.goto(`/explore?${new URLSearchParams({ schemaVersion: '1', orgId: '1', panes: JSON.stringify(panes) })}`)
}

/** A row of the log: each ends with the object that it is about. */
function row(page: Page) {
  return page.getByText(/\((Pod|Node|Deployment|PersistentVolumeClaim|StatefulSet) /)
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
