import type { PluginOptions } from '@grafana/plugin-e2e'
import { defineConfig, devices } from '@playwright/test'
import { dirname, join } from 'node:path'

/**
 * Specs for a Grafana that runs already: GRAFANA_URL=http://127.0.0.1:3000 npm --prefix plugin run e2e. What it must have is
 * in docs/grafana.md. No browser is downloaded.
 */
const { GRAFANA_URL, CHROMIUM = '/usr/bin/chromium' } = process.env
if (GRAFANA_URL === undefined) throw new Error('Set GRAFANA_URL: the specs drive a running Grafana (docs/grafana.md).')

const PLUGIN_E2E = dirname(require.resolve('@grafana/plugin-e2e'))

export default defineConfig<PluginOptions>({
  testDir: 'e2e',
  outputDir: 'node_modules/.cache/e2e',
  forbidOnly: true,
  // They share one Grafana, and machines with two cores.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL: GRAFANA_URL,
    viewport: { width: 1_600, height: 1_000 },
    launchOptions: { executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] },
    provisioningRootDir: join('..', 'provisioning', 'grafana'),
    actionTimeout: 30_000,
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'sign in', testDir: join(PLUGIN_E2E, 'auth'), testMatch: /auth\.setup\.js/ },
    { name: 'specs', dependencies: ['sign in'], use: { storageState: 'playwright/.auth/admin.json' } },
  ],
})
