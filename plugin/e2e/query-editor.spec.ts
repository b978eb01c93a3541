import { expect, test } from '@grafana/plugin-e2e'
import { DATA_SOURCE } from './grafana'

test('a new panel has a chart before anything is written, and keeps text and conditions when modes are switched', async ({
  panelEditPage,
}) => {
  await panelEditPage.datasource.set(DATA_SOURCE.name)
  await expect(panelEditPage.refreshPanel()).toBeOK()
  const row = panelEditPage.getQueryEditorRow('A')
  await row.getByRole('radio', { name: 'Code' }).click({ force: true })
  const text = row.getByRole('textbox', { name: 'Filter in Lucene query syntax' })
  await text.fill('type:Warning')
  await text.press('Enter')
  await row.getByRole('radio', { name: 'Builder' }).click({ force: true })
  await expect(row.getByText('type:Warning')).toBeVisible()
})
