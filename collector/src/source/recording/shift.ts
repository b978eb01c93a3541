import { hash } from 'node:crypto'
import { SECOND, type EpochMicros } from '../../clock.ts'
import type { ObjectFact } from '../../event/object-fact.ts'
import type { RawEvent } from '../../event/raw-event.ts'
import { formatSeconds, parseRfc3339 } from '../../event/rfc3339.ts'

/**
 * Makes another happening of what was recorded: all times move by `shift` µs (whole seconds, so that whole seconds stay
 * whole), and uid, resourceVersion and name of the event and the uids of objects are derived anew from (value, shift).
 * Equal values stay equal, so that owners and repeats still match; resourceVersions keep their order. A shift of 0
 * changes nothing. Notes stay as they are.
 */
export function shiftEvent(raw: RawEvent, shift: EpochMicros): RawEvent {
  if (shift === 0) return raw
  const event: Record<string, unknown> = { ...raw }
  for (const key of TIME_FIELDS) if (key in event) event[key] = shiftTime(event[key], shift)
  for (const key of OBJECT_FIELDS) if (isRecord(event[key])) event[key] = shiftReference(event[key], shift)
  if (isRecord(event['series'])) event['series'] = shiftTimeIn(event['series'], 'lastObservedTime', shift)
  if (isRecord(event['metadata'])) event['metadata'] = shiftMetadata(event['metadata'], shift)
  return event
}

/** The same for a fact: its uids are derived as the events' are. */
export function shiftFact(fact: ObjectFact, shift: EpochMicros): ObjectFact {
  if (shift === 0) return fact
  const owners = fact.owners.map((owner) => ({ ...owner, uid: deriveUid(owner.uid, owner.name, shift) }))
  return { ...fact, uid: deriveUid(fact.uid, fact.name, shift), owners }
}

const OBJECT_FIELDS = ['regarding', 'involvedObject', 'related']
const TIME_FIELDS = [
  ...['eventTime', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp', 'firstTimestamp', 'lastTimestamp'],
]

/** Times before are zero values, not times: they stay. */
const EARLIEST = Date.UTC(2014, 0) * 1_000

/** Length of `2026-05-11T09:00:00`. */
const SECONDS_LENGTH = 19
const FRACTION = /^[.,]\d+/

function shiftTime(value: unknown, shift: EpochMicros): unknown {
  const time = typeof value === 'string' ? parseRfc3339(value) : null
  if (time === null || time < EARLIEST || typeof value !== 'string') return value
  const fraction = FRACTION.exec(value.slice(SECONDS_LENGTH))?.[0] ?? ''
  return `${formatSeconds(time + shift).slice(0, SECONDS_LENGTH)}${fraction}Z`
}

function shiftTimeIn(record: Record<string, unknown>, key: string, shift: EpochMicros): Record<string, unknown> {
  return key in record ? { ...record, [key]: shiftTime(record[key], shift) } : record
}

function shiftMetadata(metadata: Record<string, unknown>, shift: EpochMicros): Record<string, unknown> {
  const { uid, name, managedFields } = metadata
  return {
    ...shiftTimeIn(shiftVersionIn(metadata, shift), 'creationTimestamp', shift),
    ...(typeof uid === 'string' ? { uid: deriveUid(uid, '', shift) } : {}),
    ...(typeof name === 'string' ? { name: deriveName(name, shift) } : {}),
    ...(Array.isArray(managedFields)
      ? {
          managedFields: managedFields.map((entry: unknown) =>
            isRecord(entry) ? shiftTimeIn(entry, 'time', shift) : entry,
          ),
        }
      : {}),
  }
}

function shiftReference(reference: Record<string, unknown>, shift: EpochMicros): Record<string, unknown> {
  const { uid, name } = reference
  const moved = shiftVersionIn(reference, shift)
  return typeof uid === 'string' ? { ...moved, uid: deriveUid(uid, name, shift) } : moved
}

/** Adding the seconds of the shift keeps the order, and stays far below 2^53. */
function shiftVersionIn(record: Record<string, unknown>, shift: EpochMicros): Record<string, unknown> {
  const { resourceVersion } = record
  if (typeof resourceVersion !== 'string' || !/^\d{1,16}$/.test(resourceVersion)) return record
  const moved = Number(resourceVersion) + Math.abs(shift) / SECOND
  return Number.isSafeInteger(moved) ? { ...record, resourceVersion: String(moved) } : record
}

const UID_FORMAT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A uid of the same form. The uid of a Node is often its name: then it stays, as the name does. */
function deriveUid(uid: string, name: unknown, shift: EpochMicros): string {
  if (uid === '' || uid === name) return uid
  const digest = hash('sha256', `${uid}\0${shift}\0`)
  if (!UID_FORMAT.test(uid)) return `${uid}-${digest.slice(0, 16)}`
  // Version 8 of RFC 9562 is the one for values that are made in one's own way.
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}

/** Recorders name an event after its object and the nanoseconds of its first occurrence, in hexadecimal. */
const NAME_FORMAT = /^(.*\.)([0-9a-f]{12,16})$/

function deriveName(name: string, shift: EpochMicros): string {
  const match = NAME_FORMAT.exec(name)
  if (match === null) return `${name}.${hash('sha256', `${name}\0${shift}\0`).slice(0, 16)}`
  const [, object = '', nanos = ''] = match
  const moved = BigInt(`0x${nanos}`) + BigInt(shift) * 1_000n
  return moved > 0n ? object + moved.toString(16) : name
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
