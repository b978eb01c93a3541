import { expect, test } from '@grafana/plugin-e2e'
import type { Page } from '@playwright/test'
import { RANGE } from './grafana'

/** The dashboards of the plugin, and panels that the shipped recording fills. */
const DASHBOARDS = {
  now: [
    'Open incidents',
    'What is broken, and why',
    'Incidents of the range, and planned work',
    'Warnings by category (occurrences)',
    'Problems, worst first',
  ],
  incident: ['What, why, and what to check', 'Why', 'Its problems', 'Workloads around then'],
  overview: [
    'Problems, worst first',
    'Warnings by category (occurrences)',
    'Top patterns',
    'Events of severity medium and above',
  ],
  workload: ['Health', 'Occurrences by reason', 'Patterns', 'Events'],
  noise: ['Patterns, worst first', 'Periodic', 'Rate by reason', 'Occurrences by reporter'],
  nodes: ['Nodes', 'Warnings by node (occurrences)', 'Pods with Warnings by node'],
  collector: ['Versions stored', 'Versions stored by cluster', 'Versions stored by severity'],
} as const

for (const [name, panels] of Object.entries(DASHBOARDS)) {
  test(`the dashboard "${name}" is filled, without an error`, async ({ gotoDashboardPage, page, selectors }) => {
    const answers = watchAnswers(page)
    const dashboard = await gotoDashboardPage({ uid: `eventloom-${name}`, timeRange: RANGE })
    const anyPanel = selectors.components.Panels.Panel.title('')
    await expect(dashboard.getByGrafanaSelector(anyPanel, { startsWith: true }).first()).toBeVisible()
    for (const title of panels) {
      // Panels outside the window are not on the page, and are looked for downwards.
      await page.evaluate(() => window.scrollTo(0, 0))
      const panel = dashboard.getPanelByTitle(title)
      // By the page itself: tables on the way keep what a wheel does for themselves.
      await expect(async () => {
        await page.evaluate(() => window.scrollBy(0, 300))
        await expect(panel.locator).toBeInViewport({ timeout: 500 })
      }).toPass()
      await dashboard.waitForPanelsQueriesToComplete()
      await expect(panel.locator.getByText(/No data|Nothing in this range/)).toHaveCount(0)
      await expect(dashboard).toHavePanelErrors(0)
    }
    expect(await answers()).toEqual([])
  })
}

/** Errors that queries of the page were answered with so far. */
function watchAnswers(page: Page): () => Promise<readonly string[]> {
  const read: Promise<readonly string[]>[] = []
  page.on('response', (response) => {
    if (!response.url().includes('/api/ds/query')) return
    read.push(response.json().then(errorsOf, (): readonly string[] => []))
  })
  return async () => (await Promise.all(read)).flat()
}

function errorsOf({ results = {} }: { results?: Record<string, { error?: string }> }): readonly string[] {
  return Object.values(results).flatMap(({ error }) => (error === undefined ? [] : [error]))
}
