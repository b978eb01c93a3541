import { changeWords, type Change, type ChangeBody } from '../../event/change.ts'
import { mapInSlices } from '../../event/slices.ts'
import { formatTime } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { rangeJson } from '../answers.ts'
import type { Health } from '../health.ts'
import { limitNotices, type Notice } from '../notices.ts'
import type { ChangeJson } from './change-schemas.ts'
import { changeCursor, type ChangeQuery } from './change-request.ts'

/** Changes looked through for one answer: the newest. */
const MOST_LOOKED_AT = 20_000

/** GET /changes: who changed which objects, newest first, in pages. */
export async function changesAnswer(
  reader: EventReader,
  query: ChangeQuery,
  health: Health | undefined,
  signal: AbortSignal,
) {
  // prettier-ignore
  const { from, to, wanted, limit, after } = query
  const found = await reader.records('change', { from, to, order: 'newest', limit: MOST_LOOKED_AT }, signal)
  const matching = found.filter(({ body }) => matches(body, wanted))
  const left = after === null ? matching : matching.filter((each) => isBehind(each, after))
  const shown = left.slice(0, limit)
  const last = shown.at(-1)
  const isMore = left.length > shown.length && last !== undefined
  return {
    ...rangeJson(query),
    total: found.length < MOST_LOOKED_AT ? matching.length : null,
    returned: shown.length,
    cursor: isMore ? changeCursor(query, { at: last.from, id: last.id }) : null,
    changes: await mapInSlices(shown, ({ id, from: at, body }) => changeJson({ id, at, body })),
    notices: [
      ...(found.length < MOST_LOOKED_AT ? limitNotices(shown.length, matching.length, 'changes') : TOO_MANY),
      ...unwatchedNotices(health),
    ] as readonly Notice[],
  }
}

const TOO_MANY: readonly Notice[] = [
  {
    severity: 'info',
    text: `Only the newest ${String(MOST_LOOKED_AT)} changes of the range were looked at: narrow it.`,
  },
]

function matches({ cluster, object, manager, what }: ChangeBody, wanted: ChangeQuery['wanted']): boolean {
  const { kind, namespace, name } = object
  const values = { cluster, namespace, kind, object: name, manager, what }
  return Object.entries(values).every(([part, value]) => wanted[part as keyof typeof wanted]?.includes(value) ?? true)
}

/** In the order of the list: by time, then by id, both downwards. */
function isBehind(
  { from, id }: { readonly from: number; readonly id: string },
  after: { readonly at: number; readonly id: string },
) {
  // prettier-ignore
  return from < after.at || (from === after.at && id < after.id)
}

export function changeJson({ id, at, body }: Change): ChangeJson {
  const { cluster, timeFrom, object, owner, what, manager, fields, moreFields, fieldsKnown } = body
  const { kind, namespace, name } = object
  return {
    id,
    cluster,
    at: formatTime(at),
    timeFrom,
    object: { kind, namespace, name },
    owner,
    what,
    manager,
    fields: [...fields],
    moreFields,
    fieldsKnown,
    words: changeWords(body),
  }
}

/** Of kinds that are not watched, nothing is known. */
function unwatchedNotices(health: Health | undefined): readonly Notice[] {
  const lacking = (health?.objects ?? []).filter(({ off }) => off.length > 0)
  return lacking.map(({ cluster, off }) => ({
    severity: 'info',
    text: `Cluster ${cluster}: changes of ${off.join(', ')} are not known, for want of rights: see eventloom status.`,
  }))
}
