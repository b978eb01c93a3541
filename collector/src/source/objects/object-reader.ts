import type { RawEvent } from '../../event/raw-event.ts'
import type { NoticeReader, Refused } from '../kubernetes/watch-notice.ts'
import { readObject, trimmed, type SeenObject } from './read-object.ts'

/** A version of an object, or its end. */
export interface ObjectNotice {
  readonly kind: 'object'
  readonly isGone: boolean
  readonly object: SeenObject
}

/** Reads a stream of objects of one kind. */
export function objectReader(of: { readonly kind: string; readonly apiVersion: string }): NoticeReader<ObjectNotice> {
  const read = (raw: RawEvent, isGone: boolean, place: Refused['place']): ObjectNotice | Refused => {
    const object = readObject(raw, of)
    if (object !== null) return { kind: 'object', isGone, object }
    return { kind: 'refused', cause: 'malformed', detail: `an object of kind ${of.kind} without a name`, place }
  }
  return {
    item: trimmed,
    notice: (raw, _type, place) => read(raw, false, place),
    deletion: (raw, place) => read(raw, true, place),
  }
}
