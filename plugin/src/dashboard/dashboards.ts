import { getBackendSrv } from '@grafana/runtime'
import { firstValueFrom } from 'rxjs'
import type { Dashboard } from './frame-links'

/** Which dashboards Grafana has, for links that would else lead nowhere. Each is looked for once, and never on behalf of an alert. */
export class Dashboards {
  readonly #found = new Map<string, Promise<Dashboard | null>>()

  find(uid: string): Promise<Dashboard | null> {
    const known = this.#found.get(uid) ?? search(uid)
    this.#found.set(uid, known)
    return known
  }
}

/** Null also where nobody may look: on a public dashboard, for example. */
async function search(uid: string): Promise<Dashboard | null> {
  const url = `/api/search?type=dash-db&dashboardUIDs=${encodeURIComponent(uid)}`
  try {
    const { data } = await firstValueFrom(getBackendSrv().fetch<unknown>({ url, showErrorAlert: false }))
    const found = Array.isArray(data) ? (data as readonly Dashboard[]).find((each) => each.uid === uid) : undefined
    return found ?? null
  } catch {
    return null
  }
}
