import type { RawEvent } from '../../event/raw-event.ts'
import { Pseudonyms } from './pseudonyms.ts'
import { isHarmless } from './words.ts'

/** Between words: blanks and ASCII punctuation but `-` and `.`, and the quotes and dashes of typography. */
const WORD = /[^\s\p{Cc}!-,/:-@[-`{-~“”‘’…–—]+/gu

const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['‘', '’'],
])

/** Reasons, actions and kinds: they say what happened, and a recording without them says nothing. */
const CAMEL_CASE = /^[A-Z][A-Za-z0-9]{0,63}$/
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/
const NUMBER = /^\d{1,19}$/
const FIELD_PATH = /^(spec\.(?:containers|initContainers|ephemeralContainers)\{)([^{}]*)\}$/
const API_VERSION = /^(?:([^/]*)\/)?(v\d{1,3}(?:(?:alpha|beta)\d{1,3})?)$/
/** Groups of Kubernetes and of projects that many use; what stands before has to be an ordinary word. */
const KNOWN_GROUP =
  /^(?:(.*)\.)?(?:apps|batch|autoscaling|policy|extensions|k8s\.io|openshift\.io|argoproj\.io|fluxcd\.io|cert-manager\.io|keda\.sh|karpenter\.sh|knative\.dev|istio\.io|external-secrets\.io|metallb\.io|kyverno\.io|longhorn\.io|coreos\.com|cilium\.io)$/

type Change = (value: unknown) => unknown

/**
 * Replaces by pseudonyms whatever is not known to be harmless. Kept are reasons, kinds, types, times, counts, versions, numbers,
 * and the ordinary words of notes; a name has the same pseudonym wherever it stands. Fields that no observation is made of are
 * left out: labels, annotations, owners and whatever is not known.
 *
 * A name that is itself an ordinary word of such notes (`node`) is replaced in fields, in quotes, and in notes about its object.
 */
export class Pseudonymizer {
  readonly #pseudonyms: Pseudonyms

  /** @param key who has it can test guesses: it must not lie where the recording goes. */
  constructor(key: string) {
    this.#pseudonyms = new Pseudonyms(key)
  }

  get fingerprint(): string {
    return this.#pseudonyms.fingerprint
  }

  /** What stands for a text of which nothing may be seen. */
  secret(text: string): string {
    return this.#pseudonyms.secret(text)
  }

  event(event: RawEvent): RawEvent {
    const own = ownWords(event)
    const note = text((value) => this.#note(value, own))
    const words = text((value) => this.#note(value, NONE))
    const name = text((value) => this.name(value))
    const shaped =
      (shape: RegExp, otherwise: Change): Change =>
      (value) =>
        typeof value === 'string' && shape.test(value) ? value : otherwise(value)
    const camel = shaped(CAMEL_CASE, words)
    const number: Change = (value) => (typeof value === 'number' ? value : shaped(NUMBER, name)(value))
    const time = shaped(TIME, () => undefined)
    const apiVersion = text((value) => this.#apiVersion(value))
    const reference = fields({
      kind: camel,
      apiVersion,
      namespace: name,
      name,
      uid: name,
      resourceVersion: number,
      fieldPath: text((value) => this.#fieldPath(value)),
    })
    const source = fields({ component: words, host: name })
    return fields({
      kind: camel,
      apiVersion,
      metadata: fields({ name, namespace: name, uid: name, resourceVersion: number, creationTimestamp: time }),
      type: words,
      reason: camel,
      action: camel,
      note,
      message: note,
      regarding: reference,
      involvedObject: reference,
      related: reference,
      reportingController: words,
      reportingComponent: words,
      reportingInstance: name,
      eventTime: time,
      firstTimestamp: time,
      lastTimestamp: time,
      deprecatedFirstTimestamp: time,
      deprecatedLastTimestamp: time,
      count: number,
      deprecatedCount: number,
      series: fields({ count: number, lastObservedTime: time, state: camel }),
      source,
      deprecatedSource: source,
    })(event) as RawEvent
  }

  /** Pseudonyms for all of a name's words. Separators stay. */
  name(value: string): string {
    return value.replace(WORD, (word) => this.#pseudonyms.name(word))
  }

  #note(note: string, own: ReadonlySet<string>): string {
    return note.replace(WORD, (word, at: number) => {
      const [begin, end] = extent(word)
      const inner = word.slice(begin, end)
      const isNamed = own.has(inner) || isQuotedName(note, at, word)
      if (!isNamed && isHarmless(inner)) return word
      return word.slice(0, begin) + this.#pseudonyms.name(inner) + word.slice(end)
    })
  }

  #apiVersion(value: string): string {
    const [, group, version] = API_VERSION.exec(value) ?? []
    if (version === undefined) return this.name(value)
    if (group === undefined) return value
    const known = KNOWN_GROUP.exec(group)
    const isKnown = known !== null && (known[1] ?? '').split('.').every((part) => part === '' || isHarmless(part))
    return isKnown ? value : `${this.name(group)}/${version}`
  }

  #fieldPath(value: string): string {
    const [, before, container] = FIELD_PATH.exec(value) ?? []
    return container === undefined ? this.#note(value, NONE) : `${before}${this.name(container)}}`
  }
}

const NONE: ReadonlySet<string> = new Set()

/** The words of the names that an event gives in fields of its own. */
function ownWords(event: RawEvent): ReadonlySet<string> {
  const { regarding, involvedObject, related, source, deprecatedSource, reportingInstance } = event
  const references = [regarding, involvedObject, related].map(recordOf)
  const paths = references.map(({ fieldPath }) =>
    typeof fieldPath === 'string' ? FIELD_PATH.exec(fieldPath)?.[2] : undefined,
  )
  const names = references.flatMap(({ name, namespace }) => [name, namespace])
  const hosts = [source, deprecatedSource].map(recordOf).map(({ host }) => host)
  const all = [...names, ...paths, ...hosts, reportingInstance].filter((name) => typeof name === 'string')
  return new Set(all.flatMap((name) => name.match(WORD) ?? []))
}

/** Whether a word that might be a name stands alone in quotes. */
function isQuotedName(note: string, at: number, word: string): boolean {
  const closing = QUOTES.get(note.charAt(at - 1))
  return closing !== undefined && note.charAt(at + word.length) === closing && /^[a-z][a-z0-9.-]*$/.test(word)
}

/** Without the hyphens and full stops around a word. */
function extent(word: string): readonly [number, number] {
  let [begin, end] = [0, word.length]
  while (begin < end && '-.'.includes(word.charAt(begin))) begin += 1
  while (end > begin && '-.'.includes(word.charAt(end - 1))) end -= 1
  return [begin, end]
}

/** Keeps the fields that are told, each changed; of anything that is no object, nothing. `null` says something as well. */
function fields(changes: Readonly<Record<string, Change>>): Change {
  return (value) => {
    if (value === null || value === undefined) return value
    const from = recordOf(value)
    const kept = Object.entries(changes).map(
      ([field, change]) => [field, from[field] === null ? null : change(from[field])] as const,
    )
    return Object.fromEntries(kept.filter(([, changed]) => changed !== undefined))
  }
}

function text(change: (value: string) => string): Change {
  return (value) => (typeof value === 'string' ? change(value) : typeof value === 'number' ? value : undefined)
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
