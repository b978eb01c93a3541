import { identityOf } from '../event/object-reference.ts'
import type { Observation } from '../event/observation.ts'

/** A label and where its value comes from. */
export interface LabelReader {
  readonly name: string
  /** The field of the query language that has the same value. */
  readonly field: string
  read(row: Observation): string
}

const read = (name: string, field: string, reader: LabelReader['read']): LabelReader => ({ name, field, read: reader })
const noted = (name: string) => read(name, `metadata.${name}`, ({ metadata }) => metadata[name] ?? '')

/** What alerts may be grouped by: few values, that stay the same while the fault lasts. */
const LABELS: readonly LabelReader[] = [
  read('cluster', 'cluster', ({ cluster }) => cluster),
  read('namespace', 'namespace', ({ namespace }) => namespace),
  read('workload', 'owner.name', ({ owner }) => owner.name),
  read('node', 'node', ({ node }) => node),
  read('reason', 'reason', ({ reason }) => reason),
  read('category', 'category', ({ category }) => category),
  read('container', 'container', ({ container }) => container),
  ...['quota', 'webhook', 'registry', 'storageClass', 'priorityClass', 'serviceAccount', 'secret', 'configMap', 'policy'].map(noted), // prettier-ignore
]

/** What people try, and what comes of it. */
const EACH_TIME = 'has another value each time, so each would be an alert of its own and resolve the last one'
const REFUSED: Readonly<Record<string, string>> = Object.fromEntries(
  ['pod', 'name', 'object', 'regarding.name', 'uid', 'regarding.uid', 'id', 'note', 'message', 'count', 'ip'].map(
    (name) => [name, EACH_TIME],
  ),
)

const BY_NAME: ReadonlyMap<string, LabelReader> = new Map(
  LABELS.flatMap((label) => [[label.name, label] as const, [label.field, label] as const]),
)

export const LABEL_NAMES: readonly string[] = LABELS.map(({ name }) => name)

export function labelNamed(name: string): LabelReader | null {
  return BY_NAME.get(name) ?? null
}

/** Why one cannot group by this; null where there is no such reason. */
export function whyNoLabel(name: string): string | null {
  return REFUSED[name] ?? null
}

/** The object itself: what one event has in common with the one that follows it. Never a label. */
export const OBJECT: LabelReader = read('object', 'regarding.uid', ({ cluster, regarding }) => identityOf(cluster, regarding)) // prettier-ignore

/** The labels of a row, cluster first; those without a value are left out, as Alertmanager does. */
export function labelsOf(readers: readonly LabelReader[], row: Observation): Readonly<Record<string, string>> {
  const labels: Record<string, string> = { cluster: row.cluster }
  for (const reader of readers) {
    const value = reader.read(row)
    if (value !== '') labels[reader.name] = value
  }
  return labels
}

/** The same for the same labels, in whatever order they stand. */
export function keyOfLabels(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}
