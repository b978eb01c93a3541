import { expect, test } from '@grafana/plugin-e2e'
import { DATA_SOURCE } from './grafana'

test('an annotation marks events on panels', async ({ annotationEditPage, page }) => {
  await annotationEditPage.datasource.set(DATA_SOURCE.name)
  await expect(page.getByRole('radio', { name: 'Marks' })).toBeChecked()
  await expect(annotationEditPage.runQuery()).toBeOK()
})
