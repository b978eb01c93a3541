import { expect, test } from '@grafana/plugin-e2e'
import { COLLECTOR_TOKEN, COLLECTOR_URL, DATA_SOURCE, PLUGIN_ID } from './grafana'

test('the provisioned data source answers its test', async ({ gotoDataSourceConfigPage, page }) => {
  const config = await gotoDataSourceConfigPage(DATA_SOURCE.uid)
  await expect(page.getByRole('textbox', { name: 'URL' })).toBeDisabled()
  // Nothing is saved here, and `saveAndTest` waits for that.
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(config).toHaveAlert('success', { hasText: /Eventloom \S+ answers: \d+ observations in \w+\./ })
})

test('a data source made by hand is saved and tested', async ({ createDataSourceConfigPage, page }) => {
  const config = await createDataSourceConfigPage({ type: PLUGIN_ID })
  await page.getByRole('textbox', { name: 'URL' }).fill(COLLECTOR_URL)
  await page.getByRole('textbox', { name: /^Token / }).fill(COLLECTOR_TOKEN)
  await expect(config.saveAndTest()).toBeOK()
  await expect(config).toHaveAlert('success', { hasText: 'Eventloom' })
  // The secret went to the server, and does not come back.
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'URL' })).toHaveValue(COLLECTOR_URL)
  if (COLLECTOR_TOKEN !== '') await expect(page.getByText(COLLECTOR_TOKEN)).toHaveCount(0)
})

test('an address without a collector is refused with the way out', async ({ createDataSourceConfigPage, page }) => {
  const config = await createDataSourceConfigPage({ type: PLUGIN_ID })
  await page.getByRole('textbox', { name: 'URL' }).fill('http://127.0.0.1:9')
  await config.saveAndTest()
  await expect(config).toHaveAlert('error', { hasText: '127.0.0.1:9' })
})
