import { hash } from 'node:crypto'
import { MINUTE, type EpochMicros } from '../clock.ts'
import { isCombined, plainNote } from '../event/note.ts'
import type { NormalizedEvent } from '../event/observation.ts'
import type { Origin, RawEvent } from '../event/raw-event.ts'
import { observedTimes, type ObservedTimes } from '../event/times.ts'
import type { Flag } from '../event/words.ts'
import { canonicalEvent, NestedTooDeepError, type CanonicalEvent } from './canonical.ts'
import { containerOf, nodeOf } from './reporter.ts'
import { reportedCount, type ReportedCount } from './count.ts'
import { cutText, LenientFields } from './lenient-fields.ts'
import { contentId, readResourceVersion, versionId } from './event-id.ts'
import { isRecord, ownValue, type JsonRecord } from './json-record.ts'
import { createRedactor, type RedactionOptions } from './redact.ts'
import { restOf } from './rest.ts'
import { field, NAMES, spellingOf } from './spelling.ts'
import { usualEvent } from './usual-event.ts'

export interface NormalizeOptions {
  /** UTF-8 bytes of a note that are kept. */
  readonly maxNoteBytes: number
  readonly redact: RedactionOptions
}

/** Why nothing could be made of a raw event. Holds nothing of its text. */
export interface NotNormalizable {
  readonly refused: 'not normalizable'
  readonly detail: string
}

export type Normalize = (raw: RawEvent, origin: Origin, received: EpochMicros) => NormalizedEvent | NotNormalizable

/** Rules on long texts cost more than they tell; notes of the newer API end at 1 kB, so this is for the older one. */
export const DEFAULT_MAX_NOTE_BYTES = 4_096

/**
 * An Event object this much younger than its first occurrence was written a second time: the shortest TTL that a
 * distribution allows is 5 minutes (OpenShift), and reporters retry a failed write for at most 2.
 */
const RECREATED_AFTER = 5 * MINUTE

const NO_FLAGS: readonly Flag[] = []

/**
 * Makes raw events of either API group into observations' first part. Pure: the same event and origin give the same
 * answer, whatever the clock. Nothing throws: what is no event, holds no time at all or is nested too deep is refused.
 *
 * Wrong types are repaired (flag `repaired`) and stay as received in `rest`. Credentials are removed from every text
 * before anything is derived from it (flag `redacted`). A note longer than `maxNoteBytes` is cut (flag
 * `noteTruncated`); its length in bytes and SHA-256 stand in `rest` as `~noteLength` and `~noteHash`.
 */
export function createNormalizer({ maxNoteBytes, redact }: NormalizeOptions): Normalize {
  const redactor = createRedactor(redact)
  return (raw, origin, received) => {
    if (!isRecord(raw)) return refuse('not a JSON object')
    const kind = ownValue(raw, 'kind')
    if (kind !== undefined && kind !== null && kind !== 'Event') return refuse('its kind is not Event')
    const times = observedTimes(raw)
    if (times === null) return refuse('it holds no time, not even a creationTimestamp')
    try {
      return normalized(canonicalEvent(raw, redactor), times, origin, received, maxNoteBytes)
    } catch (error) {
      if (error instanceof NestedTooDeepError) return refuse(error.message)
      throw error
    }
  }
}

function refuse(detail: string): NotNormalizable {
  return { refused: 'not normalizable', detail }
}

function normalized(
  canonical: CanonicalEvent,
  times: ObservedTimes,
  origin: Origin,
  received: EpochMicros,
  maxNoteBytes: number,
): NormalizedEvent {
  const { event } = canonical
  const fields = new LenientFields()
  const wholeNote = fields.whole(field(event, 'note'))
  const note = cutText(wholeNote, maxNoteBytes)
  const counted = reportedCount(field(event, 'count'), event['series'])
  const identity = identityOf(event, origin, times, counted, fields)
  const description = descriptionOf(event, note, fields)
  const result: { -readonly [Field in keyof NormalizedEvent]: NormalizedEvent[Field] } = {
    ...identity,
    cluster: origin.cluster,
    clusterUid: origin.clusterUid,
    source: origin.source,
    firstObserved: times.first,
    lastObserved: times.last,
    received,
    count: counted.count,
    countIsLowerBound: counted.isLowerBound,
    note,
    ...description,
    rest: null,
    flags: flagsOf(canonical, times, counted, {
      noteTruncated: note !== wholeNote,
      combined: isCombined(note),
      idFromContent: identity.uid === '' || identity.resourceVersion === null,
      unknownType: description.type !== 'Normal' && description.type !== 'Warning',
      repaired: fields.isRepaired || counted.isRepaired,
    }),
  }
  result.rest = restFor(event, result, wholeNote)
  return result
}

