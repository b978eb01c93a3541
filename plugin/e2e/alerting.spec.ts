import { expect, test } from '@grafana/plugin-e2e'
import type { APIRequestContext } from '@playwright/test'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DATA_SOURCE } from './grafana'

/** Until a rule with `for: 5m` fires in a Grafana that was started just now. */
const UNTIL_FIRING_MS = 8 * 60_000
const FILES = globSync(join(__dirname, '..', '..', 'provisioning', 'grafana', 'alerting', '*.yaml'))
const RULES_OF_PROVISIONING = FILES.flatMap(
  (file) => readFileSync(file, 'utf8').match(/^ *- uid: eventloom_.*\n +title:/gm) ?? [],
).length

interface Rule {
  readonly uid: string
  readonly name: string
  /** `inactive`, `pending` or `firing`. */
  readonly state: string
  /** `ok`, `nodata`, `error`; `unknown` before the first evaluation. */
  readonly health: string
  readonly lastError?: string
}

test('the provisioned rules load, and one fires on the shipped recording', async ({ request }) => {
  test.setTimeout(UNTIL_FIRING_MS + 60_000)
  const shipped = async () => (await rules(request)).filter(({ uid }) => uid.startsWith('eventloom_'))
  expect(await shipped()).toHaveLength(RULES_OF_PROVISIONING)
  await expect.poll(async () => statesOf(await shipped()), { timeout: UNTIL_FIRING_MS }).toContain('firing')
  expect((await shipped()).filter(({ health }) => health === 'error')).toEqual([])
})

test('the editor shows which alerts a rule will make, and the rule fires', async ({
  alertRuleEditPage,
  page,
  request,
}) => {
  const row = await alertRuleEditPage.getQueryRow('A')
  await row.datasource.set(DATA_SOURCE.name)
  // The query that a new rule begins with: what is open now, by workload.
  await expect(page.getByText(/^\d+ of [1-9]\d* alerts would fire now/)).toBeVisible()
  const evaluation = page.waitForRequest((sent) => sent.url().includes('/api/v1/eval'))
  await expect(alertRuleEditPage.evaluate()).toBeOK()

  const uid = await saveRule(request, (await evaluation).postDataJSON())
  try {
    const saved = async () => (await rules(request)).filter((rule) => rule.uid === uid)
    await expect.poll(async () => statesOf(await saved()), { timeout: 60_000 }).toEqual(['firing'])
  } finally {
    await request.delete(`/api/v1/provisioning/alert-rules/${uid}`)
  }
})

test('rows of a log are refused in a rule, with the way out', async ({ page }) => {
  const model = { refId: 'A', schemaVersion: 1, queryType: 'events', filter: { text: 'type:Warning', terms: [] } }
  const query = { refId: 'A', datasourceUid: DATA_SOURCE.uid, relativeTimeRange: { from: 21_600, to: 0 }, model }
  const defaults = JSON.stringify({ condition: 'A', queries: [query] })
  await page.goto(`/alerting/new/alerting?${new URLSearchParams({ defaults })}`)
  await expect(page.getByText('A rule cannot use this query')).toBeVisible()
})

/** Every rule of Grafana with its state. */
async function rules(request: APIRequestContext): Promise<readonly Rule[]> {
  const response = await request.get('/api/prometheus/grafana/api/v1/rules')
  const { data } = (await response.json()) as { data: { groups: readonly { rules: readonly Rule[] }[] } }
  return data.groups.flatMap((group) => group.rules)
}

const statesOf = (found: readonly Rule[]) => found.map(({ state }) => state)

interface Evaluation {
  readonly condition: string
  readonly data: readonly unknown[]
}

/** Saves as a rule what an editor evaluated; answers its uid. */
async function saveRule(request: APIRequestContext, { condition, data }: Evaluation): Promise<string> {
  const [folder] = (await (await request.get('/api/folders')).json()) as readonly { uid: string }[]
  const rule = {
    title: `Made by a spec at ${new Date().toISOString()}`,
    folderUID: folder?.uid,
    ruleGroup: 'spec',
    orgID: 1,
    condition,
    data,
    for: '0s',
    noDataState: 'OK',
    execErrState: 'KeepLast',
  }
  const response = await request.post('/api/v1/provisioning/alert-rules', { data: rule })
  expect(response.status(), await response.text()).toBe(201)
  return ((await response.json()) as { uid: string }).uid
}
