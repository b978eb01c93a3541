import { MINUTE, type EpochMicros } from '../clock.ts'
import type { Notification } from '../event/alert.ts'
import { digest, groupOf, type Message } from './message.ts'

/** A made-up alert that fires, and its end: what `eventloom notify test` sends. */
export function sampleMessages(now: EpochMicros): readonly Message[] {
  const firing = sampleAlert(now)
  const resolved: Notification = { ...firing, key: `${firing.key} end`, state: 'resolved' }
  const group = groupOf(firing, ['cluster', 'namespace', 'alertname'])
  const messageOf = (change: Notification, open: readonly Notification[]): Message => {
    return { id: digest(change.key), group, changes: [change], firing: open, isRepeat: false }
  }
  return [messageOf(firing, [firing]), messageOf(resolved, [])]
}

function sampleAlert(now: EpochMicros): Notification {
  const labels = { cluster: 'test', namespace: 'test' }
  return {
    rule: 'test message',
    cluster: 'test',
    labels,
    state: 'firing',
    at: now,
    due: now,
    startsAt: now - 3 * MINUTE,
    since: now - 6 * MINUTE,
    value: 1,
    isLowerBound: false,
    isLate: false,
    example: {
      object: 'Pod test/web-1',
      reason: 'Test',
      note: 'Nothing is wrong: somebody tries this receiver.',
      id: 'test',
    },
    key: `test ${now}`,
    fingerprint: `test ${now}`,
    severity: 'info',
    allLabels: { ...labels, alertname: 'test message', severity: 'info' },
    annotations: {
      summary: 'This is a test of Eventloom.',
      description: 'Nothing is wrong, and nothing has to be done.',
    },
  }
}
