import { expect, test } from '@grafana/plugin-e2e'
import { DATA_SOURCE } from './grafana'

test('a variable lists the values of a field', async ({ variableEditPage, page }) => {
  await variableEditPage.setVariableType('Query')
  await variableEditPage.datasource.set(DATA_SOURCE.name)
  const field = page.getByRole('combobox', { name: 'Values of' })
  await field.fill('namespace')
  await page
    .getByRole('option', { name: /^namespace/ })
    .first()
    .click()
  await variableEditPage.runQuery()
  await expect(variableEditPage).toDisplayPreviews(['shop'])
})
