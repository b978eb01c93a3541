import { expect, test } from '@grafana/plugin-e2e'
import { DATA_SOURCE } from './grafana'

test('a variable lists the values of a field, most frequent first', async ({ variableEditPage, page }) => {
  await variableEditPage.setVariableType('Query')
  await variableEditPage.datasource.set(DATA_SOURCE.name)
  await page.getByRole('combobox', { name: 'Values of', exact: true }).fill('reas')
  await page.getByRole('option', { name: 'reason', exact: true }).click()
  await variableEditPage.runQuery()
  await expect(variableEditPage).toDisplayPreviews(['Unhealthy'])
})
