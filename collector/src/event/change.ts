import type { EpochMicros } from '../clock.ts'
import { describeObject, type ObjectReference } from './object-reference.ts'

/** What became of an object. `scaled`: how many replicas are wanted, by an autoscaler or `kubectl scale`. */
export const CHANGE_KINDS = ['created', 'changed', 'scaled', 'deleted'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/**
 * How far the names of fields are known. `exact`: these, as far as the server tells. `among`: some of these, all of which the
 * manager wrote at one time or another. `unknown`: nobody tells.
 */
export const FIELDS_KNOWN = ['exact', 'among', 'unknown'] as const
export type FieldsKnown = (typeof FIELDS_KNOWN)[number]

/** Body of a record of kind `change`: somebody changed an object. Names only: no value of any field is read. */
export interface ChangeBody {
  readonly cluster: string
  /** Of a recording its name, else `live`. */
  readonly source: string
  readonly object: Omit<ObjectReference, 'fieldPath'>
  /** The controller that its owner references name; empty where none does. */
  readonly owner: { readonly kind: string; readonly name: string }
  readonly what: ChangeKind
  /** The field manager that wrote, as `kubectl-edit`; empty where the server does not tell. */
  readonly manager: string
  /** Names as `spec.template.spec.containers[app].image`, at most {@link MOST_FIELDS}. */
  readonly fields: readonly string[]
  readonly moreFields: number
  readonly fieldsKnown: FieldsKnown
  /** `server`: when it says that it was. `arrival`: when it was seen, a moment later; after a break much later. */
  readonly timeFrom: 'server' | 'arrival'
  readonly received: EpochMicros
}

/** A change as a source hands it over. The same change told twice has the same id. */
export interface Change {
  readonly id: string
  readonly at: EpochMicros
  readonly body: ChangeBody
}

export const MOST_FIELDS = 20

/** `ConfigMap shop/flags was changed by kubectl-edit`. */
export function changeWords({ object, what, manager }: Pick<ChangeBody, 'object' | 'what' | 'manager'>): string {
  return `${describeObject(object)} was ${what}${manager === '' ? '' : ` by ${manager}`}`
}

/** Which fields, in words: `data.flags`, `among data.a, data.b and 3 more`. Empty where nobody tells. */
export function fieldWords({
  fields,
  moreFields,
  fieldsKnown,
}: Pick<ChangeBody, 'fields' | 'moreFields' | 'fieldsKnown'>): string {
  // prettier-ignore
  if (fields.length === 0) return ''
  const more = moreFields === 0 ? '' : ` and ${String(moreFields)} more`
  return `${fieldsKnown === 'among' ? 'among ' : ''}${fields.join(', ')}${more}`
}
