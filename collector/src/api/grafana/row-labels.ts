import type { Observation } from '../../event/observation.ts'
import { formatTime } from '../../query/time.ts'

/** Headings under which Grafana groups the labels of a row. */
const OBJECT = 'Object'
const EVENT = 'Event'
const FOUND = 'Found by Eventloom'
const NOTE = 'From the note'
const LABELS = 'Labels of the event'

/** The labels that a row always has, unless they are empty. */
function fieldsOf(row: Observation) {
  return {
    cluster: given(row.cluster),
    namespace: given(row.namespace),
    'regarding.kind': given(row.regarding.kind),
    'regarding.name': given(row.regarding.name),
    container: given(row.container),
    node: given(row.node),
    'owner.kind': given(row.owner.kind),
    'owner.name': given(row.owner.name),
    reason: given(row.reason),
    type: given(row.type),
    action: given(row.action),
    count: String(row.count),
    firstObserved: formatTime(row.firstObserved),
    lastObserved: formatTime(row.lastObserved),
    reportingController: given(row.reportingController),
    reportingInstance: given(row.reportingInstance),
    uid: given(row.uid),
    resourceVersion: row.resourceVersion === null ? undefined : String(row.resourceVersion),
    severity: row.severity,
    category: row.category,
    correlationId: given(row.correlationId),
    correlationRule: given(row.correlationRule),
    templateId: given(row.templateId),
  }
}

const HEADINGS: Readonly<Record<keyof ReturnType<typeof fieldsOf>, string>> = {
  cluster: OBJECT,
  namespace: OBJECT,
  'regarding.kind': OBJECT,
  'regarding.name': OBJECT,
  container: OBJECT,
  node: OBJECT,
  'owner.kind': OBJECT,
  'owner.name': OBJECT,
  reason: EVENT,
  type: EVENT,
  action: EVENT,
  count: EVENT,
  firstObserved: EVENT,
  lastObserved: EVENT,
  reportingController: EVENT,
  reportingInstance: EVENT,
  uid: EVENT,
  resourceVersion: EVENT,
  severity: FOUND,
  category: FOUND,
  correlationId: FOUND,
  correlationRule: FOUND,
  templateId: FOUND,
}
const ALWAYS = JSON.stringify(HEADINGS)

const MAPS = [
  { name: 'metadata', heading: NOTE, read: (row: Observation) => row.metadata },
  { name: 'labels', heading: LABELS, read: (row: Observation) => row.labels },
] as const

/**
 * Labels of log rows, and the heading of each, as JSON texts. Row details show labels only, so what a reader must see is one;
 * their keys are names of fields, so that a click on one filters by it. Values are texts, as Grafana hands them back.
 *
 * A frame has some 100,000 of them, so the objects are of one shape, and what the rows have of maps is added to the texts.
 */
export function rowLabels(rows: readonly Observation[]): {
  readonly labels: readonly string[]
  readonly types: readonly string[]
} {
  const labels: string[] = []
  const types: string[] = []
  for (const row of rows) {
    const entries = MAPS.flatMap((map) => entriesOf(map, row))
    labels.push(
      extended(
        JSON.stringify(fieldsOf(row)),
        entries.map(({ name, value }) => [name, value]),
      ),
    )
    types.push(
      extended(
        ALWAYS,
        entries.map(({ name, heading }) => [name, heading]),
      ),
    )
  }
  return { labels, types }
}

function entriesOf({ name, heading, read }: (typeof MAPS)[number], row: Observation) {
  return Object.entries(read(row)).flatMap(([key, value]) =>
    value === '' ? [] : [{ name: `${name}.${key}`, heading, value }],
  )
}

/** JSON of an object that has members, with some more. */
function extended(json: string, more: readonly (readonly [name: string, value: string])[]): string {
  if (more.length === 0) return json
  return `${json.slice(0, -1)},${JSON.stringify(Object.fromEntries(more)).slice(1)}`
}

function given(text: string): string | undefined {
  return text === '' ? undefined : text
}
