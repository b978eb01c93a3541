import type { Delivery } from '../../event/delivery.ts'
import { parseJson } from '../../event/json.ts'
import type { Place, RawEvent } from '../../event/raw-event.ts'
import type { WatchLine } from './lines.ts'
import { isResourceVersion } from './resource-version.ts'

export type Refused = Extract<Delivery, { kind: 'refused' }>

/** A delivery of a live stream: events keep the word with which the server announced them, for recordings. */
export type WatchNotice =
  | { readonly kind: 'event'; readonly raw: RawEvent; readonly place: Place; readonly type: 'ADDED' | 'MODIFIED' }
  | Refused

/** How the objects of a stream are read: a stream of events has another reader than one of the objects beside them. */
export interface NoticeReader<Notice> {
  /** What is kept of an item until its list is read to the end. */
  item(item: RawEvent, apiVersion: string): RawEvent
  notice(object: RawEvent, type: 'ADDED' | 'MODIFIED', place: Place): Notice | Refused
  deletion(object: RawEvent, place: Place): Notice | Refused
}

export const EVENT_READER: NoticeReader<WatchNotice> = {
  item: completeItem,
  notice: eventNotice,
  deletion: (_object, place) => {
    const detail = 'the server removed an event, mostly because its time to live is over'
    return { kind: 'refused', cause: 'deletion', detail, place }
  },
}

/** What a line of a watch says. */
export interface ReadLine<Notice> {
  readonly notice: Notice | Refused
  /** Of the object, when it has one: the stream has been read up to here. */
  readonly resourceVersion: string | null
  /** In an ERROR notice: why the server ends the stream. */
  readonly status?: ErrorStatus
  /** What the line held is unknown, so the stream's versions are not complete. */
  readonly isDoubtful?: true
}

export interface ErrorStatus {
  readonly code: number
  readonly message: string
  readonly retryAfterSeconds: number | null
}

/** Reads one line of a watch. Never throws: what cannot be read is refused, with what was seen. */
export function readLine<Notice>(line: WatchLine, place: Place, reader: NoticeReader<Notice>): ReadLine<Notice> {
  if (line.kind === 'too large') {
    const detail = `a line of ${line.bytes} bytes is longer than any event may be`
    return { notice: { kind: 'refused', cause: 'too large', detail, place }, resourceVersion: null, isDoubtful: true }
  }
  const parsed = parse(line.text)
  if (parsed === null) return malformed(line.text, place)
  const { type, object } = parsed
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return { notice: reader.notice(object, type, place), resourceVersion: resourceVersionOf(object) }
    case 'DELETED':
      return { notice: reader.deletion(object, place), resourceVersion: resourceVersionOf(object) }
    case 'BOOKMARK':
      return refused('bookmark', 'the server tells its resourceVersion', object, place)
    case 'ERROR':
      return {
        ...refused('error notice', `the server ended the watch: ${text(object['message'])}`, {}, place),
        status: statusOf(object),
      }
    default:
      return malformed(line.text, place)
  }
}

/** An item of a list, made to look as the same version looks on a watch: lists leave kind and apiVersion to the list. */
export function completeItem(item: RawEvent, apiVersion: string): RawEvent {
  if (item['kind'] !== undefined && item['apiVersion'] !== undefined) return item
  return { kind: 'Event', apiVersion, ...item }
}

export function eventNotice(object: RawEvent, type: 'ADDED' | 'MODIFIED', place: Place): WatchNotice {
  const kind = object['kind']
  if (kind === undefined || kind === 'Event') return { kind: 'event', raw: object, place, type }
  return {
    kind: 'refused',
    cause: 'not an event',
    detail: `an object of kind ${typeof kind === 'string' && /^[A-Z][A-Za-z]{1,60}$/.test(kind) ? kind : '(unknown)'}`,
    place,
  }
}

export function resourceVersionOf(object: RawEvent): string | null {
  const metadata = object['metadata'] as { resourceVersion?: unknown } | null | undefined
  const version = typeof metadata === 'object' ? metadata?.resourceVersion : undefined
  return isResourceVersion(version) ? version : null
}

function refused(cause: 'bookmark' | 'error notice', detail: string, object: RawEvent, place: Place): ReadLine<never> {
  // prettier-ignore
  return { notice: { kind: 'refused', cause, detail, place }, resourceVersion: resourceVersionOf(object) }
}

function malformed(line: string, place: Place): ReadLine<never> {
  // Not what it says: it may be part of an event.
  const detail = `${line.length} characters that are no watch notice`
  return { notice: { kind: 'refused', cause: 'malformed', detail, place }, resourceVersion: null, isDoubtful: true }
}

function parse(line: string): { type: unknown; object: RawEvent } | null {
  try {
    const value = parseJson(line) as { type?: unknown; object?: unknown } | null
    const object = value?.object
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return null
    return { type: value?.type, object: object as RawEvent }
  } catch {
    return null // Refused as malformed by the caller.
  }
}

function statusOf(status: RawEvent): ErrorStatus {
  const details = status['details'] as { retryAfterSeconds?: unknown } | null | undefined
  const seconds = typeof details === 'object' ? details?.retryAfterSeconds : undefined
  return {
    code: typeof status['code'] === 'number' ? status['code'] : 0,
    message: text(status['message']),
    retryAfterSeconds: typeof seconds === 'number' && seconds > 0 ? seconds : null,
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}