type Identity = Pick<
  NormalizedEvent,
  'id' | 'uid' | 'name' | 'eventNamespace' | 'resourceVersion' | 'labels' | 'annotations'
>

function identityOf(
  event: JsonRecord,
  { cluster }: Origin,
  { last }: ObservedTimes,
  { count }: ReportedCount,
  fields: LenientFields,
): Identity {
  const metadata = fields.record(event['metadata'])
  const uid = fields.textOrNull(metadata['uid'])
  const resourceVersion = readResourceVersion(metadata['resourceVersion'])
  const id =
    uid === '' || resourceVersion === null
      ? contentId(cluster, event)
      : versionId({ cluster, uid, resourceVersion, count, lastObserved: last })
  return {
    id,
    uid,
    resourceVersion,
    name: fields.text(metadata['name']),
    eventNamespace: fields.text(metadata['namespace']),
    labels: fields.map(metadata['labels']),
    annotations: fields.map(metadata['annotations']),
  }
}

type Description = Pick<
  NormalizedEvent,
  | ('type' | 'reason' | 'action' | 'reportingController' | 'reportingInstance')
  | ('regarding' | 'related' | 'namespace' | 'container' | 'node')
>

function descriptionOf(event: JsonRecord, note: string, fields: LenientFields): Description {
  const source = fields.record(field(event, 'source'))
  const sourceHost = fields.textOrNull(source['host'])
  const component = fields.textOrNull(source['component'])
  const reason = fields.text(event['reason'])
  const regarding = fields.reference(field(event, 'regarding'))
  const reporter = {
    controller: fields.textOrNull(field(event, 'reportingController')) || component,
    instance: fields.textOrNull(event['reportingInstance']) || sourceHost,
  }
  return {
    type: fields.text(event['type']),
    reason,
    action: fields.textOrNull(event['action']),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance,
    regarding,
    related: fields.reference(event['related']),
    namespace: regarding.namespace,
    container: containerOf(regarding.fieldPath),
    node: nodeOf({ regarding, reporter, sourceHost, reason, note: plainNote(note) }),
  }
}

function flagsOf(
  { event, isTextRepaired, isRedacted }: CanonicalEvent,
  { first, areReported, created, flags }: ObservedTimes,
  { count, isAbsent }: ReportedCount,
  seen: Readonly<Partial<Record<Flag, boolean>>>,
): readonly Flag[] {
  const all: Readonly<Partial<Record<Flag, boolean>>> = {
    ...seen,
    countAbsent: isAbsent && !isGiven(event['eventTime']),
    recreated: count > 1 && created !== null && created - first > RECREATED_AFTER,
    redacted: isRedacted,
    repaired: seen.repaired === true || flags.includes('repaired'),
    textRepaired: isTextRepaired,
    timesUnknown: count > 1 && !areReported,
  }
  const names = new Set(flags)
  for (const name of Object.keys(all) as Flag[]) if (all[name] === true) names.add(name)
  return names.size === 0 ? NO_FLAGS : [...names].sort()
}

function isGiven(time: unknown): boolean {
  return typeof time === 'string' && time !== '' && time !== 'null'
}

function restFor(event: JsonRecord, result: NormalizedEvent, wholeNote: string): NormalizedEvent['rest'] {
  const spelling = spellingOf(event)
  const usual = usualEvent(result, spelling)
  if (wholeNote === result.note) return restOf({ received: event, usual, spelling, cutNote: null })
  const noteField = NAMES[spelling].note
  const received = event[noteField] === wholeNote ? { ...event, [noteField]: result.note } : event
  const cutNote = { length: Buffer.byteLength(wholeNote), hash: hash('sha256', wholeNote) }
  return restOf({ received, usual, spelling, cutNote })
}
