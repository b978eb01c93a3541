import type { Observation } from '../../event/observation.ts'
import { formatTime } from '../../query/time.ts'

/** Headings under which Grafana groups the labels of a row. */
const OBJECT = 'Object'
const EVENT = 'Event'
const FOUND = 'Found by Eventloom'
const NOTE = 'From the note'
const LABELS = 'Labels of the event'

interface Label {
  /** Name and heading as JSON. */
  readonly name: string
  readonly heading: string
  readonly read: (row: Observation) => string
}

const ALWAYS: readonly Label[] = [
  label('cluster', OBJECT, (row) => row.cluster),
  label('namespace', OBJECT, (row) => row.namespace),
  label('regarding.kind', OBJECT, (row) => row.regarding.kind),
  label('regarding.name', OBJECT, (row) => row.regarding.name),
  label('container', OBJECT, (row) => row.container),
  label('node', OBJECT, (row) => row.node),
  label('owner.kind', OBJECT, (row) => row.owner.kind),
  label('owner.name', OBJECT, (row) => row.owner.name),
  label('reason', EVENT, (row) => row.reason),
  label('type', EVENT, (row) => row.type),
  label('action', EVENT, (row) => row.action),
  label('count', EVENT, (row) => String(row.count)),
  label('firstObserved', EVENT, (row) => formatTime(row.firstObserved)),
  label('lastObserved', EVENT, (row) => formatTime(row.lastObserved)),
  label('reportingController', EVENT, (row) => row.reportingController),
  label('reportingInstance', EVENT, (row) => row.reportingInstance),
  label('uid', EVENT, (row) => row.uid),
  label('resourceVersion', EVENT, (row) => (row.resourceVersion === null ? '' : String(row.resourceVersion))),
  label('severity', FOUND, (row) => row.severity),
  label('category', FOUND, (row) => row.category),
  label('correlationId', FOUND, (row) => row.correlationId),
  label('correlationRule', FOUND, (row) => row.correlationRule),
  label('templateId', FOUND, (row) => row.templateId),
]

const MAPS = [
  { name: 'metadata', heading: JSON.stringify(NOTE), read: (row: Observation) => row.metadata },
  { name: 'labels', heading: JSON.stringify(LABELS), read: (row: Observation) => row.labels },
] as const

/**
 * Labels of log rows, and the heading of each, as JSON texts. Row details show labels only, so what a reader must see is one;
 * their keys are names of fields, so that a click on one filters by it. Values are texts, as Grafana hands them back.
 *
 * Written as text, because a frame has some 100,000 of them. Rows with the same labels have the same headings, so those
 * are written once for each such set.
 */
export function rowLabels(rows: readonly Observation[]): {
  readonly labels: readonly string[]
  readonly types: readonly string[]
} {
  const headings = new Map<string, string>()
  const labels: string[] = []
  const types: string[] = []
  for (const row of rows) {
    const { text, names, present } = labelsOf(row)
    const set = `${present} ${names.join(' ')}`
    const known = headings.get(set) ?? headingsOf(present, names)
    headings.set(set, known)
    labels.push(text)
    types.push(known)
  }
  return { labels, types }
}

/** The labels of a row as JSON, which of {@link ALWAYS} are among them (a bit each), and the JSON names of the others. */
function labelsOf(row: Observation): {
  readonly text: string
  readonly names: readonly string[]
  readonly present: number
} {
  let text = ''
  let present = 0
  let bit = 1
  for (const { name, read } of ALWAYS) {
    const value = read(row)
    if (value !== '') {
      text += `,${name}:${quote(value)}`
      present |= bit
    }
    bit <<= 1
  }
  const names: string[] = []
  for (const { name, read } of MAPS) {
    for (const [key, value] of Object.entries(read(row))) {
      if (value === '') continue
      const entry = quote(`${name}.${key}`)
      text += `,${entry}:${quote(value)}`
      names.push(entry)
    }
  }
  return { text: `{${text.slice(1)}}`, names, present }
}

function headingsOf(present: number, names: readonly string[]): string {
  const always = ALWAYS.filter((_, place) => (present & (1 << place)) !== 0).map(({ name, heading }) => `${name}:${heading}`) // prettier-ignore
  const others = names.map((name) => `${name}:${MAPS.find((map) => name.startsWith(`"${map.name}.`))?.heading ?? '""'}`)
  return `{${[...always, ...others].join(',')}}`
}

/** A text as JSON. Most need no escapes, and finding that out is cheaper than `JSON.stringify`. */
function quote(text: string): string {
  return /^[\w .:/-]*$/.test(text) ? `"${text}"` : JSON.stringify(text)
}

function label(name: string, heading: string, read: Label['read']): Label {
  return { name: JSON.stringify(name), heading: JSON.stringify(heading), read }
}
