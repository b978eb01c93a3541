import type { ProblemBody } from '../event/problem.ts'

/** What the note of a problem names: the thing that it is about, beside its object. */
export interface Thing {
  readonly kind: string
  readonly name: string
  /** What more the note says of it; empty for nothing. */
  readonly detail: string
}

/** Values that name a thing, the most telling first, and those that say more of it. */
const NAMED: readonly (readonly [key: string, kind: string, details: readonly string[]])[] = [
  ['quota', 'ResourceQuota', ['resource', 'requested', 'used', 'limit']],
  ['webhook', 'Webhook', ['failure']],
  ['priorityClass', 'PriorityClass', []],
  ['serviceAccount', 'ServiceAccount', []],
  ['secret', 'Secret', ['configKey']],
  ['configMap', 'ConfigMap', ['configKey']],
  ['claim', 'PersistentVolumeClaim', ['storageClass']],
  ['persistentVolume', 'PersistentVolume', ['driver']],
  ['storageClass', 'StorageClass', ['driver']],
  ['image', 'Image', ['registryError']],
  ['registry', 'Registry', ['registryError']],
  ['taint', 'Taint', []],
  ['policy', 'Policy', []],
  ['cniPlugin', 'NetworkPlugin', ['failure']],
  ['socket', 'ContainerRuntime', []],
  ['volume', 'Volume', []],
]

/** Of several notes of one problem the newest of those is kept that tell the most: "image not found" over "it is tried again". */
export function howMuchIsTold(said: Pick<ProblemBody, 'metadata'>): number {
  const thing = thingOf(said)
  return thing === null ? 0 : thing.detail === '' ? 1 : 2
}

/** The thing that the note names, or null where it names none. */
export function thingOf({ metadata }: Pick<ProblemBody, 'metadata'>): Thing | null {
  for (const [key, kind, details] of NAMED) {
    const name = metadata[key]
    if (name === undefined || name === '') continue
    const detail = details.flatMap((each) => (metadata[each] === undefined ? [] : [`${each} ${metadata[each]}`]))
    return { kind, name, detail: detail.join(', ') }
  }
  return null
}
