import { plainNote } from '../event/note.ts'
import type { NormalizedEvent, Classification } from '../event/observation.ts'
import type { ObjectReference } from '../event/object-reference.ts'
import { MILLISECOND } from '../clock.ts'

/** Rules see this many characters of a note; more would only cost time. */
export const MAX_NOTE_CHARACTERS = 4_096

const STRING_MAP = 'map<string, string>'
const TIME = 'google.protobuf.Timestamp'

/** Fields that are known before the rules are asked. */
type Known = Exclude<keyof NormalizedEvent, 'id' | 'rest'> | Exclude<keyof Classification, 'rule'> | 'rawNote'

/** CEL types of the fields of `event`, by the names of the stored observation. */
export const EVENT_FIELDS = {
  cluster: 'string',
  clusterUid: 'string',
  source: 'string',
  uid: 'string',
  name: 'string',
  eventNamespace: 'string',
  resourceVersion: 'int',
  namespace: 'string',
  firstObserved: TIME,
  lastObserved: TIME,
  received: TIME,
  count: 'int',
  countIsLowerBound: 'bool',
  type: 'string',
  reason: 'string',
  action: 'string',
  note: 'string',
  rawNote: 'string',
  reportingController: 'string',
  reportingInstance: 'string',
  regarding: 'ObjectReference',
  related: 'ObjectReference',
  container: 'string',
  node: 'string',
  labels: STRING_MAP,
  annotations: STRING_MAP,
  flags: 'list<string>',
  category: 'string',
  severity: 'string',
  metadata: STRING_MAP,
} as const satisfies Readonly<Record<Known, string>>

/** CEL types of the fields of `event.regarding` and `event.related`. */
export const OBJECT_FIELDS = {
  kind: 'string',
  namespace: 'string',
  name: 'string',
  uid: 'string',
  apiVersion: 'string',
  fieldPath: 'string',
} as const satisfies Readonly<Record<keyof ObjectReference, string>>

/** An object reference as expressions see it: a type of its own, because CEL tells types by their constructor. */
export class ObjectView implements Record<keyof ObjectReference, string> {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly apiVersion: string
  readonly fieldPath: string
  constructor(object: ObjectReference) {
    this.kind = object.kind
    this.namespace = object.namespace
    this.name = object.name
    this.uid = object.uid
    this.apiVersion = object.apiVersion
    this.fieldPath = object.fieldPath
  }
}

/**
 * An event as expressions see it. Built once for each event and used by all rules; what is costly (classification,
 * times, big integers) is made where a rule reads it. `undefined` means absent: a rule that reads it does not match.
 */
export class EventView implements Record<Known, unknown> {
  readonly event: NormalizedEvent
  readonly #known: () => Classification
  #knownValue: Classification | undefined
  #regarding: ObjectView | undefined
  #related: ObjectView | undefined

  /** @param known what the catalogue and the extraction say, before any rule; asked only when an expression reads it. */
  constructor(event: NormalizedEvent, known: () => Classification) {
    this.event = event
    this.#known = known
  }

  get cluster(): string {
    return this.event.cluster
  }
  get clusterUid(): string | undefined {
    return this.event.clusterUid ?? undefined
  }
  get source(): string {
    return this.event.source
  }
  get uid(): string {
    return this.event.uid
  }
  get name(): string {
    return this.event.name
  }
  get eventNamespace(): string {
    return this.event.eventNamespace
  }
  get resourceVersion(): bigint | undefined {
    return this.event.resourceVersion === null ? undefined : BigInt(this.event.resourceVersion)
  }
  get namespace(): string {
    return this.event.namespace
  }
  get firstObserved(): Date {
    return new Date(this.event.firstObserved / MILLISECOND)
  }
  get lastObserved(): Date {
    return new Date(this.event.lastObserved / MILLISECOND)
  }
  get received(): Date {
    return new Date(this.event.received / MILLISECOND)
  }
  get count(): bigint {
    return BigInt(this.event.count)
  }
  get countIsLowerBound(): boolean {
    return this.event.countIsLowerBound
  }
  get type(): string {
    return this.event.type
  }
  get reason(): string {
    return this.event.reason
  }
  get action(): string {
    return this.event.action
  }
  get note(): string {
    return plainNote(this.event.note).slice(0, MAX_NOTE_CHARACTERS)
  }
  get rawNote(): string {
    return this.event.note.slice(0, MAX_NOTE_CHARACTERS)
  }
  get reportingController(): string {
    return this.event.reportingController
  }
  get reportingInstance(): string {
    return this.event.reportingInstance
  }
  get regarding(): ObjectView {
    return (this.#regarding ??= new ObjectView(this.event.regarding))
  }
  get related(): ObjectView | undefined {
    if (!hasRelated(this.event)) return undefined
    return (this.#related ??= new ObjectView(this.event.related))
  }
  get container(): string {
    return this.event.container
  }
  get node(): string {
    return this.event.node
  }
  get labels(): Readonly<Record<string, string>> {
    return this.event.labels
  }
  get annotations(): Readonly<Record<string, string>> {
    return this.event.annotations
  }
  get flags(): readonly string[] {
    return this.event.flags
  }
  get category(): string {
    return this.known.category
  }
  get severity(): string {
    return this.known.severity
  }
  get metadata(): Readonly<Record<string, string>> {
    return this.known.metadata
  }
  get known(): Classification {
    return (this.#knownValue ??= this.#known())
  }
}

/** Whether the event names a second object. */
export function hasRelated({ related }: Pick<NormalizedEvent, 'related'>): boolean {
  return related.kind !== '' || related.name !== ''
}
