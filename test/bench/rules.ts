import { createRuleSet, catalogueEntries } from '../../collector/src/classify/classify.ts'
import { systemClock } from '../../collector/src/clock.ts'
import type { NormalizedEvent } from '../../collector/src/event/observation.ts'
import { anObservation } from '../support/an-observation.ts'
import type { Bench } from './bench.ts'

/** Events are taken round from this many, so that no rule sees the same one all the time. */
const EVENTS = 1_000
/** A measurement runs at least this long. */
const MEASURED_MILLISECONDS = 2_000
const RULE_COUNTS = [10, 100, 1_000]

const NOTES = [
  'Back-off restarting failed container web in pod web-0_shop(22222222-2222-4222-8222-222222222222)',
  'Failed to pull image "registry.example.net/shop/api:1.9.3": failed to resolve reference: not found',
  '0/5 nodes are available: 3 Insufficient memory, 2 node(s) had untolerated taint {dedicated: gpu}.',
  'Readiness probe failed: Get "http://10.42.0.9:9200/": dial tcp 10.42.0.9:9200: connect: connection refused',
  'Created pod: api-7c9d8f6b5d-k2m4x',
]

/** Filters and classification alone, in one thread: catalogue and extraction, then with more and more rules. */
export const bench: Bench = {
  description: 'events/s through filters and classification, by the number of rules',
  async run() {
    const events = manyEvents()
    const curve = RULE_COUNTS.map((rules) => ({
      rules,
      indexedEventsPerSecond: eventsPerSecond(events, rulesText(rules, events, true)),
      unindexedEventsPerSecond: eventsPerSecond(events, rulesText(rules, events, false)),
    }))
    return { catalogueOnlyEventsPerSecond: eventsPerSecond(events, ''), curve }
  },
}

function manyEvents(): readonly NormalizedEvent[] {
  const entries = catalogueEntries()
  return Array.from({ length: EVENTS }, (_, index) => {
    const entry = entries[(index * 7) % entries.length]
    const { regarding } = anObservation()
    return anObservation({
      reason: entry?.reason ?? '',
      type: entry?.type === 'Normal' ? 'Normal' : 'Warning',
      note: NOTES[index % NOTES.length] ?? '',
      regarding: { ...regarding, kind: entry?.kinds[0] ?? 'Pod' },
    })
  })
}

/** Rules that never match, which is the most work: half of the indexed ones name a reason that occurs. */
function rulesText(count: number, events: readonly NormalizedEvent[], isIndexed: boolean): string {
  const rules = Array.from({ length: count }, (_, index) => {
    const reason = index % 2 === 0 ? events[index % events.length]?.reason : `Custom${index}`
    const condition = `event.regarding.name.startsWith("r${index}-") && event.note.contains("never ${index}")`
    const when = isIndexed ? `event.reason == "${reason}" && ${condition}` : condition
    return { name: `rule ${index}`, when, set: { severity: 'low' } }
  })
  return JSON.stringify({ rules })
}

function eventsPerSecond(events: readonly NormalizedEvent[], text: string): number {
  const ruleSet = createRuleSet({ files: [{ name: 'bench', text }], clock: systemClock })
  const pass = (): void => {
    // Each time a new object, as from a source: what was said of an event is kept with it.
    for (const event of events.map((known) => ({ ...known }))) {
      if (ruleSet.filteredBy(event) === null) ruleSet.classify(event)
    }
  }
  pass()
  const started = performance.now()
  let passes = 0
  while (performance.now() - started < MEASURED_MILLISECONDS) {
    pass()
    passes++
  }
  return Math.round((passes * events.length * 1_000) / (performance.now() - started))
}
