import type { ObjectFact } from '../../event/object-fact.ts'
import type { SeenObject } from './read-object.ts'

/** Sets of labels shared at once. */
const MOST_SETS = 20_000

/** Says of an object where it belongs. Pods of one workload share their labels. */
export class Facts {
  #labels = new Map<string, Readonly<Record<string, string>>>()

  of(object: SeenObject): ObjectFact {
    const { kind, namespace, name, uid, apiVersion, owners, place } = object
    return { kind, namespace, name, uid, apiVersion, owners, ...place, labels: this.#shared(object.labels) }
  }

  #shared(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const key = JSON.stringify(labels)
    const known = this.#labels.get(key)
    if (known !== undefined) return known
    if (this.#labels.size >= MOST_SETS) this.#labels = new Map()
    this.#labels.set(key, labels)
    return labels
  }
}
