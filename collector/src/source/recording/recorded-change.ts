import { hash } from 'node:crypto'
import type { EpochMicros } from '../../clock.ts'
import { CHANGE_KINDS, FIELDS_KNOWN, MOST_FIELDS, type Change } from '../../event/change.ts'
import { keyOf } from '../../event/object-reference.ts'
import type { Origin } from '../../event/raw-event.ts'
import { parseRfc3339 } from '../../event/rfc3339.ts'
import { interpretFact } from './interpret.ts'
import { shiftFact } from './shift.ts'

/**
 * A change beside a recording: a line of facts with `change` (`created`, `changed`, `scaled`, `deleted`) and `at`. Null for a line that
 * tells of none.
 */
export function recordedChange(text: string, { cluster, source }: Origin, shift: EpochMicros): Change | null {
  const read = interpretFact(text)
  if (read === null) return null
  const { change, at: time, manager, fields, fieldsKnown } = JSON.parse(text) as Readonly<Record<string, unknown>>
  const what = CHANGE_KINDS.find((each) => each === change)
  const told = typeof time === 'string' ? parseRfc3339(time) : null
  if (what === undefined || told === null) return null
  const { kind, namespace, name, uid, apiVersion, owners } = shiftFact(read, shift)
  const at = told + shift
  const who = typeof manager === 'string' ? manager : ''
  const names = Array.isArray(fields) ? fields.filter((each) => typeof each === 'string') : []
  const controller = owners.find((owner) => owner.controller)
  const key = keyOf([cluster, source, kind, namespace, name, uid, what, who, String(at)])
  return {
    id: `c-${hash('sha256', key, 'base64url').slice(0, 16)}`,
    at,
    body: {
      cluster,
      source,
      object: { kind, namespace, name, uid, apiVersion },
      owner: { kind: controller?.kind ?? '', name: controller?.name ?? '' },
      what,
      manager: who,
      fields: names.slice(0, MOST_FIELDS),
      moreFields: Math.max(0, names.length - MOST_FIELDS),
      fieldsKnown: FIELDS_KNOWN.find((each) => each === fieldsKnown) ?? (names.length === 0 ? 'unknown' : 'exact'),
      timeFrom: 'server',
      received: at,
    },
  }
}
