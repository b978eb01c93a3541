import { expect, test } from '@grafana/plugin-e2e'
import { DATA_SOURCE } from './grafana'

test('asks with a line of text, and keeps it when modes are switched', async ({ panelEditPage }) => {
  await panelEditPage.datasource.set(DATA_SOURCE.name)
  const row = panelEditPage.getQueryEditorRow('A')
  await row.getByRole('radio', { name: 'Code' }).check({ force: true })
  const text = row.getByRole('textbox', { name: 'Filter in Lucene query syntax' })
  await text.fill('type:Warning')
  const answer = panelEditPage.waitForQueryDataResponse((response) => response.ok())
  await text.press('Enter')
  await answer
  await row.getByRole('radio', { name: 'Builder' }).check({ force: true })
  await expect(row.getByText('type:Warning', { exact: true })).toBeVisible()
})
