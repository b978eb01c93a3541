import { MINUTE } from '../../collector/src/clock.ts'
import type { Notification } from '../../collector/src/event/alert.ts'

/** An alert of the namespace shop that fires, but for what is given; key and fingerprint go with it. */
export function aNotification(given: Partial<Notification> = {}): Notification {
  const labels = given.labels ?? { cluster: 'prod', namespace: 'shop', workload: 'web' }
  const rule = given.rule ?? 'crash loop'
  const severity = given.severity ?? 'high'
  const at = given.at ?? 1_700_000_000_000_000
  const state = given.state ?? 'firing'
  const fingerprint = given.fingerprint ?? JSON.stringify([rule, labels])
  return {
    rule,
    cluster: labels['cluster'] ?? 'prod',
    labels,
    state,
    at,
    due: at,
    startsAt: at,
    since: at - 3 * MINUTE,
    value: 1,
    isLowerBound: false,
    isLate: false,
    example: { object: 'Pod shop/web-1', reason: 'BackOff', note: 'Back-off restarting failed container', id: 'p1' },
    key: `${fingerprint} ${state} ${at}`,
    fingerprint,
    severity,
    allLabels: { ...labels, alertname: rule, severity },
    annotations: { summary: 'Containers of web in shop keep ending and are started again.' },
    ...given,
  }
}
